"""Find NOT IN over values of which one may be NULL: then it is never true.

Why: `x NOT IN (a, NULL)` is NULL or false for every x, because x might equal the unknown value; the query returns no
row as soon as the subquery gives a single NULL.
Bad: SELECT id FROM a WHERE x NOT IN (SELECT x FROM b)
Good: SELECT id FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.x = a.x)
Limits: silent where the column is NOT NULL or part of the primary key in the project's definitions, where the subquery
filters it in a way that no NULL passes, for keys by their name (id, b_id in b, uuid, tx_hash, tx_id, sha256), for
system catalogs, in tests, and where the text does not tell which table's column it is. A NULL written in the list is
an error.
Source: ISO/IEC 9075-2, 8.4 <in predicate>, and Date, "SQL and Relational Theory", chapter 4
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_KEYS: Final = frozenset({"id", "uuid", "guid", "oid", "rowid", "ctid", "pk"})
_CATALOGS: Final = ("information_schema", "pg_catalog", "sys", "mysql", "performance_schema", "sqlite_master")
_KEY_OF: Final = re.compile(r"(?:[a-z]{1,3}_)?(\w{3,}?)_?(?:id|key|uuid)")
#: What is computed from the whole of a thing is there for each of them; a tx_id is the hash of a transaction.
_DIGEST: Final = re.compile(r"(?:^|_)(?:hash|sha|sha1|sha256|md5|digest|checksum|fingerprint|tx_?id)$")
_DEEPEST: Final = 5
_SAFE: Final = (exp.NullSafeEQ, exp.NullSafeNEQ)


def _in(node: Node, at: Statement) -> Iterator[Finding]:
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    if not isinstance(above, exp.Not):
        return
    if any(isinstance(one, exp.Null) for one in node.expressions):
        message = "is never true: the list holds NULL, and nothing is known to differ from NULL"
        yield at.found(above, message, help="take NULL out of the list", severity="error")
        return
    query = node.args.get("query")
    origin = _nullable(query) if query is not None else None
    if origin is None:
        return
    source, name, optional = origin
    assert source.table is not None
    where = f"{source.name}.{name}"
    shown = f"NOT EXISTS (SELECT 1 FROM {source.table} … WHERE {where} = …)"  # noqa: S608  shown to people
    yield at.found(
        above,
        f"returns no row at all as soon as one {where} is NULL",
        help=f"{shown}, or add WHERE {where} IS NOT NULL inside",
        facts={"table": source.table.name, "schema": source.table.schema, "column": name, "optional": optional},
    )


def _nullable(query: Node, depth: int = 0) -> tuple[queries.Source, str, bool] | None:
    """Return the table and column that the first column of ``query`` is read from, if nothing keeps NULL out."""
    while isinstance(query, (exp.Subquery, exp.SetOperation)):
        if isinstance(query, exp.SetOperation):
            return None if depth > _DEEPEST else _first(query, depth)
        query = query.this
    if not isinstance(query, exp.Select) or len(query.expressions) != 1 or depth > _DEEPEST:
        return None
    column = query.expressions[0].unalias()
    if not isinstance(column, exp.Column) or isinstance(column.this, exp.Star):
        return None
    source = queries.source_of(column, query)
    name = queries.identifier(column.this)
    if source is None or _filtered(query, source, name):
        return None
    if source.kind in ("cte", "derived"):
        inner = _body(source)
        return None if inner is None else _through(inner, source, name, depth)
    if source.table is None or (_is_key(name, source.table) and not source.optional):
        return None
    if source.table.schema.rpartition(".")[2] in _CATALOGS or source.table.name.startswith(("pg_", "sqlite_", "#")):
        return None
    return source, name, source.optional


def _first(query: Node, depth: int) -> tuple[queries.Source, str, bool] | None:
    if not isinstance(query, exp.Union):
        return None
    return _nullable(query.this, depth + 1) or _nullable(query.expression, depth + 1)


def _body(source: queries.Source) -> Node | None:
    if source.kind == "derived":
        return source.node.this if isinstance(source.node.this, exp.Select) else None
    common = queries.common_table(source.node)
    body = common.this if common is not None else None
    return body if isinstance(body, exp.Select) else None


def _through(body: Node, source: queries.Source, name: str, depth: int) -> tuple[queries.Source, str, bool] | None:
    """Follow a column into the SELECT that gives it; what is computed there is not judged."""
    columns = source.columns
    if columns is None or name not in columns or len(columns) != len(body.expressions):
        return None
    column = body.expressions[columns.index(name)].unalias()
    if not isinstance(column, exp.Column) or isinstance(column.this, exp.Star):
        return None
    inner = queries.source_of(column, body)
    inner_name = queries.identifier(column.this)
    if inner is None or _filtered(body, inner, inner_name):
        return None
    if inner.kind in ("cte", "derived") and depth < _DEEPEST:
        below = _body(inner)
        return None if below is None else _through(below, inner, inner_name, depth + 1)
    if inner.table is None or (_is_key(inner_name, inner.table) and not inner.optional):
        return None
    return inner, inner_name, inner.optional or source.optional


def _is_key(name: str, table: Name) -> bool:
    """Say whether a column is its table's own key by its name: id, user_id in users, s_suppkey in supplier, tx_hash."""
    name, own = name.lower(), table.name.lower()
    if name in _KEYS or _DIGEST.search(name):
        return True
    stem = _KEY_OF.fullmatch(name)
    return stem is not None and (own.startswith(stem[1]) or stem[1].startswith(own.rstrip("s")))


def _filtered(query: Node, source: queries.Source, name: str) -> bool:
    """Say whether some condition of ``query`` lets no NULL of that column pass."""
    for condition in queries.conditions(query):
        if isinstance(condition, exp.Not):
            inner = queries.unwrapped(condition.this)
            excludes = isinstance(inner, (exp.In, exp.Between, exp.Like, exp.ILike))
            tested = inner.this if excludes or (isinstance(inner, exp.Is) and _is_null(inner.expression)) else None
        elif isinstance(condition, exp.Is):
            tested = condition.this if condition.args.get("negate") or not _is_null(condition.expression) else None
        elif isinstance(condition, (exp.In, exp.Between, exp.Like, exp.ILike)):
            tested = condition.this
        elif isinstance(condition, queries.COMPARISONS) and not isinstance(condition, _SAFE):
            if _is(condition.expression, query, source, name):
                return True
            tested = condition.this
        else:
            tested = condition
        if tested is not None and _is(tested, query, source, name):
            return True
    return False


def _is_null(node: Node) -> bool:
    return isinstance(node, exp.Null)


def _is(node: Node, query: Node, source: queries.Source, name: str) -> bool:
    column = (
        queries.only_column(node) if isinstance(node, (exp.Column, exp.Paren, exp.Cast, exp.Lower, exp.Upper)) else None
    )
    if column is None or queries.identifier(column.this) != name:
        return False
    return queries.source_of(column, query) is source or not column.args.get("table")


def _judge(finding: Finding, place: Place) -> Finding | None:
    facts = finding.facts
    if "column" not in facts:
        return finding
    if place.is_seed:
        return None
    if facts["optional"]:
        return finding
    table = place.project.table(Name(str(facts["table"]), str(facts["schema"])))
    return None if table is not None and table.never_null(str(facts["column"])) else finding


RULE = Rule(
    code="COR002",
    name="not-in-with-null",
    severity="warning",
    sets=frozenset({"all"}),
    needs="project",
    nodes={exp.In: _in},
    judge=_judge,
)
