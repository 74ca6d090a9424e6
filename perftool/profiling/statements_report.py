"""The report of the SQL that a program ran: payload, measurements, verdict."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from perftool.model.measurement import Measurement
from perftool.model.statements import StatementsPayload
from perftool.model.verdict import ReportWarning, Verdict
from perftool.profiling import statement_findings, statements
from perftool.units.display import format_duration, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.model.diagnostic import Diagnostic
    from perftool.model.report import Report
    from perftool.profiling.statements import Ran

SUITE: Final = "statements"
#: Statements whose number is a measurement of its own, those that ran most often.
_MEASURED: Final = 200
_NOTHING: Final = "no statement was run through SQLAlchemy or a DB-API module that is watched"


def recorded(said: Mapping[str, Any]) -> Report:
    """Return the report of one recording inside this process."""
    from perftool.clock import SystemClock
    from perftool.machine.environment import capture
    from perftool.store import reports

    root = os.getcwd()
    ran = statements.merged([said], root)
    found = statement_findings.findings(ran, root)
    made = payload(ran, "recording", seconds=ran.seconds)
    return reports.build(
        made,
        verdict(made, found),
        capture(project=None, light=True),
        created=SystemClock().now(),
        measurements=measurements(made),
        diagnostics=found,
        warnings=doubts(ran),
    )


def payload(
    ran: Ran, target: str, *, seconds: float, exit_code: int | None = None, order: str = "total", shown: int = 15
) -> StatementsPayload:
    """Return what processes ran as a payload; ``seconds`` is how long the target took."""
    return StatementsPayload(
        target=target,
        statements=statements.figures(ran, order),
        count=ran.count,
        total_s=ran.total_s,
        seconds=seconds,
        cpu_s=ran.cpu_s,
        rows=sum(one.rows for one in ran.statements.values()),
        transactions=ran.transactions,
        longest_transaction_s=ran.longest * 1e-9,
        unreturned=sum(dropped + out for _, _, dropped, out, _, _ in ran.held),
        libraries=tuple(ran.libraries),
        processes=ran.processes,
        lost=ran.lost,
        overhead_s=ran.cost * 1e-9,
        exit_code=exit_code,
        shown=shown,
    )


def measurements(made: StatementsPayload) -> tuple[Measurement, ...]:
    """Return the number of statements, which is exact and gates, their time, and the number of each."""
    found = [_one("all", "statements", made.count, exact=True), _one("all", "sec", made.total_s)]
    often = sorted(made.statements, key=lambda one: (-one.count, one.fingerprint))[:_MEASURED]
    for one in often:
        found.append(_one(one.fingerprint, "statements", one.count, exact=True, gates=False))
        found.append(_one(one.fingerprint, "sec", one.total_s, gates=False))
    return tuple(found)


def _one(case: str, unit: str, value: float, *, exact: bool = False, gates: bool = True) -> Measurement:
    gates = gates and exact
    return Measurement(suite=SUITE, case=case, unit=unit, better="lower", values=(value,), gates=gates, exact=exact)


def verdict(made: StatementsPayload, found: Sequence[Diagnostic]) -> Verdict:
    """Return one line that says how much there was; a warning where something was found."""
    reasons = []
    if made.exit_code:
        code = made.exit_code
        reasons.append(
            f"⚠ the target's exit code is {code}" if code > 0 else f"⚠ the target was ended by signal {-code}"
        )
    if not made.count:
        reasons.append(f"⚠ {_NOTHING}")
    distinct = len(made.statements)
    several = f", {made.processes:,} processes" if made.processes > 1 else ""
    cost = made.overhead_s or 0.0
    headline = (
        f"{made.count:,} statements ({distinct:,} distinct) took {format_duration(made.total_s)} of "
        f"{format_duration(made.seconds)}{several}"
    )
    if found:
        headline += f"; {len(found):,} finding{'s' if len(found) > 1 else ''}"
    if made.seconds:
        headline += f"; recording took {format_percent(cost / made.seconds)}"
    warned = reasons or any(one.severity != "info" for one in found)
    return Verdict(outcome="warn" if warned else "pass", headline=headline, reasons=tuple(reasons))


def doubts(ran: Ran) -> list[ReportWarning]:
    """Return what the recording could not see."""
    found = []
    if ran.lost:
        message = f"{ran.lost:,} runs were of too many different statements to keep apart: they are in the number alone"
        found.append(ReportWarning(code="statements-lost", message=message))
    if ran.cut:
        message = f"{ran.cut:,} of {ran.processes:,} processes were cut short: what they ran last may be missing"
        found.append(ReportWarning(code="recording-cut", message=message))
    return found
