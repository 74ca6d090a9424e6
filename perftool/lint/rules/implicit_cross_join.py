"""Find tables in one FROM that no condition connects: every row of one is paired with every row of the other.

Why: a forgotten join condition multiplies the rows, so sums and counts are wrong and a large table never ends.
Bad: SELECT a.id FROM a, b WHERE a.x = 1
Good: SELECT a.id FROM a, b WHERE a.x = 1 AND a.id = b.a_id
Limits: any predicate that names both sides connects them, whatever its operator and also below OR or in a subquery;
so do the same constant on both sides and a common outer reference. CROSS JOIN, NATURAL, USING, ON and everything
computed per row (UNNEST, LATERAL, FLATTEN, table functions, VALUES) are meant. Silent where one side is one row (an
aggregate, LIMIT 1, a lookup by its primary key, settings by their name), where each side is looked up by a constant of
its own, for a table joined with itself alone, for a table and a subquery without any condition, which spreads one over
the other, for an UPDATE by a subquery over its own tables, in tests, and in templates, whose conditions are not all
seen. A hint for an UPDATE by one other table whose WHERE chooses rows of one of them: the other may hold one row.
Source: Celko, "SQL for Smarties", chapter on joins; ISO/IEC 9075-2, 7.7 <joined table>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.lint.join_graph import join_graph
from perftool.lint.one_row import is_one_row
from perftool.lint.small_tables import holds_settings
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.join_graph import Graph
    from perftool.lint.place import Place
    from perftool.lint.queries import Source
    from perftool.lint.statement import Statement

_ONE_ROW: Final = ("dual", "sysdummy1", "v$", "gv$")
_TARGET_AMONG_SOURCES: Final = frozenset({"tsql", "fabric"})


def _select(node: Node, at: Statement) -> Iterable[Finding]:
    joins = node.args.get("joins")
    if not joins or at.replaced:
        return ()
    for join in joins:
        if join.args.get("on") is None and _unconditional(join):
            return _unconnected(node, at)
    return ()


def _change(node: Node, at: Statement) -> Iterable[Finding]:
    args = node.args
    if args.get("where") is None or at.replaced:
        # Without WHERE every row is changed anyway, which is another rule's.
        return ()
    if args.get("from_") or args.get("using") or (isinstance(node.this, exp.Table) and node.this.args.get("joins")):
        return _unconnected(node, at)
    return ()


def _unconditional(join: Node) -> bool:
    args = join.args
    if args.get("on") is not None or args.get("using") or args.get("method") or args.get("match_condition"):
        return False
    # In some dialects the parser calls a comma CROSS: the tokens tell, once nothing else speaks for it.
    return (
        args.get("kind") in (None, "INNER", "CROSS")
        and not args.get("side")
        and isinstance(join.this, (exp.Table, exp.Subquery))
    )


def _unconnected(query: Node, at: Statement) -> Iterator[Finding]:
    sources = list(queries.sources(query))
    if at.dialect in _TARGET_AMONG_SOURCES and isinstance(query, (exp.Update, exp.Delete)):
        sources = sources[1:]
    graph = join_graph(query, sources)
    if len(parts := graph.parts()) < 2:
        return
    for index, source in enumerate(sources):
        if _is_looked_up(source):
            graph.pinned.setdefault(index, set()).add("")
    meant = [part for part in parts if not all(_is_meant(sources[i], sources, at) for i in part)]
    if len(meant) < 2 or len(meant) - 1 <= graph.unknown:
        return
    alone = [part for part in meant if not any(graph.pinned.get(i) for i in part)]
    if not alone or _is_self_product(meant, sources):
        return
    if isinstance(query, exp.Update) and all(any(i in graph.filtered or i == 0 for i in part) for part in meant):
        # UPDATE … FROM one row that is looked up.
        return
    if len(alone) < len(meant) and query.find_ancestor(exp.Insert) is not None:
        # One row looked up and paired with all of another table, to be inserted: how rights and the like are granted.
        return
    if _is_spread(query, sources) or (isinstance(query, exp.Update) and _is_repeated(meant, sources)):
        return
    last = meant[-1]
    culprit, other = sources[last[0]], sources[meant[0][0]]
    if _is_crossed(culprit, at):
        return
    facts: dict[str, tuple[str, ...]] = {"parts": (str(len(meant)),)}
    for number, part in enumerate(meant):
        for i in part:
            name = sources[i].table
            if name is not None and graph.pinned.get(i):
                facts[f"pinned {number} {i}"] = (name.name, name.schema, *sorted(graph.pinned[i]))
    facts |= _tested(query, meant, graph, at)
    yield at.found(
        culprit.node,
        f"pairs every row of {_shown(culprit)} with every row of {_shown(other)}: no condition connects them",
        help="add the condition that joins them, or write CROSS JOIN if every pair is meant",
        facts=facts,
        span=_place(culprit.node, at),
    )


def _tested(query: Node, parts: list[list[int]], graph: Graph, at: Statement) -> dict[str, tuple[str, ...]]:
    """Return both tables of an UPDATE of two, and the columns that its WHERE tests: "" where the text tells whose."""
    if not isinstance(query, exp.Update) or len(graph.sources) != 2 or len(parts) != 2:
        return {}
    tables = [one.table for one in graph.sources]
    columns = [one for one in at.own_columns(query) if queries.enclosing(one, exp.Where) is not None]
    if None in tables or not columns:
        return {}
    names = tuple("" if isinstance(graph.find(one), int) else queries.identifier(one.this) for one in columns)
    return {"tested": names, "tables": tuple(part for one in tables if one for part in (one.name, one.schema))}


def _place(node: Node, at: Statement) -> tuple[int, int]:
    """Return where a table stands with its alias, without what is joined to it."""
    start, end = at.span(node)
    last = node.args.get("alias") or (node.this if isinstance(node, exp.Table) else None)
    return (start, at.span(last)[1]) if last is not None else (start, end)


def _shown(source: Source) -> str:
    return source.name or (str(source.table) if source.table else "the subquery")


def _is_meant(source: Source, sources: list[Source], at: Statement) -> bool:
    """Say whether pairing all rows with ``source`` does no harm or is written on purpose."""
    if source.kind in ("function", "values"):
        return True
    if source.table is not None:
        # An array of an earlier table: FROM t, t.items.
        of_another = source.table.schema and any(queries.alike(s.name, source.table.schema) for s in sources)
        name = source.table.name
        return bool(of_another) or name.lower().startswith(_ONE_ROW) or holds_settings(name)
    node: Node | None = source.node
    if source.kind == "cte":
        node = queries.common_table(source.node)
    if node is None or not isinstance(node.this, exp.Query) or is_one_row(node.this):
        return True
    return _is_crossed(source, at)


def _is_looked_up(source: Source) -> bool:
    """Say whether a common or derived table is itself a look-up by a constant."""
    node = (
        queries.common_table(source.node) if source.kind == "cte" else source.node if source.kind == "derived" else None
    )
    body = node.this if node is not None else None
    if not isinstance(body, exp.Select):
        return False
    tests = (one for one in queries.conditions(body) if isinstance(one, exp.EQ))
    return any(
        isinstance(one.this, exp.Column)
        and queries.is_constant(one.expression)
        and not isinstance(one.expression, exp.Column)
        for one in tests
    )


def _is_crossed(source: Source, at: Statement) -> bool:
    """Say whether CROSS stands before the source."""
    if source.join is None or source.join.args.get("kind") != "CROSS":
        return False
    start = at.span(source.node)[0]
    index = at.token_at(start) - 1
    return any(at.tokens[i].text.lower() == "cross" for i in range(max(index - 2, 0), index + 1))


def _is_self_product(parts: list[list[int]], sources: list[Source]) -> bool:
    read = {str(sources[i].table or queries.identifier(sources[i].node.this)) for part in parts for i in part}
    return len(read) == 1


def _is_spread(query: Node, sources: list[Source]) -> bool:
    """Say whether one table and one subquery stand side by side without any condition in the whole query."""
    if len(sources) != 2 or not any(source.kind in ("cte", "derived") for source in sources):
        return False
    return not any(query.args.get(clause) for clause in ("where", "having", "qualify"))


def _is_repeated(parts: list[list[int]], sources: list[Source]) -> bool:
    """Say whether each part but the first is a subquery that looks for a value in the tables of the first."""
    outer = {source.table for i in parts[0] if (source := sources[i]).table is not None}
    for part in parts[1:]:
        for i in part:
            body = sources[i].node.this
            if sources[i].kind != "derived" or not isinstance(body, exp.Select) or body.args.get("group") is not None:
                return False
            if not all(inner.table in outer for inner in queries.sources(body)):
                return False
    return True


def _judge(finding: Finding, place: Place) -> Finding | None:
    """Drop it in tests, which try all pairs, and where all but one of the unconnected parts are looked up by a key."""
    if place.is_seed:
        return None
    single = set()
    for fact, values in finding.facts.items():
        if not fact.startswith("pinned ") or not isinstance(values, tuple):
            continue
        table = place.project.table(Name(values[0], values[1]))
        if table is None:
            continue
        keys = [table.primary_key, *(tuple(c.name for c in index.columns) for index in table.indexes if index.unique)]
        if any(key and set(key) <= set(values[2:]) for key in keys):
            single.add(fact.split()[1])
    parts = finding.facts.get("parts", ("2",))
    count = int(parts[0]) if isinstance(parts, tuple) else 2
    if count - len(single) < 2:
        return None
    return msgspec.structs.replace(finding, severity="info") if _chooses(finding, place) else finding


def _chooses(finding: Finding, place: Place) -> bool:
    """Say whether an UPDATE by another table tests a column that only one of the two has.

    Then it chooses rows, and the other table may well hold one: which row counts is the author's business.
    """
    tested, tables = finding.facts.get("tested"), finding.facts.get("tables")
    if not isinstance(tested, tuple) or not isinstance(tables, tuple):
        return False
    if "" in tested:
        return True
    name, schema, other_name, other_schema = tables
    one, other = place.project.table(Name(name, schema)), place.project.table(Name(other_name, other_schema))
    if one is None or other is None:
        return False
    return any((column in one.columns) != (column in other.columns) for column in tested)


RULE = Rule(
    code="COR003",
    name="implicit-cross-join",
    severity="error",
    sets=frozenset({"all"}),
    fix="none",
    needs="project",
    queries=True,
    nodes={exp.Select: _select, exp.Update: _change, exp.Delete: _change},
    judge=_judge,
)
