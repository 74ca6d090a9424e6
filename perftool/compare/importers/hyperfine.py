"""Read hyperfine's JSON (``--export-json``)."""

from __future__ import annotations

from array import array
from typing import BinaryIO

import msgspec

from perftool.compare import json_input
from perftool.compare.api import Imported, Importer, ReadOptions, Series
from perftool.errors import InputError
from perftool.model.verdict import ReportWarning


class _Result(msgspec.Struct):
    """One command. ``user`` and ``system`` are means over its runs."""

    command: str
    times: list[float] = []
    user: float | None = None
    system: float | None = None
    memory_usage_byte: list[float] | None = None
    exit_codes: list[int | None] | None = None
    parameters: dict[str, str | int | float] = {}


class _File(msgspec.Struct):
    results: list[_Result]


def _detects(head: bytes) -> bool:
    return json_input.has_keys(head, "results", "command")


def _read(stream: BinaryIO, name: str, _: ReadOptions) -> Imported:
    found = json_input.decode(json_input.load(stream, name), _File, name=name, what="hyperfine")
    series: list[Series] = []
    warnings: list[ReportWarning] = []
    for result in found.results:
        benchmark = result.command + json_input.parameters(result.parameters)
        if not result.times:
            message = "has no times of its runs, only aggregates: left out"
            warnings.append(ReportWarning(code="aggregates-only", message=message, subject=benchmark))
            continue
        series.append(_series(benchmark, "sec/op", result.times, gates=True))
        # hyperfine keeps only the means of these: one value each, which decides nothing.
        for unit, mean in (("user-sec/op", result.user), ("sys-sec/op", result.system)):
            if mean is not None:
                series.append(_series(benchmark, unit, [mean], gates=False))
        if result.memory_usage_byte:
            series.append(_series(benchmark, "peak-RSS-B", result.memory_usage_byte, gates=False))
        failed = [code for code in result.exit_codes or () if code != 0]
        if failed:
            message = f"{len(failed)} of {len(result.times)} runs failed, exit code {failed[0]}"
            warnings.append(ReportWarning(code="failed-runs", message=message, subject=benchmark))
    if not series:
        raise InputError(f"{name}: no command with times of its runs", hint="hyperfine --export-json writes them")
    return Imported(name, "hyperfine", tuple(series), warnings=tuple(warnings))


def _series(benchmark: str, unit: str, values: list[float], *, gates: bool) -> Series:
    return Series((), benchmark, unit, unit, array("d", values), better="lower", gates=gates)


IMPORTER = Importer("hyperfine", detects=_detects, read=_read)
