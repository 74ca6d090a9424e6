"""Read a statement as the linter does, and show what was read in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from perftool.sql import ddl
from perftool.sql.actions import Name
from perftool.sql.dialects import canonical
from perftool.sql.kinds import kind_of
from perftool.sql.parsing import Engine
from perftool.sql.tokens import lex

if TYPE_CHECKING:
    from perftool.sql.actions import AnyAction

_PLACES = ("start", "end", "keyword_end")


def read(sql: str, dialect: str = "postgres") -> tuple[AnyAction, ...]:
    """Return what ``sql`` does, read from its tokens."""
    name = canonical(dialect)
    return ddl.read(sql, kind_of(lex(sql, name)), name)


def read_tree(sql: str, dialect: str = "postgres") -> tuple[AnyAction, ...]:
    """Return what ``sql`` does, read from its tree where that is where it is read from."""
    name = canonical(dialect)
    return ddl.read(sql, kind_of(lex(sql, name)), name, Engine(name).parse(sql)[0])


def shown(value: Any) -> str:
    """Return a value with what differs from the defaults, places left out."""
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(shown(one) for one in value) + "]"
    if isinstance(value, msgspec.Struct):
        told = [
            f"{field.name}={shown(getattr(value, field.name))}"
            for field in msgspec.structs.fields(value)
            if field.name not in _PLACES and getattr(value, field.name) != field.default
        ]
        return f"{type(value).__name__}({', '.join(told)})"
    return str(value)


def lines(sql: str, dialect: str = "postgres") -> list[str]:
    """Return each action of ``sql`` in one line."""
    return [shown(action) for action in read(sql, dialect)]


def texts(sql: str, dialect: str = "postgres") -> list[str]:
    """Return the text that each action stands on."""
    return [sql[action.start : action.end] for action in read(sql, dialect)]
