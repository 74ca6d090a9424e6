"""The type of a statement from its first words: also of statements that no parser understands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.sql.tokens import lex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.sql.tokens import Token

UNKNOWN: Final = "UNKNOWN"

_OBJECT_VERBS: Final = frozenset({"CREATE", "ALTER", "DROP", "COMMENT"})
_OBJECTS: Final = frozenset(
    {
        "AGGREGATE", "CAST", "COLLATION", "CONVERSION", "DATABASE", "DEFAULT", "DOMAIN", "EVENT", "EXTENSION",
        "FOREIGN", "FUNCTION", "GROUP", "INDEX", "LANGUAGE", "LIBRARY", "LOGIN", "MACRO", "MODEL", "OPERATOR",
        "PACKAGE", "PIPE", "POLICY", "PROC", "PROCEDURE", "PUBLICATION", "ROLE", "RULE", "SCHEMA", "SEQUENCE",
        "SERVER", "STAGE", "STATISTICS", "STREAM", "SUBSCRIPTION", "SYNONYM", "SYSTEM", "TABLE", "TABLESPACE",
        "TASK", "TRIGGER", "TYPE", "USER", "VIEW", "WAREHOUSE",
    }
)  # fmt: skip
_MAIN_VERBS: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "VALUES", "TABLE", "FROM"})
_SELECT_LIKE: Final = frozenset({"TABLE", "FROM"})
_OBJECT_REACH: Final = 12


# A word that no dialect's tokens could see otherwise: letters up to a blank, a bracket or the end.
_PLAIN_WORD: Final = re.compile(r"\s*+([A-Za-z]++)(?=[\s(;]|\Z)")
_PLAIN_REACH: Final = 6


_TWO_WORDS: Final = re.compile(r"\s*+([A-Za-z]++)\s++([A-Za-z]++)(?=[\s(;]|\Z)")
# Most definitions say their type with their first two words.
_OF_TWO_WORDS: Final = {
    (write(verb), write(name)): f"{verb} {'PROCEDURE' if name == 'PROC' else name}"
    for verb in _OBJECT_VERBS
    for name in _OBJECTS
    for write in (str.lower, str.upper)
}


def kind_of_text(text: str, dialect: str = "") -> str:
    """Return the type of the statement ``text`` as ``kind_of`` does; most need no tokens for it."""
    two = _TWO_WORDS.match(text)
    if two is not None:
        known = _OF_TWO_WORDS.get(two.groups())  # type: ignore[arg-type]
        if known is not None:
            return known
    first = _PLAIN_WORD.match(text)
    if first is not None:
        verb = first[1].upper()
        found = _plain_object(verb, text, first.end()) if verb in _OBJECT_VERBS else verb
        if found and verb != "WITH":
            return "SELECT" if verb in _SELECT_LIKE else found
    return kind_of(lex(text, dialect))


def _plain_object(verb: str, text: str, position: int) -> str:
    """Return the type of a definition whose words up to its object's type are plain, else ""."""
    for _ in range(_PLAIN_REACH):
        word = _PLAIN_WORD.match(text, position)
        if word is None:
            return ""
        name = word[1].upper()
        if name in _OBJECTS:
            return f"{verb} {'PROCEDURE' if name == 'PROC' else name}"
        position = word.end()
    return ""


_OF_TREES: Final = {"Select": "SELECT", "Union": "SELECT", "Insert": "INSERT", "Update": "UPDATE", "Delete": "DELETE"}


def kind_of_tree(tree: object) -> str:
    """Return the type of a statement that sqlglot has parsed where its class tells it, else ""."""
    return _OF_TREES.get(type(tree).__name__, "")


def kind_of(tokens: Iterable[Token]) -> str:
    """Return the type of a statement: its verb in capitals, for definitions with the type of object.

    ``WITH`` gives the verb after the common tables, brackets what is inside them; UNKNOWN where no word begins it.
    cost: reads no more tokens than it needs.
    """
    words = iter(tokens)
    for kind, token in words:
        if token == "(":  # noqa: S105  a bracket
            continue
        if kind != "word":
            return UNKNOWN
        verb = token.upper()
        if verb in _OBJECT_VERBS:
            return _with_object(verb, words)
        if verb == "WITH":
            return _after_with(words)
        return "SELECT" if verb in _SELECT_LIKE else verb
    return UNKNOWN


def _with_object(verb: str, words: Iterable[Token]) -> str:
    for count, (kind, token) in enumerate(words):
        name = token.upper()
        if kind == "word" and name in _OBJECTS:
            return f"{verb} {'PROCEDURE' if name == 'PROC' else name}"
        if count >= _OBJECT_REACH:
            break
    return verb


def _after_with(words: Iterable[Token]) -> str:
    depth = 0
    for kind, token in words:
        if token == "(":  # noqa: S105
            depth += 1
        elif token == ")":  # noqa: S105
            depth -= 1
        elif kind == "word" and depth <= 0 and token.upper() in _MAIN_VERBS:
            verb = token.upper()
            return "SELECT" if verb in _SELECT_LIKE else verb
    return "SELECT"
