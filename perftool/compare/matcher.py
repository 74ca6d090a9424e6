"""Put measured series where they belong: table, row and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from perftool.compare import projection, query
from perftool.compare.api import SyntaxMessage, UnitDeclaration
from perftool.compare.query import Subject
from perftool.compare.syntax import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from perftool.compare.api import Config, Series
    from perftool.compare.inputs import Input

Key = tuple[str, ...]
T = TypeVar("T")


class CompareQuery(msgspec.Struct, frozen=True):
    """What to compare: a filter and projections, as written on the command line.

    Defaults are those of benchstat: a table for each configuration, a row for each benchmark, a column for each
    input.
    """

    table: str = ".config"
    row: str = ".fullname"
    column: str = ".file"
    ignore: str = ""
    filter: str = "*"


class Pool(msgspec.Struct, gc=False):
    """What is pooled in one cell; ``residues`` are the values of what should not differ among it, where it does."""

    first: Series
    residue: Key
    more: list[Series] | None = None
    residues: set[Key] | None = None

    @property
    def series(self) -> tuple[Series, ...]:
        """Return all series in the order in which they came."""
        return (self.first, *self.more) if self.more else (self.first,)

    def add(self, series: Series, residue: Key) -> None:
        """Put ``series`` into the cell."""
        if self.more is None:
            self.more = []
        self.more.append(series)
        if residue != self.residue:
            self.residues = (self.residues or {self.residue}) | {residue}


class MatchedTable(msgspec.Struct, frozen=True):
    """One table: for each row key the cells by index of column; rows and columns are in their order."""

    key: Key
    unit: str
    rows: dict[Key, tuple[Pool | None, ...]]

    @property
    def columns(self) -> tuple[int, ...]:
        """Return the columns that have samples here, in order."""
        return tuple(sorted({column for cells in self.rows.values() for column, pool in enumerate(cells) if pool}))


class Matched(msgspec.Struct, frozen=True):
    """All tables in order, and what the positions in their keys mean.

    ``columns`` are the keys of the columns; ``sources`` the inputs behind each. ``considered`` counts the series
    before any filter.
    """

    tables: tuple[MatchedTable, ...]
    columns: tuple[Key, ...]
    sources: tuple[tuple[Input, ...], ...]
    table_fields: tuple[str, ...]
    row_fields: tuple[str, ...]
    column_fields: tuple[str, ...]
    residue_fields: tuple[str, ...]
    considered: int


def compile_query(wanted: CompareQuery) -> tuple[query.Predicate, projection.Group]:
    """Compile the filter and the projections; the first fault in this order is the one reported."""
    predicate = _compiled("filter", query.parse, wanted.filter)
    table = _compiled("table", projection.parse, wanted.table)
    row = _compiled("row", projection.parse, wanted.row)
    column = _compiled("col", projection.parse, wanted.column)
    ignore = _compiled("ignore", projection.parse, wanted.ignore)
    return predicate, projection.Group(table, row, column, ignore)


def _compiled(option: str, parse: Callable[[str], T], expression: str) -> T:
    try:
        return parse(expression)
    except ExpressionError as error:
        raise error.given_with(option) from None


class _Subjects:
    """Makes subjects of the series of one input; configurations are few and shared."""

    def __init__(self, one: Input) -> None:
        self._label = one.label
        self._facts = dict(one.imported.facts)
        self._configs: dict[Config, dict[str, str]] = {}

    def of(self, series: Series) -> Subject:
        config = self._configs.get(series.config)
        if config is None:
            config = self._configs[series.config] = self._facts | dict(series.config)
        return Subject(series, self._label, config)


def match(inputs: Sequence[Input], wanted: CompareQuery) -> Matched:
    """Filter the series of ``inputs`` and put each into its cell.

    cost: two passes, because the order of a key is known only when all were seen; memory for the cells only.
    """
    predicate, group = compile_query(wanted)
    projections = [one for one in (group.table, group.row, group.column, group.residue) if one.fields]
    units: dict[str, int] = {}
    admitted: list[tuple[Input, list[Series]]] = []
    for one in inputs:
        subjects = _Subjects(one)
        kept = []
        for series in one.imported.series:
            subject = subjects.of(series)
            if predicate(subject) and group.admits(subject):
                kept.append(series)
                units.setdefault(series.unit, len(units))
                for seen in projections:
                    seen.see(subject)
        admitted.append((one, kept))
    columns, sources, pools = _pooled(admitted, group)
    order = sorted(range(len(columns)), key=lambda index: group.column.sort_key(columns[index]))
    return Matched(
        tables=tuple(
            MatchedTable(key, unit, _ordered(pools.pop((key, unit)), group, order))
            for key, unit in sorted(pools, key=lambda place: (group.table.sort_key(place[0]), units[place[1]]))
        ),
        columns=tuple(columns[index] for index in order),
        sources=tuple(tuple(sources[index]) for index in order),
        table_fields=group.table.names(),
        row_fields=group.row.names(),
        column_fields=group.column.names(),
        residue_fields=group.residue.names(),
        considered=sum(len(one.imported.series) for one in inputs),
    )


_Rows = dict[Key, tuple[Pool | None, ...]]


def _pooled(
    admitted: Sequence[tuple[Input, list[Series]]], group: projection.Group
) -> tuple[list[Key], list[list[Input]], dict[tuple[Key, str], _Rows]]:
    """Return columns in order of appearance, the inputs behind each, and the cells by table, row and such column."""
    places: dict[Key, int] = {}
    sources: list[list[Input]] = []
    pools: dict[tuple[Key, str], _Rows] = {}
    for one, kept in admitted:
        subjects = _Subjects(one)
        for series in kept:
            subject = subjects.of(series)
            column = places.setdefault(group.column.project(subject), len(places))
            if column == len(sources):
                sources.append([])
            if not any(known is one for known in sources[column]):
                sources[column].append(one)
            rows = pools.setdefault((group.table.project(subject), series.unit), {})
            row = group.row.project(subject)
            cells = rows.get(row, ())
            residue = group.residue.project(subject)
            pool = cells[column] if column < len(cells) else None
            if pool is not None:
                pool.add(series, residue)
            else:
                before = (*cells[:column], *[None] * (column - len(cells)))
                rows[row] = (*before, Pool(series, residue), *cells[column + 1 :])
    return list(places), sources, pools


def _ordered(rows: _Rows, group: projection.Group, order: Sequence[int]) -> _Rows:
    """Return ``rows`` in order, their cells in the ``order`` of columns; ``rows`` are used up."""
    return {key: _row(rows.pop(key), order) for key in sorted(rows, key=group.row.sort_key)}


def _row(cells: tuple[Pool | None, ...], order: Sequence[int]) -> tuple[Pool | None, ...]:
    if order == list(range(len(cells))):
        return cells
    return tuple([cells[index] if index < len(cells) else None for index in order])


def differing(pool: Pool, fields: Sequence[str]) -> tuple[str, ...]:
    """Return the fields in which what is pooled differs."""
    if pool.residues is None:
        return ()
    by_field = zip(fields, zip(*pool.residues, strict=True), strict=True)
    return tuple(name for name, values in by_field if len(set(values)) > 1)


def declared_units(inputs: Iterable[Input]) -> tuple[dict[str, dict[str, str]], tuple[str, ...]]:
    """Merge what inputs declare of units; return it by base unit, and all messages in reading order.

    The first declaration stays; one that contradicts it is a message.
    """
    declared: dict[str, dict[str, str]] = {}
    messages: list[str] = []
    for one in inputs:
        for event in one.imported.events:
            place = f"{one.imported.name}:{event.line}"
            match event:
                case SyntaxMessage():
                    messages.append(f"{place}: {event.text}")
                case UnitDeclaration():
                    kept = declared.setdefault(event.unit, {}).setdefault(event.key, event.value)
                    if kept != event.value:
                        messages.append(
                            f"{place}: metadata {event.key} of unit {event.written_unit} already set to {kept}"
                        )
    return declared, tuple(messages)
