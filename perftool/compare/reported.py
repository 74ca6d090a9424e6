"""Measurements of perftool's own reports, ready to compare: from a file, or just taken."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import msgspec

from perftool.compare.api import Imported, Series
from perftool.compare.inputs import Input
from perftool.compare.json_input import facts
from perftool.errors import InputError
from perftool.model.bench import BenchPayload
from perftool.model.comparison import ComparisonPayload
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.measurement import Measurement
    from perftool.model.paired import Side
    from perftool.model.report import Payload, Report


def imported(report: Report, name: str) -> Imported:
    """Take the measurements of ``report``; ``name`` is its path or what else it is known by.

    raises: InputError when it has none.
    """
    if not report.measurements:
        raise InputError(
            f"{name}: a {report.kind} report without measurements", hint="compare reports of perftool bench"
        )
    source = report.environment.source
    payload = report.payload
    warnings = [one if one.subject else _about(one, name) for one in report.warnings]
    if isinstance(payload, BenchPayload) and not payload.complete:
        message = "the run was interrupted: it has fewer blocks than planned"
        warnings.append(ReportWarning(code="incomplete-run", message=message, subject=name))
    return Imported(
        name=name,
        format="report",
        series=tuple(_series(one) for one in report.measurements if one.values and one.side != "base"),
        facts=facts(
            label=report.environment.label,
            python=report.environment.python.version,
            cpu=report.environment.cpu.model,
            os=report.environment.os.name,
            commit=source.commit if source else None,
            branch=source.branch if source else None,
        ),
        environment=report.environment,
        created=report.created,
        baseline=report.baseline,
        warnings=tuple(warnings),
        base=tuple(_series(one) for one in report.measurements if one.values and one.side == "base"),
        run=payload.run if isinstance(payload, ComparisonPayload) else None,
        yardstick=_yardstick(payload),
    )


def both_sides(imported: Imported) -> tuple[Input, Input]:
    """Return the two sides of a report that measured them in turn, as inputs to compare as pairs."""
    assert imported.run is not None
    base, now = imported.run.sides
    # Whatever is doubted of the run is said once.
    before = msgspec.structs.replace(imported, series=imported.base, environment=base.environment, warnings=())
    after = msgspec.structs.replace(imported, environment=now.environment)
    return Input(base.label, before), Input(now.label, after)


def measured(measurements: Sequence[Measurement], sides: tuple[Side, Side], created: str) -> tuple[Input, Input]:
    """Return what was just measured of two ``sides`` in turn, as inputs to compare as pairs."""
    found = [
        Input(
            side.label,
            Imported(
                name=side.label,
                format="report",
                series=tuple(_series(one) for one in measurements if one.side == side.name and one.values),
                environment=side.environment,
                created=created,
            ),
        )
        for side in sides
    ]
    return found[0], found[1]


def _yardstick(payload: Payload) -> tuple[Measurement, ...]:
    """Return the readings of the fixed kernel, of two sides those of the side under test."""
    if isinstance(payload, BenchPayload):
        return payload.yardstick
    run = payload.run if isinstance(payload, ComparisonPayload) else None
    return tuple(one for one in run.yardstick if one.side != "base") if run is not None else ()


def _about(warning: ReportWarning, name: str) -> ReportWarning:
    return ReportWarning(code=warning.code, message=warning.message, subject=name)


def _series(one: Measurement) -> Series:
    return Series(
        config=(),
        name=one.name,
        unit=one.unit,
        written_unit=one.unit,
        values=array("d", one.values),
        blocks=array("q", one.blocks) if one.blocks else None,
        better=one.better,
        gates=one.gates,
        exact=one.exact,
    )
