"""Compare inputs: summaries, tests, changes and the gate's verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.compare import doubts, normalize, verdicts
from perftool.compare.changes import Method
from perftool.compare.matcher import CompareQuery, declared_units, match
from perftool.compare.one_sided import lost, unmatched
from perftool.compare.tables import TableMaker
from perftool.compare.waivers import waived
from perftool.model.comparison import (
    BaselineReference,
    Column,
    ComparisonPayload,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.gate import GateRules
    from perftool.compare.inputs import Input
    from perftool.compare.matcher import Matched
    from perftool.compare.waivers import Waiver
    from perftool.model.paired import PairedRun
    from perftool.model.verdict import ReportWarning, Verdict
    from perftool.stats.multiplicity import Correction


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
    normalized: bool = False,
    correction: Correction | None = None,
    waivers: Sequence[Waiver] = (),
    today: str = "",
) -> tuple[ComparisonPayload, Verdict, tuple[ReportWarning, ...]]:
    """Compare ``inputs``, the first column of each table being its baseline, and judge every other by ``gate``.

    ``gate`` None judges nothing. ``paired`` says that the i-th blocks of both sides were taken together.
    ``baseline`` says that the first input is a stored baseline: from another environment it decides no time.
    ``tested`` False leaves changes out, for formats that compute their own from the values. ``run`` says how the two
    inputs were measured in turn: what it lost on one side is unmatched. ``normalized`` tells times in ticks of the
    fixed kernel that was measured with them.
    ``correction`` adjusts p-values for the number of rows that may fail. ``waivers`` are losses that are accepted on
    the day ``today`` (ISO 8601).
    returns: payload, verdict, and the doubts that belong beside it.
    """
    if normalized:
        inputs = normalize.normalized(inputs)
    matched = match(inputs, query or CompareQuery())
    declared, messages = declared_units(inputs)
    columns = tuple(_column(matched, index) for index in range(len(matched.columns)))
    maker = TableMaker(
        matched, columns, declared, Method(alpha, confidence, paired, tested, normalized), gate, baseline
    )
    tables = tuple(maker.table(table) for table in matched.tables)
    if correction is not None:
        from perftool.compare.correction import corrected

        tables = corrected(tables, correction, alpha)
    excused = waived(tables, waivers if gate is not None else (), today, normalized=normalized)
    tables = excused.tables
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
        notes=excused.notes,
        paired=paired,
        correction=correction or "",
        run=run,
        normalized=normalized,
    )
    warnings = [*doubts.of_inputs(inputs), *doubts.of_payload(payload), *excused.warnings]
    if normalized:
        warnings += normalize.warnings(inputs, columns)
    return payload, verdicts.conclude(payload, gate, considered=matched.considered), tuple(warnings)


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
