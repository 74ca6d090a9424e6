"""Measurements of perftool's own reports, ready to compare: from a file, or just taken."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

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

    from perftool.compare.api import Config
    from perftool.model.environment import Environment
    from perftool.model.measurement import Measurement
    from perftool.model.paired import Side
    from perftool.model.report import Payload, Report

# What comparing doubts of the columns and rows that it has: found again, of those that there are then.
_OF_COMPARING: Final = frozenset(
    {"environment-differs", "moved-together", "over-aggregated", "packages-differ", "waiver-expired"}
)


def imported(report: Report, name: str) -> Imported:
    """Take the measurements of ``report``; ``name`` is its path or what else it is known by.

    raises: InputError when it has none.
    """
    if not report.measurements:
        raise InputError(
            f"{name}: a {report.kind} report without measurements", hint="compare reports of perftool bench"
        )
    payload = report.payload
    run = payload.run if isinstance(payload, ComparisonPayload) else None
    known = report.warnings if run is None else [one for one in report.warnings if one.code not in _OF_COMPARING]
    warnings = [one if one.subject else _about(one, name) for one in known]
    taken = payload if isinstance(payload, BenchPayload) else run
    if taken is not None and not taken.complete:
        message = "the run was interrupted: it has fewer blocks than planned"
        warnings.append(ReportWarning(code="incomplete-run", message=message, subject=name))
    return Imported(
        name=name,
        format="report",
        series=tuple(_series(one) for one in report.measurements if one.values and one.side != "base"),
        facts=_facts(report.environment),
        environment=report.environment,
        created=report.created,
        baseline=report.baseline,
        warnings=tuple(warnings),
        base=tuple(_series(one) for one in report.measurements if one.values and one.side == "base"),
        run=run,
        yardstick=_yardstick(payload),
    )


def both_sides(imported: Imported) -> tuple[Input, Input]:
    """Return the two sides of a report that measured them in turn, as inputs to compare as pairs."""
    assert imported.run is not None
    base, now = imported.run.sides
    # Whatever is doubted of the run is said once.
    before = msgspec.structs.replace(
        imported, series=imported.base, environment=base.environment, facts=_facts(base.environment), warnings=()
    )
    after = msgspec.structs.replace(imported, environment=now.environment, facts=_facts(now.environment))
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


def _facts(environment: Environment) -> Config:
    source = environment.source
    return facts(
        label=environment.label,
        python=environment.python.version,
        cpu=environment.cpu.model,
        os=environment.os.name,
        commit=source.commit if source else None,
        branch=source.branch if source else None,
    )


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
