"""Which tests filter the rows of a table by an expression of one of its columns, and whether an index could serve them.

A rule registers on the class of the expression (a function, a cast, a sum) and asks ``filter_of`` about each; most
stand in no comparison, which their parent tells at once. An expression has one outermost node, so rules on different
classes never find the same test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.lint.indexes import has_index_on, leading_columns
from perftool.lint.paths import is_upgrade
from perftool.lint.written import canonical
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Fact, Finding
    from perftool.lint.place import Place

HIDING: Final[tuple[type[Node], ...]] = (
    exp.Lower, exp.Upper, exp.Initcap, exp.Trim, exp.Substring, exp.Left, exp.Right, exp.Replace, exp.Reverse,
    exp.Translate, exp.SplitPart, exp.SubstringIndex, exp.RegexpReplace, exp.Soundex, exp.MD5, exp.SHA, exp.SHA2,
    exp.Hex, exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Trunc, exp.Extract, exp.Year, exp.Date, exp.TsOrDsToDate,
    exp.TimestampTrunc, exp.DateTrunc, exp.DatetimeTrunc, exp.TimeToStr, exp.ToChar, exp.TimeToUnix, exp.UnixToTime,
    exp.UnixToStr, exp.StrToDate, exp.StrToTime, exp.DateDiff, exp.TimestampDiff, exp.LastDay,
)  # fmt: skip
"""Functions that hide a column from its index, of which something selective may be asked."""

_BOTH: Final = ("this", "expression")
_LEFT: Final = ("this",)
_SIDES: Final[dict[type, tuple[str, ...]]] = {
    exp.EQ: _BOTH, exp.GT: _BOTH, exp.GTE: _BOTH, exp.LT: _BOTH, exp.LTE: _BOTH, exp.NullSafeEQ: _BOTH,
    exp.In: _LEFT, exp.Between: _LEFT, exp.Like: _LEFT, exp.ILike: _LEFT,
}  # fmt: skip
# An index on the column could not serve what is within a document, an array or a choice, whatever is written.
_OPAQUE: Final = (
    exp.Query, exp.AggFunc, exp.Window, exp.Bracket, exp.Dot, exp.Case, exp.If, exp.JSONExtract, exp.JSONExtractScalar,
    exp.JSONBExtract, exp.JSONBExtractScalar, exp.JSONValue, exp.Star,
)  # fmt: skip
_CATALOGS: Final = frozenset({"information_schema", "pg_catalog", "sys", "mysql", "performance_schema"})
_CATALOG_DATABASES: Final = frozenset({"msdb", "master"})
_CATALOG_NAMES: Final = ("pg_", "sqlite_", "dba_", "v$", "gv$")
_KEYS: Final = frozenset({"id", "uuid", "guid", "rowid", "oid"})
_KEY_ENDS: Final = ("_id", "_uuid", "_guid", "Id")
_FEW: Final = 10


@dataclass(frozen=True, slots=True)
class Filter:
    """A test of WHERE or of an inner join's ON that compares ``side``, an expression of ``column``, with constants.

    ``turned``: the side stands on the right. ``equal`` are the columns of ``table`` that other tests fix.
    """

    test: Node
    side: Node
    column: Node
    table: Name
    query: Node
    turned: bool
    equal: tuple[str, ...]

    def facts(self, expression: str = "") -> dict[str, Fact]:
        """Return what ``worth_saying`` needs to know; ``expression`` is the side as it is written."""
        return {
            "table": (self.table.name, self.table.schema),
            "column": queries.identifier(self.column.this),
            "expression": canonical(expression),
            "equal": self.equal,
        }


def filter_of(side: Node) -> Filter | None:
    """Return the filter that ``side`` is one side of; None where it is none, or where a key finds the rows.

    cost: a look at the parent for what stands in no comparison.
    """
    below, test = side, side.parent
    while isinstance(test, exp.Paren):
        below, test = test, test.parent
    sides = _SIDES.get(test.__class__)
    if test is None or sides is None or below.arg_key not in sides:
        return None
    query = filtered_by(test)
    column = plain_column(side) if query is not None else None
    if query is None or column is None or column.args.get("join_mark") or not _is_constant_but(test, below):
        return None
    source = queries.source_of(column, query)
    if source is None or source.table is None or source.optional or is_catalog(source.table):
        return None
    equal = _fixed(query, test, source.name)
    if equal is None:
        return None
    return Filter(test, side, column, source.table, query, below.arg_key == "expression", equal)


def filtered_by(test: Node) -> Node | None:
    """Return the query whose rows ``test`` filters, through AND, OR and brackets, in WHERE or an inner join's ON."""
    below, above = test, test.parent
    while isinstance(above, (exp.And, exp.Or, exp.Paren, exp.Escape)):
        below, above = above, above.parent
    if isinstance(above, exp.Where):
        query = above.parent
        return query if isinstance(query, (exp.Select, exp.Update, exp.Delete)) else None
    if isinstance(above, exp.Join) and below.arg_key == "on" and not above.args.get("side"):
        return queries.query_of(above)
    return None


