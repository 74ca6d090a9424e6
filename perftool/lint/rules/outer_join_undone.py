"""Find conditions in WHERE that drop the rows which an outer join was written to keep.

Why: a row without a match has NULL in every column of the optional side; a comparison with NULL is never true, so WHERE
drops the row: the query works as an inner join, and either the join or the condition is not what was meant.
Bad: SELECT a.id FROM a LEFT JOIN b ON b.a_id = a.id WHERE b.kind = 2
Good: SELECT a.id FROM a LEFT JOIN b ON b.a_id = a.id AND b.kind = 2
Limits: only conditions that surely reject NULL: comparisons, IN, BETWEEN and LIKE on a column, or on a cast, arithmetic
or lower/upper of it. IS NULL, COALESCE, OR and CASE are fine; IS NOT NULL says plainly what it does and is left alone.
One finding per table. Silent in tests. Not for ClickHouse, which fills with defaults instead of NULL.
Source: Date, "SQL and Relational Theory", chapter on outer joins
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.lint.place import outside_tests
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.queries import Source
    from perftool.lint.statement import Statement

_STRICT: Final = (exp.Cast, exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Abs, exp.Neg, exp.Paren, exp.Extract,
                  exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.TimestampTrunc, exp.DateTrunc, exp.Date, exp.Year,
                  exp.Month, exp.Substring)  # fmt: skip
_COMPARISONS: Final = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_TESTS: Final = (exp.In, exp.Between, exp.Like, exp.ILike, exp.RegexpLike, exp.SimilarTo)
_LONGEST: Final = 160


def _where(node: Node, at: Statement) -> Iterable[Finding]:
    query = node.parent
    if not isinstance(query, exp.Select) or at.dialect == "clickhouse":
        return ()
    for join in query.args.get("joins") or ():
        if join.args.get("side"):
            return _undone(node, query, at)
    return ()


def _undone(node: Node, query: Node, at: Statement) -> Iterator[Finding]:
    optional = [s for s in queries.sources(query) if s.optional and s.kind in ("table", "cte", "derived")]
    if not optional:
        return
    conditions = queries.conjuncts(node.this)
    seen: list[Source] = [source for one in conditions if (source := _tested_for_null(one, query)) is not None]
    for condition in conditions:
        undone: list[Source] = []
        for column in _rejected(condition):
            source = queries.source_of(column, query)
            if source is not None and source in optional and not any(source is one for one in (*seen, *undone)):
                undone.append(source)
        if undone:
            seen += undone
            yield _found(condition, undone, query, at)


def _side(source: Source, query: Node) -> str:
    """Return which join makes the source optional: its own LEFT or FULL, or the first RIGHT or FULL behind it."""
    own = str(source.join.args.get("side") or "") if source.join is not None else ""
    if own in ("LEFT", "FULL"):
        return own
    joins = query.args["joins"]
    later = next((number for number, join in enumerate(joins, 1) if join is source.join), 0)
    return next((side for join in joins[later:] if (side := join.args.get("side")) in ("RIGHT", "FULL")), "outer")


def _found(condition: Node, undone: list[Source], query: Node, at: Statement) -> Finding:
    source = undone[0]
    join = source.join
    side = _side(source, query)
    text, name = at.source(condition), source.name or "the subquery"
    dropped = f"drops every row that the {side} JOIN keeps without a match in {name}"
    if side == "FULL" and len(undone) == 1:
        # Rows of this table without a match in the other are still there.
        kept = f"filter {name} before the join, or write the LEFT or RIGHT JOIN that keeps {name} alone"
        return at.found(condition, f"{dropped}: only one side is still kept", help=kept)
    message = f"{dropped}: the join works as an inner one"
    if side != "LEFT" or join is None or join.args.get("on") is None or len(text) > _LONGEST or "\n" in text:
        return at.found(condition, message, help="move the condition into the join, or write an inner join")
    return at.found(condition, message, help=f"LEFT JOIN {name} ON … AND {text}, or JOIN {name} if that is meant")


def _rejected(condition: Node) -> Iterator[Node]:
    """Yield the columns whose NULL makes ``condition`` NULL or false."""
    negated = isinstance(condition, exp.Not)
    if negated:
        condition = queries.unwrapped(condition.this)
    if isinstance(condition, _COMPARISONS):
        sides = (condition.this, condition.expression)
        # Nothing differs from all of an empty set, and every NULL passes.
        if not any(isinstance(side, exp.All) for side in sides):
            for side in sides:
                yield from _strict(side)
    elif isinstance(condition, _TESTS):
        if not (negated and condition.args.get("query") is not None):
            yield from _strict(condition.this)
    elif isinstance(condition, exp.Escape):
        yield from _strict(condition.this.this)


def _strict(node: Node) -> Iterator[Node]:
    """Yield the columns of which each makes ``node`` NULL by being NULL."""
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, exp.Column):
            yield one
        elif isinstance(one, _STRICT) and not isinstance(one, exp.TryCast):
            stack += [child for child in (one.args.get("expression"), one.this) if isinstance(child, Node)]


def _tested_for_null(condition: Node, query: Node) -> Source | None:
    """Return the source of a column that a condition compares with NULL: the writer has thought of it."""
    if isinstance(condition, exp.Not):
        condition = queries.unwrapped(condition.this)
    if isinstance(condition, exp.Is) and isinstance(condition.this, exp.Column):
        return queries.source_of(condition.this, query)
    return None


RULE = Rule(
    code="COR004",
    name="outer-join-undone",
    severity="warning",
    sets=frozenset({"all"}),
    queries=True,
    nodes={exp.Where: _where},
    judge=outside_tests,
)
