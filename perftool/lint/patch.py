"""Show the change of a file as a unified diff that git and patch can apply."""

from __future__ import annotations

import difflib
from typing import Final

CONTEXT: Final = 3

_NO_NEWLINE: Final = "\\ No newline at end of file\n"
_QUOTED: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def diff(path: str, old: bytes, new: bytes) -> str:
    """Return the difference as a unified diff with three lines of context, "" when there is none.

    ``path`` is relative, with /. Bytes that are no UTF-8 stand in the result as lone surrogates: write it with the
    error handler surrogateescape, and without translation of line ends, and it is exact.
    """
    if old == new:
        return ""
    before, after = _lines(old), _lines(new)
    skipped = _equal_at_start(before, after)
    shortened = _equal_at_start(before[skipped:][::-1], after[skipped:][::-1])
    # Lines far from any change only cost time.
    first = max(0, skipped - CONTEXT)
    last = max(0, shortened - CONTEXT)
    before, after = before[first : len(before) - last], after[first : len(after) - last]
    lines = [f"--- {_name('a/' + path)}\n", f"+++ {_name('b/' + path)}\n"]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        old_range = _range(group[0][1], group[-1][2], first)
        new_range = _range(group[0][3], group[-1][4], first)
        lines.append(f"@@ -{old_range} +{new_range} @@\n")
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += (_line(" ", line) for line in before[a:b])
                continue
            lines += (_line("-", line) for line in before[a:b])
            lines += (_line("+", line) for line in after[c:d])
    return "".join(lines)


def _lines(data: bytes) -> list[str]:
    # Only LF ends a line of a diff; a CR before it is a part of the line.
    *lines, last = data.decode("utf-8", "surrogateescape").split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _equal_at_start(one: list[str], other: list[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _line(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n{_NO_NEWLINE}"


def _range(start: int, end: int, first: int) -> str:
    """Return lines as a diff counts them: from 1, and from the line before where there are none."""
    count = end - start
    begin = first + start + (1 if count else 0)
    return f"{begin}" if count == 1 else f"{begin},{count}"


def _name(path: str) -> str:
    """Return a file's name as git writes it: quoted where it must be, with a tab after one that has blanks."""
    if any(character < " " or character in '"\\' for character in path):
        quoted = "".join(_QUOTED.get(c, c if c >= " " else f"\\{ord(c):03o}") for c in path)
        return f'"{quoted}"'
    return f"{path}\t" if " " in path else path
