"""What a run of statements says: its measurements and its verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.measurement import Measurement
from perftool.model.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.queries.run import Executed, Run

SUITE: Final = "query"

#: What belongs to the session, not to one statement.
SESSION: Final = "session"


def measurements(run: Run) -> list[Measurement]:
    """Return the parts of each statement's time and its counters, and what the connection took.

    Only the time of the whole statement, ``sec/op``, gates; it has neither connecting nor formatting in it.
    """
    made = [
        _times(SESSION, "connect-sec/op", run.connect_s, gates=False),
        _times(SESSION, "wait-sec/op", run.wait_s, gates=False),
    ]
    for one in run.executed:
        case = one.statement.place
        made += [
            _times(case, "sec/op", one.times.total, gates=True),
            _times(case, "first-row-sec/op", one.times.first_row, gates=False),
            _times(case, "fetch-sec/op", one.times.fetch, gates=False),
            _times(case, "format-sec/op", one.times.format, gates=False),
        ]
        made += [
            Measurement(suite=SUITE, case=case, unit=unit, better="lower", values=(value,), exact=True)
            for unit, value in one.counters.items()
        ]
    return [one for one in made if one.values]


def _times(case: str, unit: str, values: Sequence[float], *, gates: bool) -> Measurement:
    return Measurement(suite=SUITE, case=case, unit=unit, better="lower", values=tuple(values), gates=gates)


def verdict(run: Run, label: str, *, interrupted: bool) -> Verdict:
    """Return the verdict: a statement that failed fails the run."""
    failed = [one for one in run.executed if one.fault is not None and one.status != "cancelled"]
    done = [one for one in run.executed if one.status == "ok"]
    reasons = tuple(f"{one.statement.place}: {one.fault.message}" for one in failed if one.fault is not None)
    if interrupted:
        text = f"interrupted on {label} after {_statements(len(done))}"
        return Verdict(outcome="inconclusive", headline=text, reasons=reasons)
    skipped = sum(1 for one in run.executed if one.status == "skipped")
    if failed:
        behind = f", {skipped:,} behind not run" if skipped else ""
        text = f"{len(failed):,} of {_statements(len(run.executed))} failed on {label}{behind}"
        return Verdict(outcome="fail", headline=text, reasons=reasons)
    return Verdict(outcome="pass", headline=f"{_statements(len(done))} on {label}{_gave(done)}")


def _gave(done: list[Executed]) -> str:
    if any(one.plan for one in done):
        return ", explained"
    rows = sum(one.rows for one in done)
    changed = sum(one.affected or 0 for one in done)
    parts = [f"{rows:,} {'row' if rows == 1 else 'rows'}"] if rows or not changed else []
    if changed:
        parts.append(f"{changed:,} changed")
    return ": " + ", ".join(parts)


def _statements(number: int) -> str:
    return f"{number:,} statement{'' if number == 1 else 's'}"
