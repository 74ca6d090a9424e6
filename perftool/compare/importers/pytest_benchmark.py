"""Read pytest-benchmark's JSON (``--benchmark-json``, or ``--benchmark-save`` with ``--benchmark-save-data``)."""

from __future__ import annotations

from array import array
from typing import Any, BinaryIO

import msgspec

from perftool.compare import json_input
from perftool.compare.api import Imported, Importer, ReadOptions, Series
from perftool.errors import InputError
from perftool.model.verdict import ReportWarning


class _Stats(msgspec.Struct):
    """Seconds per operation: ``data`` has one value for each round where it was saved."""

    median: float
    rounds: int
    data: list[float] | None = None


class _Benchmark(msgspec.Struct):
    fullname: str
    stats: _Stats


class _File(msgspec.Struct):
    benchmarks: list[_Benchmark]
    machine_info: dict[str, Any] = {}
    commit_info: dict[str, Any] = {}


def _detects(head: bytes) -> bool:
    return json_input.has_keys(head, "machine_info") or json_input.has_keys(head, "benchmarks", "stats")


def _read(stream: BinaryIO, name: str, _: ReadOptions) -> Imported:
    found = json_input.decode(json_input.load(stream, name), _File, name=name, what="pytest-benchmark")
    if not found.benchmarks:
        raise InputError(f"{name}: no benchmark in it")
    series = [_series(one) for one in found.benchmarks]
    warnings = []
    poor = sum(1 for one in found.benchmarks if not one.stats.data)
    if poor:
        message = (
            f"{poor} of {len(series)} benchmarks have only aggregates, one value each, which cannot be decided: "
            "save with --benchmark-save-data"
        )
        warnings.append(ReportWarning(code="aggregates-only", message=message, subject=name))
    if poor < len(series):
        message = "rounds of one process share its memory layout: differences may look surer than they are"
        warnings.append(ReportWarning(code="one-process", message=message, subject=name))
    facts = json_input.facts(
        python=_text(found.machine_info, "python_version"),
        commit=_text(found.commit_info, "id"),
        branch=_text(found.commit_info, "branch"),
    )
    return Imported(name, "pytest-benchmark", tuple(series), facts=facts, warnings=tuple(warnings))


def _series(one: _Benchmark) -> Series:
    values = array("d", one.stats.data or [one.stats.median])
    return Series((), one.fullname, "sec/op", "sec/op", values, better="lower")


def _text(info: dict[str, Any], key: str) -> str | None:
    value = info.get(key)
    return value if isinstance(value, str) else None


IMPORTER = Importer("pytest_benchmark", detects=_detects, read=_read)
