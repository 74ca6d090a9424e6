"""Waivers: losses that somebody accepted up to a ceiling, until a day, for a reason."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from perftool.compare import gate as gating
from perftool.compare.normalize import measured_unit
from perftool.compare.revision import Place, places, revised
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.comparison import Change, Table


class Waiver(msgspec.Struct, frozen=True):
    """One waiver: for the rows whose name and unit fit the patterns, as those of a rule do.

    ``ceiling`` is a fraction, ``until`` the last day on which it holds (ISO 8601), ``origin`` where it is written.
    """

    match: str
    ceiling: float
    until: str
    reason: str
    unit: str = "*"
    origin: str = "waiver"

    def fits(self, name: str, unit: str) -> bool:
        """Tell whether the waiver is for the row ``name`` in ``unit``."""
        return gating.fits(self.match, name) and gating.fnmatch(unit, self.unit)

    def expired(self, today: str) -> bool:
        """Tell whether the waiver has ended before ``today`` (ISO 8601)."""
        return self.until < today


class Waived(msgspec.Struct, frozen=True):
    """What waivers made of a comparison: its tables, doubts about waivers, and those nobody needed."""

    tables: tuple[Table, ...]
    warnings: tuple[ReportWarning, ...] = ()
    notes: tuple[ReportWarning, ...] = ()


def waived(tables: Sequence[Table], waivers: Sequence[Waiver], today: str, *, normalized: bool = False) -> Waived:
    """Make warnings of the failing rows of ``tables`` that a waiver covers on the day ``today``.

    The ceiling takes the place of the fail threshold, under the same rule: a loss fails when its whole interval is
    above. Were the estimate or the upper bound compared, a loss that was accepted and has not changed would fail in
    some runs by noise. The first waiver in force that fits a row is the one; one that has expired covers nothing.
    ``normalized`` tables have times in ticks; waivers are written for what was measured, as rules are.
    """
    if not waivers:
        return Waived(tuple(tables))
    live = [one for one in waivers if not one.expired(today)]
    fitted: set[Waiver] = set()
    used: set[Waiver] = set()

    def fitting(place: Place) -> Iterator[Waiver]:
        unit = measured_unit(place.table.unit) if normalized else place.table.unit
        return (one for one in live if one.fits(place.row.label, unit))

    for place in places(tables):
        fitted.update(fitting(place))

    def revise(place: Place) -> Change:
        if place.change.outcome != "fail":
            return place.change
        waiver = next(fitting(place), None)
        if waiver is None:
            return place.change
        used.add(waiver)
        return _judged(place, waiver)

    return Waived(
        tables=revised(tables, revise),
        warnings=tuple(expiries(waivers, today)),
        notes=tuple(_idle(one, fitted=one in fitted) for one in live if one not in used),
    )


def _judged(place: Place, waiver: Waiver) -> Change:
    change = place.change
    ceiling = gating.threshold_text(waiver.ceiling)
    if change.estimate is None:
        reason = f"{change.reason}, which no waiver covers"
        return msgspec.structs.replace(change, reason=reason, waived=waiver.reason)
    exact = place.row.exact or place.table.assume_exact
    evidence = gating.evidence(place.base.summary.center, place.cell.summary.center, change, exact=exact)
    least, most = gating.losses(evidence, place.table.better)
    if exact:
        least = most = gating.loss(change.estimate, place.table.better)
    if least > waiver.ceiling:
        reason = f"over {ceiling}, the ceiling of a waiver until {waiver.until}: {waiver.reason}"
        return msgspec.structs.replace(change, reason=reason, waived=waiver.reason)
    perhaps = ", perhaps over that" if most > waiver.ceiling and math.isfinite(most) else ""
    reason = f"{change.reason}, waived up to {ceiling} until {waiver.until}{perhaps}: {waiver.reason}"
    return msgspec.structs.replace(change, outcome="warn", reason=reason, waived=waiver.reason)


def expiries(waivers: Sequence[Waiver], today: str) -> Iterator[ReportWarning]:
    """Yield a doubt for each of the ``waivers`` that has ended before ``today`` (ISO 8601)."""
    for one in waivers:
        if one.expired(today):
            message = f"the waiver for {_rows(one)} has expired on {one.until} ({one.origin}): {one.reason}"
            yield ReportWarning(code="waiver-expired", message=message)


def _idle(waiver: Waiver, *, fitted: bool) -> ReportWarning:
    why = "was not needed: no row that it covers fails" if fitted else "covers no row"
    message = f"the waiver for {_rows(waiver)} until {waiver.until} {why} ({waiver.origin})"
    return ReportWarning(code="waiver-unused", message=message)


def _rows(waiver: Waiver) -> str:
    return waiver.match if waiver.unit == "*" else f"{waiver.match} {waiver.unit}"
