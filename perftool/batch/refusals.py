"""Where in its text a statement was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perftool.errors import InputError


def place(refused: InputError) -> tuple[int, int]:
    """Return line and column, from 1, of the token that the parser could not go on with; (0, 0) where none is known.

    The parser's own error, which ``refused`` was raised from, knows the end of that token.
    """
    errors = getattr(refused.__cause__, "errors", None)
    if not errors or not errors[0].get("line"):
        return 0, 0
    first = errors[0]
    token = str(first.get("highlight") or "")
    return int(first["line"]), max(1, int(first.get("col") or 1) - max(len(token), 1) + 1)
