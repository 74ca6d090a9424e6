"""Find joins whose only keys stand on both sides of an OR.

Why: rows can be hashed or sorted by one key, not by one of two. With an OR of keys every row of one side is tried with
every row of the other.
Bad: SELECT a.id FROM a JOIN b ON a.x = b.x OR a.y = b.y
Good: SELECT a.id FROM a JOIN b ON a.x = b.x UNION SELECT a.id FROM a JOIN b ON a.y = b.y
Limits: silent where the same ON has a key outside the OR, where all branches share one, for one key and its NULLs
(`a.x = b.x OR a.x IS NULL AND b.x IS NULL`), where the joined table has an index for each branch, and
for the engine's own tables.
Source: PostgreSQL manual, "Operator Optimization Information", HASHES and MERGES
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Rule
from perftool.lint.comparisons import is_catalog
from perftool.lint.indexes import leading_columns
from perftool.lint.join_keys import Key, is_plain, key_of
from perftool.lint.queries import conjuncts, disjuncts, identifier, query_of, sources, unwrapped
from perftool.lint.written import written
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Fact, Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_INNER: Final = "one join for each key, put together by UNION"
_OUTER: Final = "one outer join for each key, and COALESCE over what they bring"
_FULL: Final = (
    "where the OR goes over tables that were joined before, join on COALESCE of their keys: one key for all rows"
)


def _join(node: Node, at: Statement) -> Iterator[Finding]:
    on = node.args.get("on")
    if on is None or is_plain(on):
        return
    found: Node | None = None
    branches: list[set[Key]] = []
    for test in conjuncts(on):
        if key_of(test) is not None:
            return
        keys = _branches(test) if found is None else []
        if len(keys) > 1:
            found, branches = test, keys
    if found is None or set.intersection(*branches):
        return
    query = query_of(node)
    tables = {source.name: source for source in sources(query)} if query is not None else {}
    if any(source.table is not None and is_catalog(source.table) for source in tables.values()):
        return
    used = sorted({name for keys in branches for key in keys for name, _ in key})
    joined = next((tables[name] for name in used if name in tables and tables[name].join is node), None)
    facts: dict[str, Fact] = {}
    if joined is not None and joined.table is not None:
        columns = {column for keys in branches for key in keys for name, column in key if name == joined.name}
        facts = {"table": (joined.table.name, joined.table.schema), "columns": tuple(sorted(columns))}
    how = written(at, found)
    yield at.found(
        node,
        f"tries every row of {used[0]} with every row of {used[-1]}: an OR of keys can be neither hashed nor sorted by",
        help=_advice(node),
        facts=facts,
        span=(how.start, how.end),
    )


def _advice(join: Node) -> str:
    side = (join.args.get("side") or "").upper()
    return _FULL if side == "FULL" else _OUTER if side else _INNER


def _branches(test: Node) -> list[set[Key]]:
    """Return the keys of each branch that has some: of OR, and of IN over columns, which is the same."""
    if isinstance(test, exp.Or):
        keys = [{key for part in conjuncts(branch) if (key := key_of(part)) is not None} for branch in disjuncts(test)]
        return [one for one in keys if one]
    column = unwrapped(test.this) if isinstance(test, exp.In) else None
    if not isinstance(column, exp.Column):
        return []
    others = [unwrapped(one) for one in test.args.get("expressions") or ()]
    keys = [{key} for one in others if isinstance(one, exp.Column) and (key := _pair(column, one)) is not None]
    return keys if len(keys) == len(others) else []


def _pair(left: Node, right: Node) -> Key | None:
    one, other = (identifier(column.args.get("table")) for column in (left, right))
    if not one or not other or one == other:
        return None
    return frozenset({(one, identifier(left.this)), (other, identifier(right.this))})


def _judge(finding: Finding, place: Place) -> Finding | None:
    named, columns = finding.facts.get("table"), finding.facts.get("columns")
    if place.is_seed:
        return None
    if place.dialect in ROW_STORES and isinstance(named, tuple) and isinstance(columns, tuple):
        table = place.project.table(Name(*named))
        if table is not None and set(columns) <= set(leading_columns(table)):
            return None
    return finding


RULE = Rule(
    code="PERF021",
    name="or-in-join",
    severity="warning",
    sets=frozenset({"all"}),
    fix="hint",
    queries=True,
    nodes={exp.Join: _join},
    judge=_judge,
)
