"""Which rows of a comparison are to be explained: the same for ``bench --vs`` and ``compare``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from perftool.errors import UsageError
from perftool.model.comparison import ComparisonPayload
from perftool.model.profile import Explanation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.model.report import Report

#: What ``--explain`` takes: the rows that fail or warn, or the largest sure change too.
CHOICES: Final = ("failing", "all")
_LEVEL: Final = "cpu-sec/op"
_COMMAND: Final = "command/"
_TIMES: Final = ("sec/op", "cpu-sec/op")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row to explain: the name of its benchmark, its unit, and its centre on both sides.

    ``comparable`` says that the centres are in the unit, and not in ticks. ``cpu`` are the CPU seconds that the
    benchmark took on either side, None where that was not measured.
    """

    row: str
    unit: str
    before: float
    after: float
    comparable: bool = True
    cpu: tuple[float, float] | None = None

    @property
    def levels(self) -> tuple[float, float] | None:
        """Return the CPU seconds that captures see; of a whole command they miss what runs before a profiler can."""
        return None if self.row.startswith(_COMMAND) else self.cpu

    @property
    def visible(self) -> float | None:
        """Return by how much what captures see changed, None where that is not known."""
        if self.cpu is not None and self.unit in _TIMES:
            return self.cpu[1] - self.cpu[0]
        return self.measured

    @property
    def measured(self) -> float | None:
        """Return by how much the row changed, None where that is in no unit of its own."""
        return self.after - self.before if self.comparable else None

    def unexplained(self, reason: str) -> Explanation:
        """Return an explanation that says why there is none."""
        return Explanation(
            row=self.row,
            unit=self.unit,
            before=self.before,
            after=self.after,
            source="none",
            captures=(0, 0),
            reason=reason,
        )


def check(choice: str | None) -> None:
    """Refuse what ``--explain`` cannot be.

    raises: UsageError.
    """
    if choice is not None and choice not in CHOICES:
        raise UsageError(f"--explain takes failing or all, not {choice!r}", hint="--explain is --explain=failing")


def wanted(report: Report, choice: str) -> list[Wanted]:
    """Return the rows to explain, the worst first: what fails or warns; ``all`` finds the largest sure change too."""
    from perftool.compare.revision import places

    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    rank = {"fail": 0, "warn": 1}
    changed = [one for one in places(payload.tables) if one.change.significant]
    chosen = [one for one in changed if one.change.outcome in rank]
    if choice == "all" and not chosen and changed:
        chosen = [max(changed, key=lambda one: abs(one.change.ratio or 0.0))]
    chosen.sort(key=lambda one: (rank.get(one.change.outcome, 2), -abs(one.change.ratio or 0.0)))
    levels = {
        one.row.label: (one.base.summary.center, one.cell.summary.center)
        for one in places(payload.tables)
        if one.table.unit == _LEVEL and not payload.normalized
    }
    found = [
        Wanted(
            one.row.label,
            one.table.unit,
            one.base.summary.center,
            one.cell.summary.center,
            comparable=not payload.normalized,
            cpu=levels.get(one.row.label),
        )
        for one in chosen
    ]
    return list({(one.row, one.unit): one for one in found}.values())


def explained(report: Report, explanations: Iterable[Explanation]) -> Report:
    """Return the report with explanations of its rows."""
    assert isinstance(report.payload, ComparisonPayload)
    return replace(report, payload=replace(report.payload, explanations=tuple(explanations)))


def ordered(rows: Sequence[Wanted], found: Iterable[Explanation]) -> list[Explanation]:
    """Return the explanations in the order of the rows."""
    place = {(one.row, one.unit): at for at, one in enumerate(rows)}
    return sorted(found, key=lambda one: place[one.row, one.unit])
