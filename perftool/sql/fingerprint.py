"""The literal-normalised text of a statement and its digest, the same in every release.

Normal form, version 1: comments and closing semicolons go; unquoted words fall to lower case (ASCII letters only);
quoted names stay as they are; every string, number and parameter becomes ``?``, a sign before a number included;
lists of literals in IN (…), VALUES (…), ARRAY[…] and equal rows after VALUES collapse into one ``?`` or one row;
tokens are joined by one space, except around dots, casts and brackets.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from perftool.sql.dialects import canonical
from perftool.sql.tokens import lex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.sql.tokens import Token

FINGERPRINT_VERSION: Final = 1

_LITERALS: Final = frozenset({"string", "number", "parameter"})
_CONSTANT_WORDS: Final = frozenset({"null", "true", "false", "default"})
_BEFORE_LIST: Final = frozenset({"in", "values", "array", "any", "all", "some"})
_BEFORE_SIGN: Final = frozenset(  # after these words a sign belongs to the number
    "select where and or not then else when between limit offset in values return by set on like case as default "
    "having is using returning if while print top distinct all interval qualify".split()  # noqa: SIM905  a list of words is read as words
)
_NO_SPACE_BEFORE: Final = frozenset({",", ")", "]", ".", "::", ";", "("})
_NO_SPACE_AFTER: Final = frozenset({"(", "[", ".", "::"})
_SPACE_BEFORE_BRACKET: Final = frozenset(
    "in values as and or not on where from join using select then else when having over exists between by case union "
    "except intersect all any some set returning into with like is if filter group within check key primary unique "
    "references table only lateral apply".split()  # noqa: SIM905
)
_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def fingerprint(text: str, dialect: str = "") -> str:
    """Return the digest of a statement: 16 hexadecimal digits of the SHA-256 of its normal form in UTF-8.

    Statements that do not parse have one too. ``dialect`` decides only what is a string and what is a comment.
    raises: UsageError for an unknown dialect.
    cost: linear in the text; about a fifth of the time of parsing it.
    """
    return digest(normalise(text, dialect))


def digest(normal: str) -> str:
    """Return the digest of a text in normal form."""
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def normalise(text: str, dialect: str = "") -> str:
    """Return the normal form of one statement: what stays of it when the literals go.

    raises: UsageError for an unknown dialect.
    """
    return _joined(_collapsed(_without_signs(_folded(lex(text, canonical(dialect))))))


def _folded(tokens: Iterable[Token]) -> Iterator[str]:
    for kind, piece in tokens:
        if kind in _LITERALS:
            yield "?"
        elif kind == "word":
            yield piece.translate(_LOWER)
        else:
            yield piece


def _without_signs(pieces: Iterable[str]) -> Iterator[str]:
    """Drop a sign that belongs to the literal after it: nothing that could be an operand stands before."""
    before = held = ""
    for piece in pieces:
        if held:
            if piece != "?":
                yield held
            before, held = held, ""
        if piece in ("-", "+") and not _is_operand(before):
            held = piece
            continue
        yield piece
        before = piece
    if held:
        yield held


def _is_operand(piece: str) -> bool:
    if piece in ("?", ")", "]"):
        return True
    return bool(piece) and (piece[0].isalnum() or piece[0] in '_"`[@#$') and piece not in _BEFORE_SIGN


def _collapsed(pieces: Iterable[str]) -> list[str]:
    """Fold lists of literals and runs of equal rows."""
    out: list[str] = []
    # For each open bracket: where it stands in ``out``, and whether it holds a list of values.
    opened: list[tuple[int, bool]] = []
    # The last closed row at each depth, to be compared with the next: where it starts and ends.
    rows: dict[int, tuple[int, int]] = {}
    for piece in pieces:
        if piece in ("(", "["):
            before = out[-1] if out else ""
            in_list = opened[-1][1] if opened else False
            row = rows.get(len(opened))
            follows_row = before == "," and row is not None and row[1] == len(out) - 1
            opened.append((len(out), before in _BEFORE_LIST or in_list or follows_row))
            out.append(piece)
        elif piece in (")", "]") and opened:
            start, is_list = opened.pop()
            out.append(piece)
            if is_list:
                rows.pop(len(opened) + 1, None)
                _close_row(out, start, rows, len(opened))
        else:
            out.append(piece)
    while out and out[-1] == ";":
        out.pop()
    return out


def _close_row(out: list[str], start: int, rows: dict[int, tuple[int, int]], level: int) -> None:
    inner = out[start + 1 : -1]
    if inner and all(t == "?" or t in _CONSTANT_WORDS for t in inner[::2]) and all(t == "," for t in inner[1::2]):
        out[start + 1 : -1] = ["?"]
    row = rows.get(level)
    if row is not None and row[1] == start - 1 and out[row[0] : row[1]] == out[start:]:
        del out[start - 1 :]
    else:
        rows[level] = (start, len(out))


def _joined(pieces: list[str]) -> str:
    parts: list[str] = []
    before = ""
    for piece in pieces:
        glued = before in _NO_SPACE_AFTER or piece in _NO_SPACE_BEFORE or (piece == "[" and before not in ("=", ","))
        if piece == "(" and (before in _SPACE_BEFORE_BRACKET or not _is_operand(before)):
            glued = before in _NO_SPACE_AFTER
        if parts and not glued:
            parts.append(" ")
        parts.append(piece)
        before = piece
    return "".join(parts)
