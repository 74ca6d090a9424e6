"""Find patterns that begin with a wildcard, which no ordered index can find.

Why: a B-tree finds what begins with the same letters. A pattern that begins with % can match anywhere, so every row is
read.
Bad: SELECT id FROM p WHERE name LIKE '%widget'
Good: SELECT id FROM p WHERE name LIKE 'widget%'
Limits: silent where a trigram or full-text index on the column is defined, where another test fixes a column of the
table (but a flag, where the table is defined), for NOT LIKE, in outer joins' optional tables, and in migrations and
seeds. Patterns on one table are one finding for each statement. A leading _ is mostly a letter of a name, and is
let pass.
Source: Winand, SQL Performance Explained, chapter 2, "Indexing LIKE Filters"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Rule
from perftool.lint.comparisons import filter_of, first_part, is_first, is_residual, runs_once, table_of
from perftool.lint.indexes import leading_columns, searches_within
from perftool.lint.queries import unwrapped
from perftool.lint.written import noted, written
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_ADVICE: Final = {
    "postgres": "CREATE EXTENSION pg_trgm; CREATE INDEX ON {table} USING gin ({column} gin_trgm_ops)",
    "mysql": "a FULLTEXT index, and MATCH ({column}) AGAINST ('…' IN BOOLEAN MODE)",
    "tsql": "a full-text index, and CONTAINS ({column}, '…')",
    "oracle": "an Oracle Text index, and CONTAINS ({column}, '…') > 0",
    "sqlite": "an FTS5 table, and MATCH",
}


def _pattern(node: Node, at: Statement) -> Iterator[Finding]:
    if node.args.get("negate"):
        return
    first = first_part(node.expression)
    if not isinstance(first, exp.Literal) or not first.name.startswith("%"):
        return
    # LIKE '%' keeps all rows but NULLs: an index would not help.
    if first is node.expression and not first.name.strip("%"):
        return
    side = unwrapped(node.this)
    inner = unwrapped(side.this) if isinstance(side, (exp.Lower, exp.Upper, exp.Cast)) else side
    found = filter_of(side) if isinstance(inner, exp.Column) else None
    if found is None:
        return
    bare = inner is side and first is node.expression and not isinstance(node.parent, exp.Escape)
    span = noted(side, first) if bare else None
    searched = _text(found.column.this, at)
    if span is None:
        how = written(at, node)
        span = (how.start, how.end)
    if inner is not side:
        searched = f"({at.source(side).replace(at.source(found.column), searched)})"
    advice = _ADVICE.get(at.dialect, "a trigram or full-text index on {column}")
    yield at.found(
        node,
        f"begins with %, which no ordered index on {found.column.name} can find: it reads every row of {found.table}",
        help=advice.format(table=found.table, column=searched if at.dialect == "postgres" else _text(found.column, at)),
        facts=found.facts(),
        span=span,
    )


def _text(name: Node, at: Statement) -> str:
    start, end = noted(name) or at.span(name)
    return at.text[start:end]


def _judge(finding: Finding, place: Place) -> Finding | None:
    name = table_of(finding)
    if place.is_seed or place.is_temporary(name) or runs_once(place) or is_residual(finding, place):
        return None
    table = place.project.table(name)
    if table is not None:
        column, equal = str(finding.facts["column"]), finding.facts["equal"]
        assert isinstance(equal, tuple)
        if any(searches_within(index, column) for index in table.indexes):
            return None
        if not set(equal).isdisjoint(leading_columns(table)):
            return None
    return finding if is_first(place, str(name)) else None


RULE = Rule(
    code="PERF014",
    name="leading-wildcard",
    severity="warning",
    sets=frozenset({"oltp"}),
    dialects=ROW_STORES,
    fix="hint",
    queries=True,
    nodes={exp.Like: _pattern, exp.ILike: _pattern},
    judge=_judge,
)
