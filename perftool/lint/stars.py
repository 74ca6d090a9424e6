"""Find what a star in a SELECT list reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from perftool.lint.comparisons import is_catalog
from perftool.lint.queries import Source, identifier, sources
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from perftool.sql.actions import Name


class Star(NamedTuple):
    """A star: the SELECT that it stands in, the column where it is qualified (``t.*``), and the tables it reads."""

    query: Node
    column: Node | None
    sources: tuple[Source, ...]
    tables: tuple[Name, ...]


def star_of(node: Node) -> Star | None:
    """Return what the ``exp.Star`` ``node`` reads; None unless these are tables alone, and none of the engine's own.

    A star in a function, or one that leaves columns out, is none either.
    """
    above = node.parent
    column = above if isinstance(above, exp.Column) else None
    query = above.parent if column is not None and above is not None else above
    if not isinstance(query, exp.Select) or (column or node).arg_key != "expressions" or any(node.args.values()):
        return None
    found = sources(query)
    if column is not None:
        qualifier = identifier(column.args.get("table"))
        found = tuple(source for source in found if source.name == qualifier)
    tables = tuple(source.table for source in found if source.table is not None)
    if not tables or len(tables) != len(found) or any(is_catalog(table) for table in tables):
        return None
    return Star(query, column, found, tables)
