"""perftool's own reports."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.compare.api import Imported, ReadOptions
from perftool.compare.importers.report import IMPORTER
from perftool.errors import InputError
from perftool.model.bench import BenchPayload
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from perftool.model.report import Report


def read(report: Report) -> Imported:
    data = reports.encode(report)
    assert IMPORTER.detects(data[:65_536])
    return IMPORTER.read(io.BytesIO(data), "r.json", ReadOptions())


def test_every_measurement_is_a_series() -> None:
    report = samples.bench()
    found = read(report)
    assert [(s.name, s.unit, tuple(s.values), s.better, s.gates, s.exact) for s in found.series] == [
        (m.name, m.unit, m.values, m.better, m.gates, m.exact) for m in report.measurements
    ]
    assert [tuple(s.blocks or ()) for s in found.series] == [m.blocks for m in report.measurements]


def test_the_environment_is_known_but_splits_no_table() -> None:
    report = samples.bench()
    found = read(report)
    assert found.environment == report.environment
    assert found.created == report.created
    assert {s.config for s in found.series} == {()}
    assert dict(found.facts)["python"] == report.environment.python.version


def test_an_interrupted_run_is_doubted() -> None:
    report = samples.bench()
    assert isinstance(report.payload, BenchPayload)
    cut = msgspec.structs.replace(report, payload=msgspec.structs.replace(report.payload, complete=False))
    assert "incomplete-run" in [warning.code for warning in read(cut).warnings]
    assert all(warning.subject for warning in read(cut).warnings)


def test_a_report_without_measurements_is_refused() -> None:
    with pytest.raises(InputError, match="a compare report without measurements"):
        read(samples.compare())
