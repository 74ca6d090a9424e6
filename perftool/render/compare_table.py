"""Build the table of one unit of a comparison: baseline, now, change, verdict, evidence."""

from __future__ import annotations

import functools
import math
import operator
from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.figures import bare, change_interval, is_time, p_value, percent, threshold, unit_title, value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.comparison import Cell, Change, ComparisonPayload, Geomean, Row, Table
    from perftool.render.notes import Notes

_ORDER: Final = {"fail": 0, "warn": 1, "inconclusive": 2, "pass": 3, "info": 3}


def build(payload: ComparisonPayload, table: Table, title: str, notes: Notes) -> doc.Table:
    """Return ``table`` for people, what changed first; rows without a significant change are folded."""
    labels = _short([payload.columns[i].label or "results" for i in table.columns])
    family = _family(table)
    sizes = {_sizes(c.change) for row in table.rows for c in row.cells if c is not None and c.change is not None}
    several_sizes = len(sizes - {""}) > 1
    columns = [
        doc.Column(family.rstrip("/"), "left", flexible=True),
        doc.Column(labels[0], drop=1 if len(labels) > 1 else 0),
    ]
    for label in labels[1:]:
        columns += [doc.Column(label), doc.Column("change"), doc.Column("interval", drop=2)]
        columns += [doc.Column("verdict", "left"), doc.Column("p", "left", drop=3)]
        columns += [doc.Column("n", "left", drop=4)] if several_sizes else []
    common = _common_doubts(table)
    notes.add(common)
    figures = _Figures(table, payload.correction, several_sizes=several_sizes)
    rows = [_row(row, table, notes, family, common, figures) for row in ordered(table)]
    if not several_sizes:
        title = " · ".join([title, *(sizes - {""})])
    folded = sum(r.folded for r in rows)
    means = _geomeans([table.geomeans[i] for i in table.columns], table, notes, len(columns))
    if means:
        rows.append(means)
    return doc.Table(
        tuple(columns), tuple(rows), title, f"{folded} without a significant change: {unit_title(table.unit)}"
    )


def _short(labels: list[str]) -> list[str]:
    """Return ``labels`` without the folder that all of them share; one alone keeps its file name."""
    if not all("/" in label for label in labels):
        return labels
    shared = 0
    for position, letters in enumerate(zip(*labels, strict=False)):
        if len(set(letters)) > 1:
            break
        if letters[0] == "/":
            shared = position + 1
    return [label[shared:] or label for label in labels]


def _family(table: Table) -> str:
    """Return ``suite/`` where all rows belong to one suite, so that it is said once."""
    first = {row.key[0].partition("/")[0] for row in table.rows if row.key and "/" in row.key[0]}
    if len(first) != 1 or len(table.rows) < 2:
        return ""
    family = first.pop() + "/"
    return family if all(row.key and row.key[0].startswith(family) and len(row.key) == 1 for row in table.rows) else ""


def ordered(table: Table) -> list[Row]:
    """Return the rows, the worst outcome first and within it the largest change; others in their order."""
    return sorted(table.rows, key=_severity)


def _severity(row: Row) -> tuple[int, float]:
    changes = [c.change for c in row.cells if c is not None and c.change is not None]
    if not changes:
        return (_ORDER["inconclusive"], 0.0)
    rank = min(_ORDER[c.outcome] + (0 if c.significant else 1) * (c.outcome in ("pass", "info")) for c in changes)
    sizes = [abs(c.ratio) if c.ratio is not None else math.inf for c in changes]
    return (rank, -max(sizes) if rank < 2 else 0.0)


def unchanged(row: Row) -> bool:
    """Tell whether no column of ``row`` changed significantly, failed, warned or stayed undecided."""
    changes = [c.change for c in row.cells if c is not None and c.change is not None]
    return bool(changes) and all(c.outcome in ("pass", "info") and not c.significant for c in changes)


def cells(table: Table, row: Row) -> list[Cell | None]:
    """Return the cells of ``row`` in step with ``table.columns``."""
    return [row.cells[i] for i in table.columns]


def _common_doubts(table: Table) -> list[str]:
    """Return the doubts that stand at every row: they are said once and mark none."""
    if len(table.rows) < 2:
        return []
    first, *others = [[w for c in row.cells if c is not None for w in _doubts(c)] for row in table.rows]
    return [doubt for doubt in dict.fromkeys(first) if all(doubt in doubts for doubts in others)]


def _row(row: Row, table: Table, notes: Notes, family: str, common: list[str], figures: _Figures) -> doc.TableRow:
    name = row.label
    doubts = [w for c in cells(table, row) if c is not None for w in _doubts(c) if w not in common]
    marks = " ".join(m for m in (notes.about(name, name.removeprefix(family)), notes.mark(doubts)) if m)
    drawn = doc.Cell(f"{name.removeprefix(family)} {marks}".rstrip())
    return doc.TableRow((drawn, *figures.of(row)), folded=unchanged(row))


