"""Find divisions of whole numbers, which lose what is behind the point.

Why: where both sides are integers the engine divides as integers: 7 / 2 is 3, and a share such as done / total is 0.
Bad: SELECT count(*) / 7 AS per_day FROM t
Good: SELECT count(*) / 7.0 AS per_day FROM t
Limits: only what is surely an integer: COUNT, sums of whole constants, integer literals, and columns that the project
defines as integers, where both sides are of that kind. Silent for constants that divide exactly, below FLOOR, LIMIT
and OFFSET, where the result is multiplied again (rounding down to steps) or compared as x >= 3, for count * 100 /
total, for COUNT(DISTINCT c) of each group of c, which is one, in tests of row stores, and where the engine divides
exactly (MySQL, BigQuery, Snowflake, Oracle).
Source: PostgreSQL manual, 9.3 "Mathematical Functions and Operators"; T-SQL reference, "/ (Division)"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.lint.api import ROW_STORES, Finding, Rule
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_DIALECTS: Final = frozenset(
    {"postgres", "tsql", "sqlite", "redshift", "trino", "presto", "athena", "materialize", "risingwave", "fabric"}
)
_INTEGERS: Final = frozenset(
    {"int", "integer", "bigint", "smallint", "tinyint", "int2", "int4", "int8", "serial", "bigserial", "smallserial"}
)
_ROUNDED: Final = (exp.Floor, exp.Mod, exp.Limit, exp.Offset, exp.Fetch, exp.Group, exp.Order)
_WRAPPED: Final = (exp.Paren, exp.Filter, exp.Window, exp.Nullif, exp.Coalesce, exp.Greatest)
_AROUND: Final = (exp.Paren, exp.Filter, exp.Nullif, exp.Coalesce, exp.Greatest)
_DEEPEST: Final = 20


def _division(node: Node, at: Statement) -> Iterator[Finding]:
    left, right = queries.unwrapped(node.this), queries.unwrapped(node.expression)
    columns: list[Node] = []
    if not (_is_whole(left, columns) and _is_whole(right, columns)):
        return
    if isinstance(right, exp.Literal) and not right.this.strip("0"):
        return
    if isinstance(left, exp.Literal) and isinstance(right, exp.Literal):
        if int(left.this) % int(right.this) == 0:
            return
    elif columns and (isinstance(right, exp.Literal) or isinstance(left, exp.Literal)):
        # Steps and buckets: id / 1000 is meant to be whole.
        return
    if _is_rounded(node) or _counts_group(right, node):
        return
    facts = _facts(columns, node)
    if facts is None:
        return
    text, divisor = (" ".join(at.source(side).split()) for side in (node.this, node.expression))
    # A literal takes a point; anything else is multiplied by a number that has one.
    better = f"{text} / {divisor}.0" if isinstance(right, exp.Literal) else f"{text} * 1.0 / {divisor}"
    message = "divides integers: what is behind the point is cut off"
    yield at.found(node, message, help=better, facts=facts)


def _is_whole(node: Node, columns: list[Node], depth: int = 0) -> bool:
    """Say whether an expression is an integer, given that ``columns``, which are added to, are."""
    while isinstance(node, _WRAPPED):
        node = node.this
    if isinstance(node, exp.Literal):
        return not node.args.get("is_string") and node.this.isdigit()
    if isinstance(node, (exp.Count, exp.CountIf)):
        return True
    if isinstance(node, exp.Column):
        columns.append(node)
        return isinstance(node.this, exp.Identifier)
    if isinstance(node, exp.Sum):
        return isinstance(node.this, exp.Case) and _gives_whole_constants(node.this)
    if isinstance(node, (exp.Add, exp.Sub)) and depth < _DEEPEST:
        return _is_whole(node.this, columns, depth + 1) and _is_whole(node.expression, columns, depth + 1)
    return False


def _gives_whole_constants(case: Node) -> bool:
    results = [one.args.get("true") for one in case.args.get("ifs") or ()]
    default = case.args.get("default")
    results += [default] if default is not None else []
    return bool(results) and all(
        isinstance(one, exp.Null) or (isinstance(one, exp.Literal) and one.is_int) for one in results
    )


def _is_rounded(node: Node) -> bool:
    above = node.parent
    while isinstance(above, (exp.Paren, exp.Cast, exp.Add, exp.Sub)):
        above = above.parent
    if isinstance(above, (exp.GTE, exp.LT, exp.LTE, exp.GT)) and _compares_whole(above):
        return True
    if isinstance(above, exp.Mul):
        # (x / 10) * 10 goes down to a step; count / total * 100 does not mean to.
        return bool(above.expression == queries.unwrapped(node.expression))
    return isinstance(above, _ROUNDED)


def _counts_group(divisor: Node, node: Node) -> bool:
    """Say whether the divisor counts the different values of what the rows are grouped by: that is one."""
    while isinstance(divisor, _AROUND):
        divisor = divisor.this
    distinct = divisor.this if isinstance(divisor, exp.Count) else None
    if not isinstance(distinct, exp.Distinct) or len(distinct.expressions) != 1:
        return False
    query = queries.query_of(node)
    group = query.args.get("group") if query is not None else None
    if query is None or group is None:
        return False
    counted = queries.unwrapped(distinct.expressions[0])
    return any(_is_same(counted, one) for key in group.expressions for one in _meanings(key, query))


def _meanings(key: Node, query: Node) -> Iterator[Node]:
    """Yield what an expression of GROUP BY may stand for: itself, or an output by its number or alias."""
    key = queries.unwrapped(key)
    yield key
    outputs = query.expressions
    if isinstance(key, exp.Literal) and key.is_int and 0 < int(key.this) <= len(outputs):
        yield queries.unwrapped(outputs[int(key.this) - 1].unalias())
    elif isinstance(key, exp.Column) and not key.args.get("table"):
        name = queries.identifier(key.this)
        yield from (
            queries.unwrapped(one.this)
            for one in outputs
            if isinstance(one, exp.Alias) and queries.identifier(one.args["alias"]) == name
        )


def _is_same(one: Node, other: Node) -> bool:
    if not (isinstance(one, exp.Column) and isinstance(other, exp.Column)):
        return bool(one == other)
    tables = {queries.identifier(column.args["table"]) for column in (one, other) if column.args.get("table")}
    return len(tables) < 2 and queries.identifier(one.this) == queries.identifier(other.this)


def _compares_whole(test: Node) -> bool:
    """Say whether rounding down changes nothing: x >= 3 and x < 3 hold for whole and for exact x alike."""
    left = test.this.find(exp.Div) is not None
    other = test.expression if left else test.this
    kinds = (exp.GTE, exp.LT) if left else (exp.LTE, exp.GT)
    return isinstance(test, kinds) and isinstance(other, exp.Literal) and other.is_int


def _facts(columns: list[Node], node: Node) -> dict[str, tuple[str, ...]] | None:
    """Return which tables' columns must be integers; None where it is not known whose they are."""
    query = queries.query_of(node) if columns else None
    found: list[str] = []
    for column in columns:
        source = queries.source_of(column, query) if query is not None else None
        if source is None or source.table is None:
            return None
        found.append(f"{source.table.schema} {source.table.name} {queries.identifier(column.this)}")
    return {"columns": tuple(found)} if found else {}


def _judge(finding: Finding, place: Place) -> Finding | None:
    if place.is_seed and place.dialect in ROW_STORES:
        # Tests of an engine or a library try such divisions out; those of a warehouse are queries on its data.
        return None
    columns = finding.facts.get("columns", ())
    for text in columns if isinstance(columns, tuple) else ():
        schema, name, column_name = text.split(" ", 2)
        table = place.project.table(Name(name, schema))
        column = table.column(column_name) if table is not None else None
        if column is None or column.type.partition("(")[0].strip().lower() not in _INTEGERS:
            return None
    return finding


RULE = Rule(
    code="COR014",
    name="integer-division",
    severity="warning",
    sets=frozenset({"all"}),
    dialects=_DIALECTS,
    needs="project",
    nodes={exp.Div: _division},
    judge=_judge,
)
