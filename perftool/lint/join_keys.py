"""What the condition of a join compares across its two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.queries import identifier, unwrapped
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = frozenset[tuple[str, str]]
"""The columns of an equality, as (source, name)."""


def is_plain(condition: Node | None) -> bool:
    """Say whether a join's condition is one column equal to another: the common case, told without a walk."""
    return (
        isinstance(condition, exp.EQ)
        and isinstance(condition.this, exp.Column)
        and isinstance(condition.expression, exp.Column)
    )


def key_of(test: Node) -> Key | None:
    """Return the columns of an equality between two sources; None for any other test.

    Columns without a qualifier may belong to either, so they decide nothing.
    """
    if not isinstance(test, (exp.EQ, exp.NullSafeEQ)):
        return None
    left, right = _columns(test.this), _columns(test.expression)
    if not left or not right:
        return None
    one, other = {source for source, _ in left}, {source for source, _ in right}
    return frozenset(left + right) if "" not in one | other and one.isdisjoint(other) else None


def _columns(side: Node) -> list[tuple[str, str]]:
    side = unwrapped(side)
    found: Iterator[Node] = iter((side,)) if isinstance(side, exp.Column) else side.find_all(exp.Column)
    return [(identifier(column.args.get("table")), identifier(column.this)) for column in found]
