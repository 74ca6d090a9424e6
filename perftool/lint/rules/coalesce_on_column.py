"""Find filters on a column with its NULLs replaced, which an index on the column cannot serve.

Why: an index holds the values of the column itself, NULLs among them. Compared through COALESCE, ISNULL, NVL or
IFNULL, every row is read and computed.
Bad: SELECT id FROM t WHERE coalesce(status, 'new') = 'new'
Good: SELECT id FROM t WHERE status = 'new' OR status IS NULL
Limits: correct as it is, only slow. Silent for flags (true, false, is_…), which pick many rows anyway, where an index
on the expression is defined, where another test fixes a column of the table (but a flag, where the table is
defined), in outer joins' optional tables, and in migrations and seeds.
Source: Winand, SQL Performance Explained, chapter 2, "NULL in the Oracle Database"
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Rule
from perftool.lint.comparisons import Filter, filter_of, is_residual, worth_saying
from perftool.lint.queries import identifier, unwrapped
from perftool.lint.written import Written, short, written
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_FLAGS: Final = ("is_", "has_")


def _coalesce(node: Node, at: Statement) -> Iterator[Finding]:
    found = filter_of(node)
    if found is None or unwrapped(node.this) is not found.column or _is_flag(found):
        return
    how = written(at, found.test)
    side = (how.right if found.turned else how.left) or at.source(node)
    yield at.found(
        node,
        f"computes {short(side)} for every row of {found.table}: an index on {found.column.name} cannot serve it",
        help=_advice(found, how, at),
        facts=found.facts(side),
        span=(how.start, how.end),
    )


def _is_flag(found: Filter) -> bool:
    values = [
        *found.side.expressions,
        *(one for one in found.test.iter_expressions() if unwrapped(one) is not found.side),
    ]
    return identifier(found.column.this).startswith(_FLAGS) or any(isinstance(one, exp.Boolean) for one in values)


def _advice(found: Filter, how: Written, at: Statement) -> str:
    """Return the two tests that say the same, or the one if a NULL does not pass."""
    column = at.source(found.column)
    if how.operator and len(found.side.expressions) == 1 and not found.turned:
        plain = f"{column} {how.operator} {how.right}"
        passes = _null_passes(found)
        if passes is not None:
            return f"{plain} OR {column} IS NULL" if passes else plain
    return f"test {column} itself, and {column} IS NULL apart from it if a NULL may pass"


def _null_passes(found: Filter) -> bool | None:
    """Say whether the test holds for the value that stands for NULL; None where literals do not tell."""
    stands_for, other = found.side.expressions[0], found.test.args.get("expression")
    if not isinstance(stands_for, exp.Literal) or not isinstance(other, exp.Literal):
        return None
    if stands_for.is_string or other.is_string:
        same = stands_for == other
        return same if isinstance(found.test, exp.EQ) and stands_for.is_string and other.is_string else None
    left, right = Decimal(stands_for.name), Decimal(other.name)
    answers: dict[type, bool] = {
        exp.EQ: left == right,
        exp.GT: left > right,
        exp.GTE: left >= right,
        exp.LT: left < right,
        exp.LTE: left <= right,
    }
    return answers.get(found.test.__class__)


def _judge(finding: Finding, place: Place) -> Finding | None:
    return None if is_residual(finding, place) else worth_saying(finding, place)


RULE = Rule(
    code="PERF013",
    name="coalesce-on-column",
    severity="warning",
    sets=frozenset({"oltp"}),
    dialects=ROW_STORES,
    fix="hint",
    queries=True,
    nodes={exp.Coalesce: _coalesce},
    judge=_judge,
)
