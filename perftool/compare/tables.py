"""The tables of a comparison: each row's cells, and every cell's change against the row's baseline cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perftool.compare import gate as gating
from perftool.compare.cells import CellMaker
from perftool.compare.changes import between, between_exact, ratio
from perftool.compare.elsewhere import undecidable
from perftool.compare.geomeans import of_column
from perftool.compare.normalize import measured_unit, widened
from perftool.compare.pairs import by_number
from perftool.model.comparison import Cell, Change, Row, Table
from perftool.stats import power
from perftool.stats.assumption import pairs_for_difference, samples_for_difference
from perftool.units.unit import better as better_of
from perftool.units.unit import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.changes import Method
    from perftool.compare.gate import GateRules
    from perftool.compare.matcher import Matched, MatchedTable, Pool
    from perftool.model.comparison import BaselineReference, Column, Gate
    from perftool.model.measurement import Better


_JudgedCells = dict[tuple[int, int, int, bool, bool, gating.Rule | None, str], Cell]


class TableMaker:
    """Makes tables; holds what is the same for all of them."""

    def __init__(
        self,
        matched: Matched,
        columns: Sequence[Column],
        declared: dict[str, dict[str, str]],
        method: Method,
        gate: GateRules | None,
        baseline: BaselineReference | None,
    ) -> None:
        self.matched = matched
        self.columns = columns
        self.declared = declared
        self.method = method
        self.gate = gate
        self.baseline = baseline
        self.cells = CellMaker(method.confidence, matched.residue_fields)
        self.gates: dict[tuple[gating.Rule | None, bool], Gate] = {}

    def table(self, table: MatchedTable) -> Table:
        """Make the table of what was matched, whose rows are used up."""
        # Values that scaling does not change may be in a table of their written unit.
        declared = self.declared.get(tidy(table.unit)[0], {})
        pools = [pool for cells in table.rows.values() for pool in cells if pool is not None]
        exact = declared.get("assume") == "exact" or all(one.exact for pool in pools for one in pool.series)
        better = _better(declared.get("better"), pools, table.unit)
        del pools
        columns = table.columns
        judged: _JudgedCells = {}
        # What is pooled is let go row by row: no more than one form of a row is held.
        rows = tuple(
            self.row(table, key, table.rows.pop(key), better, columns, judged, exact=exact) for key in list(table.rows)
        )
        return Table(
            key=tuple(zip(self.matched.table_fields, table.key, strict=True)),
            unit=table.unit,
            better=better,
            assume_exact=exact,
            columns=columns,
            rows=rows,
            geomeans=tuple(
                of_column(rows, columns[0], column) if column in columns else None
                for column in range(len(self.columns))
            ),
        )

    def row(
        self,
        table: MatchedTable,
        key: tuple[str, ...],
        pools: Sequence[Pool | None],
        better: Better,
        columns: Sequence[int],
        judged: _JudgedCells,
        *,
        exact: bool,
    ) -> Row:
        """Make one row of the pools in it, judged."""
        series = [one for pool in pools if pool is not None for one in pool.series]
        exact = exact or all(one.exact for one in series)
        # Rules are written for what is measured, not for ticks.
        unit = measured_unit(table.unit) if self.method.normalized else table.unit
        rule = self.gate.rule(" ".join(value for value in key if value), unit) if self.gate else None
        gates = all(gating.gates_by_default(table.unit) if one.gates is None else one.gates for one in series)
        if rule and rule.gates is not None:
            gates = rule.gates
        doubt = ""
        if self.method.paired and not exact:
            pools, doubt = by_number(pools)
        cells = [None if pool is None else self.cells.cell(pool, exact=exact) for pool in pools]
        base = cells[columns[0]]
        row = Row(key=key, cells=tuple(cells), gates=gates, exact=exact)
        if base is None or not self.method.tested:
            return row
        judge = _Judge(self, table, base, row, better, rule, columns[0], doubt)
        for column, cell in enumerate(cells):
            if cell is None or column == columns[0]:
                continue
            if not (self.cells.shared(base) and self.cells.shared(cell)):
                cells[column] = judge.judged(cell, column)
                continue
            # A constant against a constant: the rows with the same two have the same change.
            place = (id(base), id(cell), column, gates, exact, rule, doubt)
            if place not in judged:
                judged[place] = judge.judged(cell, column)
            cells[column] = judged[place]
        return Row(key=key, cells=tuple(cells), gates=gates, exact=exact)


class _Judge:
    """Judges the cells of one row against its baseline cell."""

    def __init__(
        self,
        maker: TableMaker,
        table: MatchedTable,
        base: Cell,
        row: Row,
        better: Better,
        rule: gating.Rule | None,
        base_column: int,
        doubt: str,
    ) -> None:
        self.maker = maker
        self.unit = table.unit
        self.base = base
        self.row = row
        self.better = better
        self.rule = rule
        self.base_column = base_column
        self.doubt = doubt
        self.in_ticks = maker.method.normalized and measured_unit(table.unit) != table.unit

    def judged(self, cell: Cell, column: int) -> Cell:
        return Cell(
            summary=cell.summary,
            values=cell.values,
            samples=cell.samples,
            change=self.change(cell, column),
            residue=cell.residue,
        )

    def change(self, cell: Cell, column: int) -> Change:
        method = self.maker.method
        old, new = self.base.summary.center, cell.summary.center
        tested = between_exact(self.base, cell) if self.row.exact else between(self.base.values, cell.values, method)
        if self.in_ticks:
            tested = widened(tested)
        evidence = gating.Evidence(
            old, new, tested.estimate, tested.lo, tested.hi, tested.significant, exact=self.row.exact
        )
        gate = self.thresholds()
        judgement = self.judgement(evidence, gate, column)
        minimum = gate.minimum_effect if gate else 0.0
        return Change(
            ratio=ratio(old, new),
            estimate=tested.estimate,
            lo=tested.lo,
            hi=tested.hi,
            p=tested.p,
            statistic=tested.statistic,
            test=tested.name,
            n_old=len(self.base.values),
            n_new=len(cell.values),
            significant=tested.significant,
            direction=gating.direction(evidence, self.better, minimum),
            outcome=judgement.outcome,
            reason=judgement.reason,
            needed=self.needed(evidence, cell, judgement),
            gate=gate if judgement.outcome != "info" else None,
            warnings=(self.doubt, *tested.warnings) if self.doubt else tested.warnings,
        )

    def thresholds(self) -> Gate | None:
        if self.maker.gate is None:
            return None
        found = self.maker.gates.get((self.rule, self.row.exact))
        if found is None:
            buffer = self.maker.baseline.buffer if self.maker.baseline else 0.0
            found = self.maker.gate.thresholds(self.rule, exact=self.row.exact, buffer=buffer)
            self.maker.gates[self.rule, self.row.exact] = found
        return found

    def judgement(self, evidence: gating.Evidence, gate: Gate | None, column: int) -> gating.Judgement:
        if gate is None:
            return gating.Judgement("info", "not gated")
        if not self.row.gates:
            return gating.Judgement("info", "informs only")
        if self.better == "unknown":
            return gating.Judgement("info", f"which direction of {self.unit} is better is not known")
        if self.base_column != 0:
            return gating.Judgement("info", "not in the baseline column")
        old, new = self.maker.columns[self.base_column].environment, self.maker.columns[column].environment
        reason = undecidable(self.unit, self.maker.baseline, old, new, in_ticks=self.in_ticks)
        if reason:
            return gating.Judgement("inconclusive", reason)
        return gating.judge(evidence, self.better, gate)

    def needed(self, evidence: gating.Evidence, cell: Cell, judgement: gating.Judgement) -> int | None:
        """Estimate how many blocks a side would decide an undecided row."""
        # How far normalising can be trusted does not depend on the number of blocks.
        if judgement.threshold is None or self.in_ticks:
            return None
        old, new, method = self.base.values, cell.values, self.maker.method
        lo, hi = gating.losses(evidence, self.better)
        if evidence.change is not None and math.isfinite(lo) and math.isfinite(hi):
            estimate = gating.loss(evidence.change, self.better)
            return power.blocks_to_clear(min(len(old), len(new)), lo, hi, estimate, judgement.threshold)
        if method.paired and len(old) == len(new):
            # No interval and no significance below this number, and usually both at it.
            few = (pairs_for_difference(method.alpha), pairs_for_difference(1 - method.confidence))
            return None if None in few else max(one for one in few if one is not None)
        wanted = power.blocks_needed(old, new, method.alpha, judgement.threshold)
        least = samples_for_difference(method.alpha)
        return max(wanted or 0, least or 0) or None


def _better(declared: str | None, pools: Sequence[Pool], unit: str) -> Better:
    if declared == "higher":
        return "higher"
    if declared == "lower":
        return "lower"
    told = {series.better for pool in pools for series in pool.series} - {None, "unknown"}
    if len(told) == 1:
        return told.pop() or "unknown"
    return better_of(unit)
