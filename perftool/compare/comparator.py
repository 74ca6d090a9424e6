"""Compare inputs: summaries, tests, changes and the gate's verdict."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perftool.compare import doubts, verdicts
from perftool.compare import gate as gating
from perftool.compare.cells import CellMaker
from perftool.compare.changes import Method, between, between_exact, ratio
from perftool.compare.geomeans import of_column
from perftool.compare.matcher import CompareQuery, MatchedTable, Pool, declared_units, match
from perftool.compare.one_sided import lost, unmatched
from perftool.model.comparison import (
    BaselineReference,
    Cell,
    Change,
    Column,
    ComparisonPayload,
    Gate,
    Row,
    Table,
)
from perftool.stats import power
from perftool.stats.assumption import samples_for_difference
from perftool.units.unit import better as better_of
from perftool.units.unit import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.gate import GateRules
    from perftool.compare.inputs import Input
    from perftool.compare.matcher import Matched
    from perftool.model.measurement import Better
    from perftool.model.paired import PairedRun
    from perftool.model.verdict import ReportWarning, Verdict


def compare(
    inputs: Sequence[Input],
    query: CompareQuery | None = None,
    *,
    alpha: float = 0.05,
    confidence: float = 0.95,
    gate: GateRules | None = None,
    paired: bool = False,
    baseline: BaselineReference | None = None,
    tested: bool = True,
    run: PairedRun | None = None,
) -> tuple[ComparisonPayload, Verdict, tuple[ReportWarning, ...]]:
    """Compare ``inputs``, the first column of each table being its baseline, and judge every other by ``gate``.

    ``gate`` None judges nothing. ``paired`` says that the i-th blocks of both sides were taken together.
    ``baseline`` says that the first input is a stored baseline: from another environment it decides no time.
    ``tested`` False leaves changes out, for formats that compute their own from the values. ``run`` says how the two
    inputs were measured in turn: what it lost on one side is unmatched.
    returns: payload, verdict, and the doubts that belong beside it.
    """
    matched = match(inputs, query or CompareQuery())
    declared, messages = declared_units(inputs)
    columns = tuple(_column(matched, index) for index in range(len(matched.columns)))
    maker = _TableMaker(matched, columns, declared, Method(alpha, confidence, paired, tested), gate, baseline)
    tables = tuple(maker.table(table) for table in matched.tables)
    payload = ComparisonPayload(
        columns=columns,
        row_fields=matched.row_fields,
        column_fields=matched.column_fields,
        tables=tables,
        alpha=alpha,
        confidence=confidence,
        unmatched=(*unmatched(tables, columns), *(lost(run) if run is not None else ())),
        syntax_messages=messages,
        baseline=baseline,
        paired=paired,
        run=run,
    )
    warnings = (*doubts.of_inputs(inputs), *doubts.of_payload(payload))
    return payload, verdicts.conclude(payload, gate, considered=matched.considered), warnings


def _column(matched: Matched, index: int) -> Column:
    sources = matched.sources[index]
    environments = [source.imported.environment for source in sources if source.imported.environment is not None]
    created = [source.imported.created for source in sources if source.imported.created is not None]
    return Column(
        key=matched.columns[index],
        sources=tuple(dict.fromkeys(source.imported.name for source in sources)),
        environment=environments[0] if environments else None,
        created=max(created, default=None),
    )


_JudgedCells = dict[tuple[int, int, int, bool, bool, gating.Rule | None], Cell]


class _TableMaker:
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
        series = [one for pool in pools if pool is not None for one in pool.series]
        exact = exact or all(one.exact for one in series)
        rule = self.gate.rule(" ".join(value for value in key if value), table.unit) if self.gate else None
        gates = all(gating.gates_by_default(table.unit) if one.gates is None else one.gates for one in series)
        if rule and rule.gates is not None:
            gates = rule.gates
        cells = [None if pool is None else self.cells.cell(pool, exact=exact) for pool in pools]
        base = cells[columns[0]]
        row = Row(key=key, cells=tuple(cells), gates=gates, exact=exact)
        if base is None or not self.method.tested:
            return row
        judge = _Judge(self, table, base, row, better, rule, columns[0])
        for column, cell in enumerate(cells):
            if cell is None or column == columns[0]:
                continue
            if not (self.cells.shared(base) and self.cells.shared(cell)):
                cells[column] = judge.judged(cell, column)
                continue
            # A constant against a constant: the rows with the same two have the same change.
            place = (id(base), id(cell), column, gates, exact, rule)
            if place not in judged:
                judged[place] = judge.judged(cell, column)
            cells[column] = judged[place]
        return Row(key=key, cells=tuple(cells), gates=gates, exact=exact)


class _Judge:
    """Judges the cells of one row against its baseline cell."""

    def __init__(
        self,
        maker: _TableMaker,
        table: MatchedTable,
        base: Cell,
        row: Row,
        better: Better,
        rule: gating.Rule | None,
        base_column: int,
    ) -> None:
        self.maker = maker
        self.unit = table.unit
        self.base = base
        self.row = row
        self.better = better
        self.rule = rule
        self.base_column = base_column

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
            warnings=tested.warnings,
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
        if doubts.is_time(self.unit) and self.other_environment(column):
            return gating.Judgement("inconclusive", "the baseline is from another environment")
        return gating.judge(evidence, self.better, gate)

    def other_environment(self, column: int) -> bool:
        """Tell whether a stored baseline was measured elsewhere than ``column``."""
        if self.maker.baseline is None:
            return False
        old, new = self.maker.columns[self.base_column].environment, self.maker.columns[column].environment
        if old is None or new is None:
            return not self.maker.baseline.same_environment
        return old.label != new.label or old.identity != new.identity

    def needed(self, evidence: gating.Evidence, cell: Cell, judgement: gating.Judgement) -> int | None:
        """Estimate how many blocks a side would decide an undecided row."""
        if judgement.threshold is None:
            return None
        old, new, method = self.base.values, cell.values, self.maker.method
        lo, hi = gating.losses(evidence, self.better)
        if evidence.change is not None and math.isfinite(lo) and math.isfinite(hi):
            estimate = gating.loss(evidence.change, self.better)
            return power.blocks_to_clear(min(len(old), len(new)), lo, hi, estimate, judgement.threshold)
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
