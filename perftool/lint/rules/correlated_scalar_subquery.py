"""Find subqueries in a SELECT list that run once for each row.

Why: the engine runs such a subquery again for every row of the outer query; one grouped subquery that is joined reads
the inner table once.
Bad: SELECT c.id, (SELECT max(o.total) FROM orders o WHERE o.customer_id = c.id) AS m FROM customer c
Good: SELECT c.id, o.m FROM customer c
LEFT JOIN (SELECT customer_id, max(total) AS m FROM orders GROUP BY customer_id) o ON o.customer_id = c.id
Limits: one finding for each SELECT list. PostgreSQL, MySQL, SQLite: the planners of SQL Server, Oracle and the
warehouses turn most of these into joins themselves. Only aggregates to one number and ORDER BY … LIMIT 1, tied to the
outer query by a qualified column. Silent for an outer LIMIT, for an outer query of one row (its key equals a constant),
for look-ups by the inner table's key, for json_agg, array_agg and their like, and over catalogs, VALUES and functions.
Source: PostgreSQL manual, "Using EXPLAIN" (SubPlan); MySQL manual, "Optimizing Subqueries, Derived Tables, View
References, and Common Table Expressions"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Rule
from perftool.lint.queries import conditions, identifier, is_constant, sources
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.api import Fact, Finding
    from perftool.lint.place import Place
    from perftool.lint.queries import Source
    from perftool.lint.statement import Statement

_NUMBERS: Final = (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.LogicalAnd, exp.LogicalOr)
_NO_VALUE: Final = (
    exp.In,
    exp.Exists,
    exp.Any,
    exp.All,
    exp.Array,
    exp.Unnest,
    exp.From,
    exp.Join,
    exp.CTE,
    exp.SetOperation,
)
_KEY_NAMES: Final = frozenset({"id", "uuid", "guid", "rowid"})
_CATALOGS: Final = frozenset({"pg_catalog", "information_schema", "sys", "mysql", "performance_schema"})
_STORED: Final = ("table", "cte", "derived")


def _subquery(node: Node, at: Statement) -> Iterable[Finding]:
    select = node.this
    if isinstance(node.parent, _NO_VALUE) or select.__class__ is not exp.Select or len(select.expressions) != 1:
        return ()
    outer = _outer(node)
    if (
        outer is None
        or outer.args.get("from_") is None
        or outer.args.get("limit") is not None
        or not _is_costly(select)
    ):
        return ()
    inside, outside = sources(select), sources(outer)
    link = _link(select, outside)
    if link is None or not any(one.kind in _STORED for one in inside) or _is_catalog((*inside, *outside)):
        return ()
    key, outer_key = _keys(select, inside), _keys(outer, outside, constant=True)
    if _KEY_NAMES & {*key, *outer_key}:
        return ()
    facts: dict[str, Fact] = {"outer": _mark(outer)}
    for prefix, read, columns in (("", inside, key), ("outer_", outside, outer_key)):
        table = read[0].table if len(read) == 1 else None
        if table is not None and columns:
            facts |= {f"{prefix}table": table.name, f"{prefix}schema": table.schema, f"{prefix}key": columns}
    count = sum(
        one.this.__class__ is exp.Select and len(one.this.expressions) == 1 and _is_costly(one.this)
        for given in outer.expressions
        for one in given.find_all(exp.Subquery)
    )
    message = f"runs once for each row of {link.args['table'].name}"
    if count > 1:
        message += f", like {count - 1} more in this list"
    return (at.found(node, message, help=_join(select, inside, key, link, at), facts=facts),)


def _outer(node: Node) -> Node | None:
    """Return the query in whose SELECT list ``node`` stands, on its own or in an expression."""
    child, above = node, node.parent
    while above is not None and not isinstance(above, exp.Select):
        if isinstance(above, _NO_VALUE):
            return None
        child, above = above, above.parent
    return above if child.arg_key == "expressions" else None


def _mark(outer: Node) -> int:
    """Return a number that tells ``outer`` from the other queries of its statement: where its FROM stands."""
    return next((part.meta["start"] for part in outer.args["from_"].walk() if "start" in part.meta), -1)


def _is_costly(select: Node) -> bool:
    """Say whether a subquery computes a number from many rows, or sorts them to take the first."""
    if select.args.get("group") is not None:
        return False
    if select.args.get("limit") is not None:
        return select.args.get("order") is not None
    return select.args.get("offset") is None and _number(select) is not None


def _number(select: Node) -> Node | None:
    given = select.expressions[0]
    collecting = False
    found: Node | None = None
    for part in given.walk(prune=lambda below: isinstance(below, (exp.Query, exp.Window))):
        if isinstance(part, exp.Window):
            return None
        if isinstance(part, _NUMBERS):
            found = found or part
        elif isinstance(part, (exp.AggFunc, exp.Anonymous)):
            collecting = True
    return None if collecting else found


def _link(select: Node, outside: tuple[Source, ...]) -> Node | None:
    """Return a column in ``select`` that belongs to the outer query for certain."""
    names = {one.name for one in outside if one.kind in _STORED} - {""}
    own = {one.name for query in select.find_all(exp.Select) for one in sources(query)}
    for column in select.find_all(exp.Column):
        table = column.args.get("table")
        if table is not None and identifier(table) in names - own:
            return column
    return None


def _is_catalog(read: tuple[Source, ...]) -> bool:
    return any(
        one.table is not None
        and (one.table.schema.rpartition(".")[2] in _CATALOGS or one.table.name.startswith(("pg_", "sqlite_")))
        for one in read
    )


def _keys(query: Node, read: tuple[Source, ...], *, constant: bool = False) -> tuple[str, ...]:
    """Return the columns of the only source of ``query`` that must equal one value: a constant's or the outer row's."""
    return tuple(dict.fromkeys(_equated(query, read[0].name, constant=constant))) if len(read) == 1 else ()


def _equated(query: Node, name: str, *, constant: bool) -> Iterator[str]:
    for condition in conditions(query):
        if isinstance(condition, exp.EQ):
            for column, value in ((condition.this, condition.expression), (condition.expression, condition.this)):
                if not isinstance(column, exp.Column) or identifier(column.args.get("table")) not in ("", name):
                    continue
                if is_constant(value) or (not constant and _is_from_elsewhere(value, name)):
                    yield identifier(column.this)


def _is_from_elsewhere(value: Node, name: str) -> bool:
    return isinstance(value, exp.Column) and identifier(value.args.get("table")) not in ("", name)


def _join(select: Node, inside: tuple[Source, ...], key: tuple[str, ...], link: Node, at: Statement) -> str:
    """Return the join that does the same at once, as far as the text tells it."""
    table = inside[0].table if len(inside) == 1 else None
    number = _number(select)
    if table is None or len(key) != 1 or number is None or len(conditions(select)) > 1:
        return "join a subquery that groups or ranks the inner rows once for all"
    value = at.source(number).replace(f"{inside[0].name}.", "")
    grouped = f"SELECT {key[0]}, {value} AS result FROM {table} GROUP BY {key[0]}"  # noqa: S608  shown, never run
    joined = f"LEFT JOIN ({grouped}) AS s ON s.{key[0]} = {link.args['table'].name}.{link.name}"
    # Where no row matches, the count was 0, and what is joined is NULL.
    return f"{joined}, and COALESCE(s.result, 0) in its place" if isinstance(number, exp.Count) else joined


def _judge(finding: Finding, place: Place) -> Finding | None:
    if place.file.down or place.is_seed:
        # What takes a migration back makes an old view anew, as it was.
        return None
    for prefix in ("", "outer_"):
        name, columns = finding.facts.get(f"{prefix}table"), finding.facts.get(f"{prefix}key")
        if isinstance(name, str) and isinstance(columns, tuple):
            table = place.project.table(Name(name, str(finding.facts.get(f"{prefix}schema", ""))))
            if table is not None and table.is_key(columns):
                return None
    # The subqueries of one list have one cause, and one remedy.
    mark = (place.statement, finding.facts.get("outer"))
    if place.memory.get("last") == mark:
        return None
    place.memory["last"] = mark
    return finding


RULE = Rule(
    code="PERF030",
    name="correlated-scalar-subquery",
    severity="warning",
    sets=frozenset({"all"}),
    dialects=frozenset({"", "postgres", "mysql", "sqlite"}),
    queries=True,
    nodes={exp.Subquery: _subquery},
    judge=_judge,
)
