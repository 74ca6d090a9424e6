"""The verdict of a comparison: one line to read aloud and the lines behind it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from perftool.compare.conclusion import MARKS, ORDER, concluded, counted
from perftool.compare.doubts import is_time
from perftool.compare.gate import loss
from perftool.compare.revision import Place, places
from perftool.model.verdict import Verdict
from perftool.units.display import format_percent, format_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.compare.gate import GateRules
    from perftool.model.comparison import Change, ComparisonPayload, RowOutcome, Unmatched

_VISIBLE: Final = 0.0005


def conclude(payload: ComparisonPayload, gate: GateRules | None, *, considered: int) -> Verdict:
    """Return the verdict over all judged rows; ``considered`` is the number of series before any filter."""
    if gate is None:
        rows = sum(1 for _ in places(payload.tables))
        return Verdict(outcome="pass", headline=f"{rows:,} {'change' if rows == 1 else 'changes'} shown, not judged")
    judged = [one for one in places(payload.tables) if one.change.outcome != "info"]
    counts = Counter(one.change.outcome for one in judged)
    reasons = _reasons(payload, judged)
    sided = _one_sided(payload, gate)
    return concluded(
        counts,
        reasons,
        sided,
        strict="✗ strict: a row that could not be decided fails" if gate.strict else "",
        headline=lambda: _headline(counts, judged, sided),
        nothing=lambda: _nothing_decided(payload, judged, considered),
    )


def _headline(counts: Mapping[RowOutcome, int], judged: list[Place], sided: list[str]) -> str:
    improved = sum(1 for one in judged if one.change.outcome == "pass" and _improved(one.change))
    tolerated = sum(1 for one in judged if _tolerated(one.change))
    excused = sum(1 for one in judged if one.change.outcome == "warn" and one.change.waived)
    warnings = counted(counts["warn"], "warning") + (f" ({excused:,} waived)" if excused else "")
    pieces = [counted(counts["fail"], "regression"), warnings]
    if tolerated:
        pieces.append(f"{tolerated:,} worse within limits")
    if improved:
        pieces.append(counted(improved, "improvement"))
    pieces.append(f"{counts['pass'] - improved - tolerated:,} unchanged")
    pieces.append(f"{counts['inconclusive']:,} undecided")
    if sided:
        pieces.append(f"{len(sided):,} on one side only")
    return ", ".join(pieces)


def _improved(change: Change) -> bool:
    """Tell whether a row got better by something that shows in the first decimal of its percentage."""
    return change.direction == "better" and _visible(change)


def _tolerated(change: Change) -> bool:
    """Tell whether a row got visibly worse, but not so much that it fails or warns."""
    return change.outcome == "pass" and change.direction == "worse" and _visible(change)


def _visible(change: Change) -> bool:
    return change.ratio is None or abs(change.ratio) >= _VISIBLE


def _reasons(payload: ComparisonPayload, judged: list[Place]) -> list[str]:
    """Return a line for each row that is not plainly the same, worst first."""
    told = [one for one in judged if one.change.outcome != "pass" or _improved(one.change) or _tolerated(one.change)]
    told.sort(key=lambda one: (ORDER.index(one.change.outcome), _improved(one.change)))
    return [_line(payload, one) for one in told]


def _line(payload: ComparisonPayload, one: Place) -> str:
    unit = one.table.unit
    subject = _subject(payload, one)
    base, cell, change = one.base, one.cell, one.change
    mark = MARKS.get(change.outcome, "")
    sides = f"{format_value(cell.summary.center, unit)} vs {format_value(base.summary.center, unit)} baseline"
    evidence = sides if change.p is None else f"{sides}, {_p(change, payload.correction)}"
    if change.outcome == "inconclusive":
        blocks = f", about {change.needed:,} blocks a side would tell" if change.needed else ""
        return f"{subject}: undecided, {change.reason}{blocks} ({evidence})"
    size = _size(change, unit)
    if _tolerated(change):
        size += f", {change.reason}"
    elif one.table.better == "higher" and change.direction == "worse" and change.ratio is not None:
        # Thresholds are of the factor missing, which is more than the per cent that the rate fell by.
        size += f", a loss of {format_percent(loss(change.ratio, 'higher'))}"
    told = ""
    if change.waived:  # of what is waived the mark says already that it is over a threshold
        told = f", {change.reason if change.outcome == 'fail' else change.reason.partition(', ')[2]}"
    return f"{mark}{subject}: {size} ({evidence}){told}"


def _subject(payload: ComparisonPayload, one: Place) -> str:
    """Name a row: its unit where it is not plain time, its table and column where there are several."""
    pieces = [one.row.label or "(all)"]
    if one.table.unit != "sec/op":
        pieces.append(one.table.unit)
    if len(one.table.columns) > 2:
        pieces.append(f"in {payload.columns[one.column].label}")
    shared = set(payload.tables[0].key).intersection(*(table.key for table in payload.tables))
    pieces += [f"[{key}: {value}]" for key, value in one.table.key if value and (key, value) not in shared]
    return " ".join(pieces)


def _size(change: Change, unit: str) -> str:
    more = (change.ratio if change.ratio is not None else 1.0) > 0
    words = ("slower", "faster") if is_time(unit) and "RSS" not in unit else ("more", "less")
    if words[0] == "slower" and (change.direction == "better") == more:
        # A rate: more of it is better. Tell the change of the number that is shown.
        words = ("higher", "lower")
    if change.ratio is None:
        return "from 0"
    return f"{format_percent(abs(change.ratio))} {words[0] if more else words[1]}"


def _p(change: Change, correction: str) -> str:
    assert change.p is not None
    text = "p" + _level(change.p)
    return text if change.p_adjusted is None else f"{text}, {correction} {_level(change.p_adjusted).lstrip('=')}"


def _level(p: float) -> str:
    return "<0.001" if p < 0.0005 else f"={p:.3f}"


def _one_sided(payload: ComparisonPayload, gate: GateRules) -> list[str]:
    """Return a line for each benchmark on one side only, where that fails."""
    wanted = {"missing": gate.fail_on_missing, "new": gate.fail_on_new}
    return list(dict.fromkeys(f"✗ {one.name}: {_side(one)}" for one in payload.unmatched if wanted[one.state]))


def _side(one: Unmatched) -> str:
    if one.reason:
        return f"cannot be measured in {one.column}: {one.reason}"
    where = f" in {one.column}" if one.column else ""
    return f"missing{where}" if one.state == "missing" else f"new, not{where or ' in the baseline'}"


def _nothing_decided(payload: ComparisonPayload, judged: list[Place], considered: int) -> str:
    """Say why no gating row was decided."""
    if not payload.tables:
        return "the filter leaves nothing" if considered else "no results in any input"
    if len(payload.columns) < 2:
        return "there is only one column, nothing to compare it with"
    if judged:
        rows = "the only row that may fail is" if len(judged) == 1 else f"all {len(judged):,} rows that may fail are"
        return f"{rows} undecided"
    if any(True for _ in places(payload.tables)):
        return "no row that may fail is on both sides"
    return "no benchmark is on both sides"