def table_read(column: Node, query: Node) -> Name | None:
    """Return the table that ``column`` is read from, for rules that ask it of many columns.

    Of several sources only a qualifier tells, and brackets around joins are not looked into.
    cost: a look at each source up to the one.
    """
    qualifier = column.args.get("table")
    wanted = queries.identifier(qualifier)
    from_ = query.args.get("from_")
    first = query.this if isinstance(query, (exp.Update, exp.Delete)) else from_.this if from_ is not None else None
    joins = query.args.get("joins")
    if qualifier is None and (joins or first is None or (from_ is not None and from_.this is not first)):
        return None
    for table in (first, *(join.this for join in joins or ())):
        if isinstance(table, exp.Table) and isinstance(table.this, exp.Identifier):
            alias = table.args.get("alias")
            name = alias.this if alias is not None and alias.this is not None else table.this
            if qualifier is None or queries.identifier(name) == wanted:
                found = queries.table_name(table)
                return found if found.schema or queries.common_table(table) is None else None
    return None


def plain_column(node: Node) -> Node | None:
    """Return the one column that ``node`` is computed from, with nothing but constants and functions around it."""
    found: Node | None = None
    for below in node.walk():
        if isinstance(below, exp.Column):
            if found is not None or isinstance(below.this, exp.Star):
                return None
            found = below
        elif isinstance(below, _OPAQUE):
            return None
    return found


def is_catalog(table: Name) -> bool:
    """Say whether a table is one of the engine's own, which nobody can index."""
    parts = table.schema.split(".")
    return parts[-1] in _CATALOGS or parts[0] in _CATALOG_DATABASES or table.name.startswith(_CATALOG_NAMES)


def is_key_like(name: str) -> bool:
    """Say whether a column is called like one that finds few rows: id, order_id, uuid."""
    return name in _KEYS or name.endswith(_KEY_ENDS)


def _is_constant_but(test: Node, side: Node) -> bool:
    if test.args.get("query") or test.args.get("unnest") or test.args.get("field"):
        return False
    return all(queries.is_constant(value) for value in test.iter_expressions() if value is not side)


def _fixed(query: Node, test: Node, source: str) -> tuple[str, ...] | None:
    """Return the columns of ``source`` that other tests fix; None where one of them, of any source, is like a key."""
    found: list[str] = []
    for column in fixed_columns(query, test):
        name = queries.identifier(column.this)
        if is_key_like(name):
            return None
        if queries.identifier(column.args.get("table")) in ("", source):
            found.append(name)
    return tuple(found)


