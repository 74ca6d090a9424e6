"""Operations over a whole script, for the suite that sets splitting beside what a parser would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.sql.samples import CLASSICAL, folder

if TYPE_CHECKING:
    from collections.abc import Callable

TASKS: Final = ("split", "normalise", "tokenize")


def script(copies: int) -> str:
    """Return the bundled statements and files ``copies`` times over, as one script."""
    files = [path.read_text(encoding="utf-8") for path in sorted(folder().glob("*.sql"))]
    return "\n".join([*(f"{text};" for text in CLASSICAL.values()), *files]) * copies


def make(task: str, copies: int, dialect: str) -> Callable[[], object]:
    """Return the operation ``task`` on that script: split it, normalise each statement, or let sqlglot tokenise it."""
    text = script(copies)
    data = text.encode()
    if task == "split":
        from perftool.sql.splitter import pieces

        return lambda: sum(1 for _ in pieces(data, dialect))
    if task == "normalise":
        from perftool.sql.fingerprint import normalise
        from perftool.sql.splitter import statements

        cut = [data[piece.start : piece.end].decode() for piece in statements(data, dialect)]
        return lambda: [normalise(one, dialect) for one in cut]
    from sqlglot.dialects.dialect import Dialect

    tokenizer = Dialect.get_or_raise(dialect or None)
    return lambda: tokenizer.tokenize(text)
