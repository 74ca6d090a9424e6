"""Which columns of which tables a statement looks rows up by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.queries import conditions, identifier, is_constant, source_of
from perftool.sql.nodes import exp

if TYPE_CHECKING:
    from perftool.sql.nodes import Node

COUNTED_BY: Final = "IDX004"
"""The rule that counts them: without it nobody asks."""

_COMPARED: Final = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def filters(tree: Node) -> tuple[tuple[str, str], ...]:
    """Return the (table, column) that ``tree`` compares with constants where all rows must fit, each once.

    Equalities, ranges, BETWEEN and IN count, because an index could serve them.
    cost: one walk over the tree, and over its conditions.
    """
    found: dict[tuple[str, str], None] = {}
    for query in tree.find_all(exp.Select, exp.Update, exp.Delete):
        for condition in conditions(query):
            column = _column(condition)
            source = source_of(column, query) if column is not None else None
            if column is not None and source is not None and source.table is not None:
                found[source.table.name, identifier(column.this)] = None
    return tuple(found)


def _column(condition: Node) -> Node | None:
    """Return the column that a condition compares with constants."""
    if isinstance(condition, _COMPARED):
        for column, value in ((condition.this, condition.expression), (condition.expression, condition.this)):
            if isinstance(column, exp.Column) and is_constant(value):
                return column
        return None
    if isinstance(condition, exp.Between):
        ends = (condition.args.get("low"), condition.args.get("high"))
    elif isinstance(condition, exp.In) and condition.expressions:
        ends = tuple(condition.expressions)
    else:
        return None
    column = condition.this
    constant = all(end is not None and is_constant(end) for end in ends)
    return column if isinstance(column, exp.Column) and constant else None
