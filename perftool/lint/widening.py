"""Which changes of a column's type leave the stored rows as they are.

A type is text as ``perftool.sql.actions`` gives it: lower case, single spaces.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

_TYPE: Final = re.compile(r"([^(\[]+)(?:\(([^)]*)\))?([^(\[]*)((?:\[\d*\])*)$")
_POSTGRES: Final = {
    "character varying": "varchar",
    "char varying": "varchar",
    "bit varying": "varbit",
    "character": "char",
    "bpchar": "char",
    "int": "integer",
    "int4": "integer",
    "serial": "integer",
    "serial4": "integer",
    "int8": "bigint",
    "bigserial": "bigint",
    "serial8": "bigint",
    "int2": "smallint",
    "smallserial": "smallint",
    "serial2": "smallint",
    "decimal": "numeric",
    "dec": "numeric",
    "bool": "boolean",
    "float8": "double precision",
    "float": "double precision",
    "float4": "real",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
}
_MYSQL: Final = {
    "integer": "int",
    "bool": "tinyint",
    "boolean": "tinyint",
    "numeric": "decimal",
    "dec": "decimal",
    "fixed": "decimal",
    "double precision": "double",
    "real": "double",
    "character": "char",
    "character varying": "varchar",
}
_MYSQL_INTEGERS: Final = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
_TIMES: Final = frozenset({"timestamp", "timestamptz", "time", "timetz", "interval"})
_TEXTS: Final = frozenset({"varchar", "text"})
_FINEST: Final = 6
_ONE_BYTE: Final = 255
_WIDEST: Final = 4
_LONGEST: Final = 500
_CHARSET: Final = re.compile(r" (?:ascii|unicode|binary)$")

Change = Literal["free", "utc", "rewrite"]


class Type(NamedTuple):
    """A type in one spelling: its name, what stands in its brackets, and [] for each dimension."""

    name: str
    given: tuple[str, ...] = ()
    array: str = ""


def postgres_type(text: str) -> Type:
    """Return a type of PostgreSQL in one spelling."""
    return _spelled(text.removeprefix("pg_catalog."), _POSTGRES)


def _spelled(text: str, names: dict[str, str]) -> Type:
    match = _TYPE.match(text) if len(text) <= _LONGEST else None
    if match is None:
        return Type(text)
    name = " ".join(f"{match[1]} {match[3]}".split())
    given = tuple(part.strip() for part in (match[2] or "").split(",") if part.strip())
    first, _, rest = name.partition(" ")
    name = names.get(name) or f"{names.get(first, first)} {rest}".strip()
    return Type(name, given, re.sub(r"\d", "", match[4]))


def postgres_change(old: str, new: str) -> Change:
    """Say what PostgreSQL does to the rows when a column of type ``old`` becomes ``new``.

    free: it keeps them. utc: it keeps them if the session's time zone is UTC. rewrite: it writes all of them anew.
    An empty ``old`` is not known: then what may be free is free.
    source: PostgreSQL manual, ALTER TABLE, Notes; release notes of 9.2 (lengths and precisions) and 12 (time zones)
    """
    after = postgres_type(new)
    if not old:
        growing = after.name in (*_TEXTS, "citext", "numeric", "varbit", "inet") or (
            after.name in _TIMES and after.given
        )
        return "free" if growing and not after.array else "rewrite"
    before = postgres_type(old)
    if before == after:
        return "free"
    if before.array or after.array:
        texts = {before.name, after.name} <= _TEXTS and not after.given and before.array == after.array
        return "free" if texts else "rewrite"
    if before.name != after.name:
        return _other_name(before, after)
    if before.name in ("varchar", "varbit", "numeric") or before.name in _TIMES:
        return "free" if _grows(before, after) else "rewrite"
    return "rewrite"


def _other_name(before: Type, after: Type) -> Change:
    if {before.name, after.name} == {"timestamp", "timestamptz"}:
        return "utc"
    texts = (*_TEXTS, "citext")
    if before.name in texts and after.name in texts and not after.given:
        return "free"
    return "free" if (before.name, after.name) == ("cidr", "inet") else "rewrite"


def _grows(before: Type, after: Type) -> bool:
    if not after.given:
        return True
    finest = (str(_FINEST),) if before.name in _TIMES else ()
    old, new = _numbers(before.given or finest), _numbers(after.given)
    if old is None or new is None or not old:
        return False
    if before.name == "numeric":
        scales = (old[1] if len(old) > 1 else 0, new[1] if len(new) > 1 else 0)
        return scales[0] == scales[1] and new[0] >= old[0]
    return new[0] >= old[0]


def _numbers(given: tuple[str, ...]) -> list[int] | None:
    return [int(part) for part in given] if all(part.isascii() and part.isdecimal() for part in given) else None


def mysql_in_place(old: str, new: str) -> bool:
    """Say whether InnoDB can change a column's type without a copy of the table.

    True for the same type, VARCHAR that grows and keeps the number of its length bytes, and ENUM or SET with more
    members at the end. Characters are taken for four bytes (utf8mb4).
    source: MySQL 8.4 manual, Online DDL Operations, Column Operations
    """
    before, after = (_spelled(_CHARSET.sub("", text), _MYSQL) for text in (old, new))
    if before.name.partition(" ")[0] in _MYSQL_INTEGERS:
        # The number in the brackets of an integer is a width to show it with.
        return before.name == after.name
    if before == after or before.name != after.name:
        return before == after
    if before.name == "varchar":
        small, large = _numbers(before.given), _numbers(after.given)
        if not small or not large:
            return False
        return large[0] >= small[0] and (small[0] * _WIDEST > _ONE_BYTE) == (large[0] * _WIDEST > _ONE_BYTE)
    return before.name in ("enum", "set") and after.given[: len(before.given)] == before.given
