"""Find joins on a function or a cast of the joined table's key.

Why: the rows that match can then not be looked up: the joined table is read whole and computed row by row, and the
planner guesses how many will match.
Bad: SELECT a.id FROM a JOIN b ON upper(a.code) = upper(b.code)
Good: SELECT a.id FROM a JOIN b ON a.code = b.code
Limits: row stores only, as a warehouse hashes whole tables anyway. Silent where the same ON compares plain columns as
well, where only the other side is computed (the joined table is then looked up by its plain key), for common tables and
subqueries, where an index on the expression is defined, for casts to text that may change nothing, and in migrations
and seeds. One finding for each join.
Source: Winand, SQL Performance Explained, chapter 4, "Nested Loops"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import ROW_STORES, Rule
from perftool.lint.column_types import family, type_of
from perftool.lint.comparisons import HIDING, is_key_like, plain_column, runs_once, table_of
from perftool.lint.indexes import has_index_on
from perftool.lint.join_keys import is_plain, key_of
from perftool.lint.queries import conjuncts, identifier, query_of, sources, unwrapped
from perftool.lint.written import canonical, short, written
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_WRAPPING = (*HIDING, exp.Month, exp.Day, exp.Quarter, exp.Cast, exp.Convert, exp.Coalesce)


def _join(node: Node, at: Statement) -> Iterator[Finding]:
    on = node.args.get("on")
    if on is None or is_plain(on) or node.args.get("side") in ("RIGHT", "FULL"):
        return
    computed: list[tuple[Node, Node, Node]] = []
    joined = _name(node.this)
    for test in conjuncts(on):
        if not isinstance(test, exp.EQ) or key_of(test) is None:
            continue
        if is_plain(test):
            return
        for side in (unwrapped(test.this), unwrapped(test.expression)):
            column = plain_column(side) if isinstance(side, _WRAPPING) else None
            if column is not None and identifier(column.args.get("table")) == joined:
                computed.append((test, side, column))
    query = query_of(node)
    if not computed or query is None:
        return
    source = next((one for one in sources(query) if one.name == joined), None)
    if source is None or source.table is None:
        return
    test, side, column = computed[0]
    how = written(at, test)
    text = how.left if side is unwrapped(test.this) else how.right
    text = text or at.source(side)
    yield at.found(
        node,
        f"computes {short(text)} for every row of {source.table} to find those that match: an index on "
        f"{column.name} cannot serve the join",
        help=f"store the key as it is compared, or index {short(text.replace(at.source(column), column.name))}",
        facts={
            "table": (source.table.name, source.table.schema),
            "column": identifier(column.this),
            "expression": canonical(text),
            "to_text": _is_to_text(side),
            "unsure": _is_to_text(side) and not is_key_like(identifier(column.this)),
        },
        span=(how.start, how.end),
    )


def _name(table: Node) -> str:
    alias = table.args.get("alias")
    if isinstance(alias, exp.TableAlias) and alias.this is not None:
        return identifier(alias.this)
    return identifier(table.this) if isinstance(table, exp.Table) and isinstance(table.this, exp.Identifier) else ""


def _is_to_text(side: Node) -> bool:
    to = side.args.get("to") if isinstance(side, exp.Cast) else None
    return isinstance(to, exp.DataType) and to.this in exp.DataType.TEXT_TYPES


def _judge(finding: Finding, place: Place) -> Finding | None:
    name = table_of(finding)
    if place.is_seed or place.is_temporary(name) or runs_once(place):
        return None
    table = place.project.table(name)
    if table is not None and has_index_on(table, str(finding.facts["expression"])):
        return None
    if finding.facts["to_text"]:
        known = family(type_of(finding.facts, place), place.dialect)
        if known == "text" or (finding.facts["unsure"] and not known):
            return None
    return finding


RULE = Rule(
    code="PERF020",
    name="function-on-join-key",
    severity="warning",
    sets=frozenset({"all"}),
    dialects=ROW_STORES,
    fix="hint",
    queries=True,
    nodes={exp.Join: _join},
    judge=_judge,
)