def fixed_columns(query: Node, but: Node | None = None) -> Iterator[Node]:
    """Yield the columns that must equal a constant, one of a few, or something of an outer query, ``but`` one test."""
    inner = _Inner(query)
    for condition in queries.conditions(query):
        if condition is but or not isinstance(condition, (exp.EQ, exp.In, exp.NullSafeEQ)):
            continue
        left = queries.unwrapped(condition.this)
        if isinstance(condition, exp.In):
            if isinstance(left, exp.Column) and 0 < len(condition.args.get("expressions") or ()) <= _FEW:
                yield left
            continue
        right = queries.unwrapped(condition.expression)
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            if inner.holds(left) != inner.holds(right):
                yield left if inner.holds(left) else right
        elif isinstance(left, exp.Column) or isinstance(right, exp.Column):
            column, other = (left, right) if isinstance(left, exp.Column) else (right, left)
            if queries.is_constant(other) and inner.holds(column):
                yield column


class _Inner:
    """Tells the columns of a query from those of queries around it, by their qualifiers."""

    def __init__(self, query: Node) -> None:
        self._query = query
        self._names: frozenset[str] | None = None

    def holds(self, column: Node) -> bool:
        qualifier = column.args.get("table")
        if qualifier is None:
            return True
        if self._names is None:
            self._names = frozenset(source.name for source in queries.sources(self._query))
        # Most names are in lower case as they are.
        return qualifier.name in self._names or queries.identifier(qualifier) in self._names


def worth_saying(finding: Finding, place: Place) -> Finding | None:
    """Return the finding unless its place makes it moot: the judge of the rules on filters.

    Moot are statements that run once (migrations, seeds) and temporary tables; tables where another column that the
    query fixes leads an index; expressions with an index of their own; the second finding on one column of a
    statement, unless it has edits of its own.
    """
    name = table_of(finding)
    if place.is_seed or place.is_temporary(name) or runs_once(place):
        return None
    facts = finding.facts
    table = place.project.table(name)
    if table is not None:
        equal = facts.get("equal", ())
        assert isinstance(equal, tuple)
        if not set(equal).isdisjoint(leading_columns(table)) or has_index_on(table, str(facts.get("expression", ""))):
            return None
    first = is_first(place, f"{name} {facts.get('column', '')}")
    return finding if first or finding.edits else None


def is_residual(finding: Finding, place: Place) -> bool:
    """Say whether another test of the same table may well find its rows: one that fixes a column of it.

    For tests that people add to others. A flag finds nothing, where the table's definition tells that it is one.
    """
    equal = finding.facts.get("equal", ())
    assert isinstance(equal, tuple)
    table = place.project.table(table_of(finding)) if equal else None
    if table is None:
        return bool(equal)
    kinds = [column.type.lower() if (column := table.column(name)) is not None else "" for name in equal]
    return any(not kind.startswith("bool") for kind in kinds)


def table_of(finding: Finding) -> Name:
    """Return the table that the facts of a finding name."""
    parts = finding.facts["table"]
    assert isinstance(parts, tuple)
    return Name(*parts)


def runs_once(place: Place) -> bool:
    """Say whether the statement is a step of a migration, and no view or function that it leaves behind."""
    return (place.is_migration or is_upgrade(place.path)) and (
        not place.kind.startswith("CREATE") or place.kind == "CREATE TABLE"
    )


def is_first(place: Place, key: str) -> bool:
    """Say whether the rule asks about ``key`` for the first time within this statement."""
    if place.memory.get("statement") != place.statement:
        place.memory.clear()
        place.memory["statement"] = place.statement
    known = key in place.memory
    place.memory[key] = True
    return not known


def searches_anywhere(test: Node) -> bool:
    """Say whether a test is LIKE with a pattern that begins with %, or one that an index could not serve at all."""
    if not isinstance(test, queries.PATTERNS):
        return False
    first = first_part(test.expression)
    return bool(test.args.get("negate")) or (isinstance(first, exp.Literal) and first.name.startswith("%"))


def first_part(text: Node) -> Node:
    """Return what a text that is put together begins with."""
    while True:
        text = queries.unwrapped(text)
        if isinstance(text, (exp.DPipe, exp.Add, exp.Cast)):
            text = text.this
        elif isinstance(text, exp.Concat) and text.expressions:
            text = text.expressions[0]
        else:
            return text