class _Figures:
    """Draws the cells of rows; rows of the same constants share their cells, so their figures are drawn once."""

    def __init__(self, table: Table, correction: str, *, several_sizes: bool) -> None:
        self._table = table
        self._correction = correction
        self._several_sizes = several_sizes
        self._last: tuple[Row, tuple[doc.Cell, ...]] | None = None

    def of(self, row: Row) -> tuple[doc.Cell, ...]:
        if self._last is not None:
            last, drawn = self._last
            if last.exact == row.exact and all(map(operator.is_, last.cells, row.cells)):
                return drawn
        drawn = tuple(self._drawn(row))
        self._last = row, drawn
        return drawn

    def _drawn(self, row: Row) -> Iterator[doc.Cell]:
        table = self._table
        exact = row.exact or table.assume_exact
        first, *others = cells(table, row)
        yield doc.Cell(centre(first, table.unit, exact=exact))
        for cell in others:
            yield doc.Cell(centre(cell, table.unit, exact=exact))
            change = cell.change if cell is not None else None
            if change is None:
                new, missing = first is None and cell is not None, first is not None and cell is None
                yield _muted("new" if new else "missing" if missing else "")
                yield from [doc.Cell("")] * (4 if self._several_sizes else 3)
                continue
            shade = tone(change)
            yield doc.Cell(change_text(change), shade)
            yield _muted("" if change.test == "exact" else change_interval(change.lo, change.hi))
            yield doc.Cell(verdict(change, table.unit), shade)
            yield _muted(p_value(change.p, change.test, change.p_adjusted, self._correction))
            if self._several_sizes:
                yield _muted(_sizes(change))


@functools.lru_cache(maxsize=64)
def _muted(text: str) -> doc.Cell:
    """Return one cell for all that say the same, as most p-values and sizes do."""
    return doc.Cell(text, "muted")


def _doubts(cell: Cell) -> list[str]:
    doubts = [*cell.summary.warnings, *(cell.change.warnings if cell.change else ())]
    if cell.residue:
        doubts.append(f"benchmarks vary in {', '.join(cell.residue)}")
    return doubts


def centre(cell: Cell | None, unit: str, *, exact: bool) -> str:
    """Return a cell's median with its spread; empty where there is no cell."""
    if cell is None:
        return ""
    return value(cell.summary.center, unit, cell.summary.lo, cell.summary.hi, exact=exact)


def change_text(change: Change) -> str:
    """Return the change of the centres: ``+25.5 %``; from zero there is none to give in percent."""
    return percent(change.ratio) if change.ratio is not None else "from 0"


def tone(change: Change) -> doc.Tone:
    """Return the colour of a change: by outcome, and green only for a significant improvement."""
    if change.outcome in ("fail", "warn", "inconclusive"):
        return doc.TONES[change.outcome]
    if not change.significant:
        return "plain" if change.outcome == "pass" else "muted"
    return {"better": "good", "worse": "warn"}.get(change.direction, "plain")  # type: ignore[return-value]


def verdict(change: Change, unit: str) -> str:
    """Return mark and words of the judgement: ``✗ over 20 %``, ``✓ same``, ``? needs ~24 blocks``."""
    mark = doc.MARKS[change.outcome]
    worse, better = ("slower", "faster") if is_time(unit) else ("worse", "better")
    limit = change.reason.partition(",")[0].removesuffix(" (exact)")
    if change.outcome in ("fail", "warn"):
        accepted = ", waived" if change.waived and change.outcome == "warn" else ""
        return f"{mark} {limit if limit.startswith('over ') else _over(change) or worse}{accepted}"
    if change.outcome == "inconclusive":
        return f"{mark} needs ~{change.needed:,} blocks" if change.needed else f"{mark} undecided"
    if not change.significant or change.direction == "same":
        return f"{mark} same"
    if change.direction == "better":
        return f"{mark} {better}"
    if change.direction == "worse":
        return f"{mark} {worse}, {limit}" if limit.startswith("within ") else f"{mark} {worse}"
    return f"{mark} differs"


def _over(change: Change) -> str:
    """Say over which threshold a change is whose reason does not say so: one from 0 is over any."""
    gate = change.gate
    if gate is None:
        return ""
    return f"over {threshold(max(gate.fail if change.outcome == 'fail' else gate.warn, gate.minimum_effect))}"


def _sizes(change: Change) -> str:
    if change.test == "exact":
        return ""
    return f"n={change.n_old}+{change.n_new}"


def _geomeans(means: list[Geomean | None], table: Table, notes: Notes, columns: int) -> doc.TableRow | None:
    if len(table.rows) < 2 or not any(g is not None and g.center is not None for g in means):
        return None
    doubts = [w for g in means if g is not None for w in g.warnings]
    others = (columns - 2) // max(1, len(means) - 1)
    drawn = [
        doc.Cell(f"geomean {notes.mark(doubts)}".rstrip(), "muted"),
        doc.Cell(_mean(means[0], table.unit), "muted"),
    ]
    for mean in means[1:]:
        drawn.append(doc.Cell(_mean(mean, table.unit), "muted"))
        ratio = mean.ratio if mean else None
        drawn.append(doc.Cell("" if ratio is None else percent(ratio - 1), "muted"))
        drawn += [doc.Cell("")] * (others - 2)
    return doc.TableRow(tuple(drawn), total=True)


def _mean(mean: Geomean | None, unit: str) -> str:
    return "" if mean is None or mean.center is None else bare(mean.center, unit)
