"""Find columns without their table's name where several tables of the query may have them.

Why: the query fails as soon as a second table gains a column of that name, and in a subquery it silently reads another
one; where both tables have it already, the engine refuses the query.
Bad: SELECT name FROM a JOIN b ON a.id = b.a_id
Good: SELECT a.name FROM a JOIN b ON a.id = b.a_id
Limits: a warning where two sources surely have the column: common or derived tables, tables that the project defines.
Otherwise info, one finding for each query, and only for names that most tables have (id, name, status, created_at …).
Silent for columns of USING and NATURAL JOIN, aliases of the select list, sources computed per row, in templates and, as
far as definitions are concerned, in tests.
Source: Celko, "SQL Programming Style", chapter 2; ISO/IEC 9075-2, 6.6 <identifier chain>
"""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.place import Place
    from perftool.lint.queries import Source
    from perftool.lint.statement import Statement

_ONE_SIDED: Final = ("SEMI", "ANTI", "ARRAY")
_WORDS: Final = (exp.Anonymous, exp.Kwarg, exp.PropertyEQ, exp.Interval)
_COMMON: Final = frozenset(
    {"id", "uuid", "name", "title", "code", "type", "kind", "status", "state", "description", "comment", "notes",
     "enabled", "created_at", "updated_at", "deleted_at", "created_on", "updated_on", "created_by", "updated_by"}
)  # fmt: skip


def _join(node: Node, at: Statement) -> Iterable[Finding]:
    query = node.parent
    if query is None or query.__class__ is not exp.Select or at.replaced:
        return ()
    joins = query.args["joins"]
    if joins[0] is not node or queries.PIPE in at.text:
        return ()
    if any(join.args.get("method") or join.args.get("kind") in _ONE_SIDED for join in joins):
        return ()
    bare = [(column, queries.identifier(column.this)) for column in at.own_columns(query) if _is_bare(column)]
    if not bare:
        return ()
    sources = [s for s in queries.sources(query) if s.kind != "function" or s.columns is not None]
    return _of_query(query, sources, bare, at) if sum(s.kind != "function" for s in sources) > 1 else ()


def _of_query(query: Node, sources: list[Source], bare: list[tuple[Node, str]], at: Statement) -> Iterator[Finding]:
    counted = collections.Counter(name for source in sources for name in set(source.columns or ()))
    twice = {name for name, count in counted.items() if count > 1 and name}
    unknown = [source for source in sources if source.columns is None]
    guess = len(unknown) > 1 and all(source.table is not None for source in unknown)
    if not twice and not guess:
        return
    merged = {queries.identifier(one) for join in query.args["joins"] for one in join.args.get("using") or ()}
    aliases = queries.output_names(query)
    doubtful: dict[str, Node] = {}
    for column, name in bare:
        if not (name in twice or (guess and name in _COMMON and name not in counted)) or name in merged:
            continue
        if name in doubtful or _is_output(column, name, query, aliases):
            continue
        if name in twice:
            first, second = [s.name for s in sources if name in (s.columns or ())][:2]
            message = f"is a column of {first} and of {second}: the engine cannot tell which is meant"
            yield at.found(column, message, help=f"{first}.{name} or {second}.{name}")
            return
        doubtful[name] = column
    if doubtful:
        yield _guessed(doubtful, unknown, at)


def _guessed(doubtful: dict[str, Node], unknown: list[Source], at: Statement) -> Finding:
    places = {name: at.span(column) for name, column in doubtful.items()}
    name, column = next(iter(doubtful.items()))
    return at.found(
        column,
        f"may be a column of {unknown[0].name} or of {unknown[1].name}: the query breaks when both have it",
        help=f"write it with its table's name, as in {unknown[0].name}.{name}",
        severity="info",
        facts={
            "columns": tuple(f"{name} {start} {end}" for name, (start, end) in places.items()),
            "tables": tuple(f"{s.table.schema} {s.table.name} {s.name}" for s in unknown if s.table is not None),
        },
    )


def _is_bare(column: Node) -> bool:
    """Say whether a column has no table's name; a bare word in a call may be a unit of time or an option."""
    args = column.args
    return (
        args.get("table") is None and isinstance(args["this"], exp.Identifier) and not isinstance(column.parent, _WORDS)
    )


def _is_output(column: Node, name: str, query: Node, aliases: frozenset[str]) -> bool:
    """Say whether a name means a column of the select list: an alias, or behind it whatever has that name there."""
    if name in aliases and column.find_ancestor(exp.Where, exp.Join) is None:
        return True
    clause = queries.enclosing(column, exp.Order, exp.Group, exp.Having, exp.Qualify, exp.Select)
    if clause is None or clause is query or clause.parent is not query:
        return False
    return name in (queries.output_columns(query) or ()) or any(one.is_star for one in query.expressions)


def _judge(finding: Finding, place: Place) -> Finding | None:
    columns, tables = finding.facts.get("columns"), finding.facts.get("tables")
    if place.is_seed:
        # Tests define tables of one name in many ways.
        return None
    if not isinstance(columns, tuple) or not isinstance(tables, tuple):
        return finding
    known: list[tuple[str, set[str]]] = []
    for text in tables:
        schema, name, shown = text.split(" ", 2)
        table = place.project.table(Name(name, schema))
        if table is not None and table.complete:
            known.append((shown, set(table.columns)))
    for text in columns:
        name, start, end = text.rsplit(" ", 2)
        having = [shown for shown, own in known if name in own]
        if len(having) > 1:
            message = f"is a column of {having[0]} and of {having[1]}: the engine cannot tell which is meant"
            help_ = f"{having[0]}.{name} or {having[1]}.{name}"
            return msgspec.structs.replace(
                finding, start=int(start), end=int(end), message=message, help=help_, severity="warning"
            )
    # With all but one of them known, the column is where it is, or in the unknown one.
    return finding if len(known) < len(tables) - 1 else None


RULE = Rule(
    code="COR009",
    name="ambiguous-column",
    severity="warning",
    sets=frozenset({"all"}),
    needs="project",
    queries=True,
    nodes={exp.Join: _join},
    judge=_judge,
)
