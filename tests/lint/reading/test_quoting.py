from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.reading.quoting import Mode, passing
from perftool.sql.dialects import KNOWN

BITS = (
    "'",
    '"',
    "`",
    "[",
    "]",
    "\\",
    "--",
    "#",
    "//",
    "/*",
    "*/",
    "$$",
    "$a$",
    "E'",
    "'''",
    '"""',
    "\n",
    " ",
    "x",
    "*",
)


def still_open(data: bytes, dialect: str, *, at_once: bool) -> int:
    """Return where what is open at the end begins: by passing over all that is closed, or piece by piece."""
    patterns = passing(dialect)
    position = 0
    while True:
        if at_once:
            passed = patterns.whole.match(data, position)
            position = passed.end() if passed else position
        opened = patterns.opening.search(data, position)
        if opened is None:
            return len(data)
        assert not at_once or opened.start() == position
        position, closed = Mode.of(opened, data, dialect).find_end(data, opened.end(), len(data))
        if not closed:
            return opened.start()


@given(st.lists(st.sampled_from(BITS), max_size=14).map("".join), st.sampled_from(sorted(KNOWN)))
def test_what_is_passed_over_at_once_is_what_piece_by_piece_is_closed(text: str, dialect: str) -> None:
    data = text.encode()
    assert still_open(data, dialect, at_once=True) == still_open(data, dialect, at_once=False)
