"""Put measured series where they belong: table, row and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from perftool.compare import projection, query
from perftool.compare.api import SyntaxMessage, UnitDeclaration
from perftool.compare.query import Subject
from perftool.compare.syntax import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from perftool.compare.api import Series
    from perftool.compare.inputs import Input

Key = tuple[str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CompareQuery:
    """What to compare: a filter and projections, as written on the command line.

    Defaults are those of benchstat: a table for each configuration, a row for each benchmark, a column for each
    input.
    """

    table: str = ".config"
    row: str = ".fullname"
    column: str = ".file"
    ignore: str = ""
    filter: str = "*"


@dataclass(slots=True)
class Pool:
    """What is pooled in one cell, with the values that differ among it where they should not."""

    parts: list[tuple[Input, Series]] = field(default_factory=list)
    residues: set[Key] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class MatchedTable:
    """One table: cells by row key and index of column; rows and columns are in their order."""

    key: Key
    unit: str
    rows: dict[Key, dict[int, Pool]]

    @property
    def columns(self) -> tuple[int, ...]:
        """Return the columns that have samples here, in order."""
        return tuple(sorted({column for cells in self.rows.values() for column in cells}))


@dataclass(frozen=True, slots=True)
class Matched:
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


def match(inputs: Sequence[Input], wanted: CompareQuery) -> Matched:
    """Filter the series of ``inputs`` and put each into its cell."""
    predicate, group = compile_query(wanted)
    admitted: list[tuple[Input, Subject]] = []
    units: dict[str, int] = {}
    considered = 0
    for one in inputs:
        facts = dict(one.imported.facts)
        for series in one.imported.series:
            considered += 1
            subject = Subject(series, one.label, {**facts, **dict(series.config)} if facts else dict(series.config))
            if not (predicate(subject) and group.admits(subject)):
                continue
            admitted.append((one, subject))
            units.setdefault(series.unit, len(units))
            for seen in (group.table, group.row, group.column, group.residue):
                seen.see(subject)
    pools: dict[tuple[Key, str], dict[Key, dict[Key, Pool]]] = {}
    sources: dict[Key, dict[int, Input]] = {}
    for one, subject in admitted:
        column = group.column.project(subject)
        rows = pools.setdefault((group.table.project(subject), subject.series.unit), {})
        pool = rows.setdefault(group.row.project(subject), {}).setdefault(column, Pool())
        pool.parts.append((one, subject.series))
        pool.residues.add(group.residue.project(subject))
        sources.setdefault(column, {})[id(one)] = one
    columns = sorted(sources, key=group.column.sort_key)
    places = {key: place for place, key in enumerate(columns)}
    ordered = sorted(pools, key=lambda key: (group.table.sort_key(key[0]), units[key[1]]))
    tables = [
        MatchedTable(
            key=key,
            unit=unit,
            rows={
                row: {places[column]: pool for column, pool in pools[key, unit][row].items()}
                for row in sorted(pools[key, unit], key=group.row.sort_key)
            },
        )
        for key, unit in ordered
    ]
    return Matched(
        tables=tuple(tables),
        columns=tuple(columns),
        sources=tuple(tuple(sources[key].values()) for key in columns),
        table_fields=group.table.names(),
        row_fields=group.row.names(),
        column_fields=group.column.names(),
        residue_fields=group.residue.names(),
        considered=considered,
    )


def differing(pool: Pool, fields: Sequence[str]) -> tuple[str, ...]:
    """Return the fields in which what is pooled differs."""
    if len(pool.residues) < 2:
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
