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
    from collections.abc import Iterable

    from perftool.sql.tokens import Token

FINGERPRINT_VERSION: Final = 1


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LITERALS: Final = frozenset({"string", "number", "parameter"})
_ITEMS: Final = _words("? null true false default")
_BEFORE_LIST: Final = _words("in values array any all some")
_BEFORE_SIGN: Final = _words(
    "select where and or not then else when between limit offset in values return by set on like case as default "
    "having is using returning if while print top distinct all interval qualify"
)
_GLUED_TO_PRECEDING: Final = frozenset({",", ")", "]", ".", "::", ";"})
_GLUED_TO_FOLLOWING: Final = frozenset({"(", "[", ".", "::"})
_APART_FROM_BRACKET: Final = _words(
    "in values as and or not on where from join using select then else when having over exists between by case union "
    "except intersect all any some set returning into with like is if filter group within check key primary unique "
    "references table only lateral apply"
)
_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def fingerprint(text: str, dialect: str = "") -> str:
    """Return the digest of a statement: 16 hexadecimal digits of the SHA-256 of its normal form in UTF-8.

    Statements that do not parse have one too. ``dialect`` decides only what is a string and what is a comment.
    raises: UsageError for an unknown dialect.
    cost: linear in the text; half the time of parsing it, or less.
    """
    return digest(normalise(text, dialect))


def digest(normal: str) -> str:
    """Return the digest of a text in normal form."""
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def normalise(text: str, dialect: str = "") -> str:
    """Return the normal form of one statement: what stays of it when the literals go.

    raises: UsageError for an unknown dialect.
    """
    return normal_form(lex(text, canonical(dialect)))


def normal_form(tokens: Iterable[Token]) -> str:
    """Return the normal form of the statement that has these tokens."""
    pieces: list[str] = []
    lists = _Lists(pieces)
    for kind, token in tokens:
        if kind == "word":
            pieces.append(token.lower() if token.isascii() else token.translate(_LOWER))
        elif kind in _LITERALS:
            _drop_sign(pieces)
            pieces.append("?")
        elif token in ("(", "["):
            lists.open(token)
        elif token in (")", "]"):
            lists.close(token)
        else:
            pieces.append(token)
    while pieces and pieces[-1] == ";":
        pieces.pop()
    return _joined(pieces)


def _drop_sign(pieces: list[str]) -> None:
    """Drop a sign that belongs to the literal coming next: nothing that could be its left operand stands before."""
    if pieces and pieces[-1] in ("-", "+") and not (len(pieces) > 1 and _is_operand(pieces[-2])):
        pieces.pop()


def _is_operand(piece: str) -> bool:
    if piece in ("?", ")", "]"):
        return True
    return (piece[0].isalnum() or piece[0] in '_"`[@#$') and piece not in _BEFORE_SIGN


class _Lists:
    """Fold lists of literals, and runs of equal rows, while pieces are appended."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces
        # For each open bracket: where it stands, and whether it holds a list of values.
        self.opened: list[tuple[int, bool]] = []
        # The row closed last at each depth, to be compared with the next: where it starts and ends.
        self.rows: dict[int, tuple[int, int]] = {}

    def open(self, bracket: str) -> None:
        before = self.pieces[-1] if self.pieces else ""
        if before in _BEFORE_LIST or (self.opened and self.opened[-1][1]):
            is_list = True
        else:
            row = self.rows.get(len(self.opened))
            is_list = row is not None and before == "," and row[1] == len(self.pieces) - 1
        self.opened.append((len(self.pieces), is_list))
        self.pieces.append(bracket)

    def close(self, bracket: str) -> None:
        self.pieces.append(bracket)
        if self.opened:
            start, is_list = self.opened.pop()
            if is_list:
                self.rows.pop(len(self.opened) + 1, None)
                self._fold(start)

    def _fold(self, start: int) -> None:
        pieces = self.pieces
        inner = pieces[start + 1 : -1]
        if inner and _ITEMS.issuperset(inner[::2]) and all(piece == "," for piece in inner[1::2]):
            pieces[start + 1 : -1] = ["?"]
        level = len(self.opened)
        row = self.rows.get(level)
        if row is not None and row[1] == start - 1 and pieces[row[0] : row[1]] == pieces[start:]:
            del pieces[start - 1 :]
        else:
            self.rows[level] = (start, len(pieces))


def _joined(pieces: list[str]) -> str:
    parts: list[str] = []
    before = "("
    for piece in pieces:
        if before in _GLUED_TO_FOLLOWING or piece in _GLUED_TO_PRECEDING:
            parts.append(piece)
        elif piece == "(":
            apart = before in _APART_FROM_BRACKET or not _is_operand(before)
            parts.append(" (" if apart else "(")
        elif piece == "[" and before not in ("=", ","):
            parts.append(piece)
        else:
            parts.append(" " + piece)
        before = piece
    return "".join(parts)
