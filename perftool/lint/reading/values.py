"""What stands in place of a template's value: a name, a type, a number, a query, or nothing.

It depends on what the value is (``ref('orders')`` is the table orders) and on the words around it.
"""

from __future__ import annotations

import functools
import re
from typing import Final, NamedTuple

from perftool.lint.reading.conditions import decided


class Around(NamedTuple):
    """What stands around a value: ``before`` are the last two words or signs, the nearest first, ``after`` the next
    one, in lower case; "" is the edge of a statement, "name" a name, a literal or another value, "table" and ",table"
    the next table of WITH, without a comma and with one.

    ``touches_before`` and ``touches_after``: the value is part of a word. ``lacks_query``: it is the last word of a
    statement that has tables of WITH only.
    """

    before: tuple[str, str]
    after: str
    touches_before: bool = False
    touches_after: bool = False
    lacks_query: bool = False


class Stand(NamedTuple):
    """What is put there: ``text`` and what it is filled up with to the value's length."""

    text: bytes
    pad: bytes = b" "


OPERAND: Final = "name"
TABLE: Final = "table"
NEXT_TABLE: Final = ",table"
NOTHING: Final = Stand(b"")
_NUMBER: Final = Stand(b"1")
_INTEGER: Final = Stand(b"INT")
_EQUALS: Final = Stand(b"=")
_QUERY: Final = Stand(b"SELECT 1")
_LIST: Final = Stand(b"(1)")
_FUNCTION: Final = Stand(b"x()")
_TABLE: Final = Stand(b"x AS(SELECT 1)")

_SILENT: Final = re.compile(
    rb"(?:[\w.]*\.)?(?:config|log|print|return|set_sql_header|enable_\w+|debug)\s*+\(|caller\(\)"
)
_CALL: Final = re.compile(rb"[A-Za-z_][\w.]*+\s*+\(")
_REFERENCE: Final = re.compile(
    rb"(?:[\w.]*\.)?(?:ref|source)\s*+\(\s*+(?:['\"][^'\"]*+['\"]\s*+,\s*+)?['\"]([^'\"]++)['\"]\s*+(?:,\s*+(?:v|version)\s*+=[^()]*+)?\)"
)
_THIS: Final = re.compile(rb"this\b(?:\.(?:identifier|name|table)\b)?")
_TYPE: Final = re.compile(rb"(?:[\w.]*\.)?(?:type|datatype|data_type)_(\w++)\s*+\(\s*+\)")
_TYPED: Final = re.compile(rb"type['\")]*+\Z")
_OPERATOR: Final = re.compile(rb"operator|comparison|\bop\b")
_INLINE: Final = re.compile(rb"(?:'([^'\\]*+)'|\"([^\"\\]*+)\")\s++if\s++(.*)", re.DOTALL)
_ELSE: Final = re.compile(rb".*\selse\s++(?:'([^'\\]*+)'|\"([^\"\\]*+)\")\s*+", re.DOTALL)
_PLAIN: Final = re.compile(rb"[^'\"`{};\\\x00-\x1f\x7f-\xff]*+")
_WORD_BYTES: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
_DIGITS: Final = re.compile(rb"[0-9]++(?:\.[0-9]++)?")
_PIECE: Final = re.compile(rb"[A-Za-z0-9_]++")
_TYPES: Final = {
    "string": b"VARCHAR", "text": b"VARCHAR", "timestamp": b"TIMESTAMP", "bigint": b"BIGINT", "float": b"FLOAT",
    "numeric": b"NUMERIC", "decimal": b"DECIMAL", "boolean": b"BOOLEAN", "date": b"DATE",
}  # fmt: skip
_STRINGS: Final = frozenset({"bigquery", "databricks", "spark", "spark2", "hive", "clickhouse"})
_RESERVED: Final = frozenset(
    {"all", "and", "as", "between", "by", "case", "create", "cross", "default", "delete", "desc", "distinct", "drop",
     "else", "end", "except", "exists", "false", "fetch", "for", "from", "full", "grant", "group", "having", "in",
     "inner", "insert", "intersect", "interval", "into", "is", "join", "left", "like", "limit", "merge", "natural",
     "not", "null", "offset", "on", "or", "order", "outer", "partition", "qualify", "right", "select", "set", "table",
     "then", "to", "true", "union", "unique", "update", "user", "using", "values", "view", "when", "where", "window",
     "with"}
)  # fmt: skip
# The words that may end an expression although they are no names.
_CLOSING: Final = frozenset({OPERAND, ")", "]", "}", "*", "end", "null", "true", "false"})
_CLAUSES: Final = frozenset({"from", "where", "group", "having", "qualify", "order", "limit"})
_WINDOWS: Final = frozenset({"over", "filter", "within"})
_SETS: Final = frozenset({"union", "except", "intersect", "minus"})
_COUNTS: Final = frozenset({"limit", "offset", "top", "fetch"})
_TABLES: Final = frozenset({"from", "join", "into", "update", "table", "view", "exists", "using", ","})


