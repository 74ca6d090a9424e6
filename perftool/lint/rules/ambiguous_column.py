"""Find columns without their table's name where several tables of the query may have them.

Why: the query fails as soon as a second table gains a column of that name, and in a subquery it silently reads another
one; where both tables have it already, the engine refuses the query.
Bad: SELECT name FROM a JOIN b ON a.id = b.a_id
Good: SELECT a.name FROM a JOIN b ON a.id = b.a_id
Limits: a warning where two sources surely have the column: common or derived tables, tables that the project defines.
Otherwise info, one finding for each query, and only for names that most tables have (id, name, status, created_at …).
Silent for columns of USING and NATURAL JOIN, aliases of the select list, sources computed per row, and in templates.
Source: Celko, "SQL Programming Style", chapter 2; ISO/IEC 9075-2, 6.6 <identifier chain>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.lint.queries import Source
    from perftool.lint.statement import Statement

_SEEN: Final = "perftool.ambiguous"
_COMMON: Final = frozenset(
    {"id", "uuid", "name", "title", "code", "type", "kind", "status", "state", "description", "comment", "notes",
     "enabled", "created_at", "updated_at", "deleted_at", "created_on", "updated_on", "created_by", "updated_by"}
)  # fmt: skip


def _column(node: Node, at: Statement) -> Iterator[Finding]:
    args = node.args
    if args.get("table") is not None or at.replaced or queries.PIPE in at.text:
        return
    query = queries.reading(node)
    if not isinstance(query, exp.Select):
        return
    joins = query.args.get("joins")
    if not joins or query.meta_get(_SEEN) or isinstance(node.this, exp.Star):
        return
    query.meta[_SEEN] = True
    if any(join.args.get("method") or join.kind in ("SEMI", "ANTI", "ARRAY") for join in joins):
        return
    sources = [s for s in queries.sources(query) if s.kind != "function" or s.columns is not None]
    if sum(s.kind != "function" for s in sources) > 1:
        yield from _of_query(query, sources, at)


def _of_query(query: Node, sources: list[Source], at: Statement) -> Iterator[Finding]:
    merged = {queries.identifier(one) for join in query.args["joins"] for one in join.args.get("using") or ()}
    aliases = queries.output_names(query)
    unknown = [source for source in sources if source.columns is None]
    names: dict[str, Node] = {}
    for one in _own_columns(query):
        name = queries.identifier(one.this)
        if name not in names and name not in merged and not _is_output(one, name, query, aliases):
            names[name] = one
    surely = {name: [s.name for s in sources if s.columns is not None and name in s.columns] for name in names}
    for name, column in names.items():
        if len(surely[name]) > 1:
            first, second = surely[name][:2]
            yield at.found(
                column,
                f"is a column of {first} and of {second}: the engine cannot tell which is meant",
                help=f"{first}.{name} or {second}.{name}",
            )
            return
    if len(unknown) < 2 or any(source.table is None for source in unknown):
        return
    doubtful = [name for name in names if not surely[name]]
    if not doubtful:
        return
    first = next((name for name in doubtful if name.lower() in _COMMON), "")
    shown = names[first] if first else names[doubtful[0]]
    starts = tuple(f"{name} {at.span(names[name])[0]} {at.span(names[name])[1]}" for name in doubtful[:20])
    tables = tuple(f"{s.table.schema} {s.table.name} {s.name}" for s in unknown if s.table is not None)
    yield at.found(
        shown,
        f"may be a column of {unknown[0].name} or of {unknown[1].name}: the query breaks when both have it",
        help=f"write it with its table's name, as in {unknown[0].name}.{first or doubtful[0]}",
        severity="info",
        facts={"common": first, "columns": starts, "tables": tables},
    )


def _own_columns(query: Node) -> Iterator[Node]:
    for one in queries.within(query, query):
        if isinstance(one, exp.Column) and one.args.get("table") is None and isinstance(one.this, exp.Identifier):
            parent = one.parent
            # A bare word in a call may be a unit of time or an option.
            if not isinstance(parent, (exp.Anonymous, exp.Kwarg, exp.PropertyEQ, exp.Interval)):
                yield one


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
    return finding if finding.facts["common"] and len(known) < len(tables) - 1 else None


RULE = Rule(
    code="COR009",
    name="ambiguous-column",
    severity="warning",
    sets=frozenset({"all"}),
    needs="project",
    nodes={exp.Column: _column},
    judge=_judge,
)