def stand_in(value: bytes, around: Around, dialect: str = "") -> Stand:
    """Return what stands for ``value``, the text of a tag of Jinja or Go; NOTHING for what renders to nothing."""
    if renders_nothing(value):
        return NOTHING
    inline = _INLINE.fullmatch(value)
    if inline:
        return _literal(inline, around)
    if around.touches_before or around.touches_after:
        name = _referenced(value)
        # A reference is rendered with quotes or a schema: it may follow a word at once.
        apart = b" " if name and around.touches_before and around.before[0] in _TABLES else b""
        return Stand(apart + (name or _named(value)), b"_" if around.touches_after else b" ")
    return known(value, dialect) or _by_place(value, around) or Stand(_named(value))


@functools.lru_cache(maxsize=4096)
def renders_nothing(value: bytes) -> bool:
    """Say whether ``value`` is a call made for what it does, not for what it gives."""
    return _SILENT.match(value) is not None


def is_reference(value: bytes) -> bool:
    """Say whether ``value`` gives the name of a table."""
    return _REFERENCE.fullmatch(value) is not None or _THIS.fullmatch(value) is not None


def is_text(value: bytes) -> bool:
    """Say whether ``value`` is nothing, or a text that a condition chooses: no part of a name beside it."""
    return renders_nothing(value) or _INLINE.fullmatch(value) is not None


def _literal(inline: re.Match[bytes], around: Around) -> Stand:
    """Return the first of two texts between which a condition chooses; what separates a loop's rounds falls away."""
    text = inline[1] if inline[1] is not None else inline[2]
    if b"loop." in inline[3] and decided(inline[3], "") is False:
        other = _ELSE.fullmatch(inline[3])
        text = (other[1] if other[1] is not None else other[2]) if other else b""
    if not _PLAIN.fullmatch(text):
        text = b""
    if around.touches_after and (around.touches_before or text) and not text.strip(_WORD_BYTES):
        return Stand(text, b"_")
    return Stand(text)


@functools.lru_cache(maxsize=4096)
def known(value: bytes, dialect: str) -> Stand | None:
    """Return what stands for a value that tells by itself what it is, wherever it is no part of a word."""
    name = _referenced(value)
    if name:
        return Stand(name)
    type_name = _TYPE.fullmatch(value)
    if type_name:
        word = type_name[1].decode("ascii", "replace").lower()
        return Stand(b"STRING" if dialect in _STRINGS and word in ("string", "text") else _TYPES.get(word, b"INT"))
    return Stand(value) if _DIGITS.fullmatch(value) else None


def _by_place(value: bytes, around: Around) -> Stand | None:
    """Return what the place asks for where a name would not do."""
    (before, further), after = around.before, around.after
    if after in _WINDOWS:
        return _FUNCTION
    if before in ("", ";"):
        return _QUERY if after in _SETS or after in _CLAUSES else NOTHING
    if before in _SETS or (before in ("all", "distinct") and further in _SETS):
        return _QUERY if after not in ("select", "(", "with") else NOTHING
    if before == "with" or (before == "," and further == ")" and after in (TABLE, NEXT_TABLE, "select")):
        return NOTHING if after == TABLE else _TABLE if after in (",", NEXT_TABLE, "select", "") else None
    if before in _CLOSING and not (before == "*" and further in _CLOSING):
        return _behind_operand(value, around)
    if before == "(":
        return _in_bracket(further, after)
    if before == "as":
        typed = after == ")" and _TYPED.search(value)
        return NOTHING if after in ("select", "with", "(") else _INTEGER if typed else None
    return _behind_keyword(before, further, after)


def _behind_keyword(before: str, further: str, after: str) -> Stand | None:
    if before in _COUNTS or (before in ("first", "next") and further == "fetch"):
        return _NUMBER
    if before == "::":
        return _INTEGER
    return _LIST if before == "values" or (before == "in" and after != "(") else None


def _in_bracket(further: str, after: str) -> Stand | None:
    """Return what stands first in a bracket: a query where only that may, nothing where one follows, else a name."""
    if after in _SETS or (after == ")" and further == "as"):
        return _QUERY
    return NOTHING if after in ("select", "with") else None


def _behind_operand(value: bytes, around: Around) -> Stand | None:
    """Return what stands behind a complete expression: nothing, unless it is an alias, an operator or a query."""
    before, further = around.before
    if before == ")" and around.lacks_query:
        return _QUERY
    if before == OPERAND and _OPERATOR.search(value):
        return _EQUALS
    return NOTHING if _CALL.match(value) or further not in _TABLES else None


def _referenced(value: bytes) -> bytes:
    """Return the name of the table that ``value`` is, or nothing if it is none."""
    reference = _REFERENCE.fullmatch(value)
    if reference:
        return _safe(b"_".join(_PIECE.findall(reference[1])) or b"x")
    return b"this" if _THIS.fullmatch(value) else b""


def name_for(value: bytes) -> Stand:
    """Return the name that stands for ``value`` where there is no room for more."""
    return Stand(_named(value))


@functools.lru_cache(maxsize=4096)
def _named(value: bytes) -> bytes:
    """Return a name made of the words in ``value``: the same for the same value."""
    return _safe(b"_".join(_PIECE.findall(value)) or b"x")


def _safe(name: bytes) -> bytes:
    """Return ``name`` as it may stand without quotes."""
    if name[:1].isdigit():
        name = b"_" + name
    return name + b"_" if name.decode("ascii").lower() in _RESERVED else name
