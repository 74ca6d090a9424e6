"""Read what criterion.rs writes below ``target/criterion``: the whole folder, or one benchmark's file.

``sample.json`` has the time of every sample, ``estimates.json`` only aggregates, and neither its benchmark's name,
which stands in ``benchmark.json`` beside them. A file alone is therefore named by its path.
source: github.com/bheisler/criterion.rs, src/analysis/mod.rs (which files), src/estimate.rs (their fields)
"""

from __future__ import annotations

import math
from array import array
from typing import BinaryIO, Final

import msgspec

from perftool.compare import json_input
from perftool.compare.api import Folder, Imported, Importer, ReadOptions, Series
from perftool.errors import InputError
from perftool.model.verdict import ReportWarning

_FORMAT: Final = "criterion"
_SAMPLE: Final = "sample.json"
_ESTIMATES: Final = "estimates.json"
_BENCHMARK: Final = "benchmark.json"
# The folder of the last run; what was kept under another name is another run.
_NEW: Final = "new"
_RUNS: Final = (_NEW, "base")
_UNNAMED: Final = "benchmark"
_TIDY: Final = 1e-9


class _Estimate(msgspec.Struct):
    point_estimate: float


class _File(msgspec.Struct):
    """Either ``sample.json``, where sample i took ``times[i]`` ns for ``iters[i]`` runs, or ``estimates.json`` (ns)."""

    iters: list[float] | None = None
    times: list[float] | None = None
    median: _Estimate | None = None


class _Identity(msgspec.Struct):
    full_id: str


def _detects(head: bytes) -> bool:
    sample = json_input.has_keys(head, "iters", "times")
    return sample or json_input.has_keys(head, "point_estimate", "median_abs_dev", "median")


def _read(stream: BinaryIO, name: str, _: ReadOptions) -> Imported:
    benchmark = _from_path(name)
    values = _values(stream, name)
    warnings = []
    if not benchmark:
        message = "criterion's file does not say of which benchmark it is: compare the folders target/criterion"
        warnings.append(ReportWarning(code="unnamed-benchmark", message=message, subject=name))
    series = (_series(benchmark or _UNNAMED, values),)
    return Imported(name, _FORMAT, series, warnings=(*warnings, *_doubts(series, name)))


def _gathers(folder: Folder, name: str) -> Imported | None:
    """Read the last run of every benchmark below ``folder``; the samples where there are any."""
    places: dict[str, str] = {}
    for file in folder.names:
        place, _, last = file.rpartition("/")
        if last in (_SAMPLE, _ESTIMATES) and place.rpartition("/")[2] in (_NEW, "") and places.get(place) != _SAMPLE:
            places[place] = last
    if not places:
        return None
    series: list[Series] = []
    warnings: list[ReportWarning] = []
    for place, file in places.items():
        start = f"{place}/" if place else ""
        try:
            benchmark = _identity(folder, f"{start}{_BENCHMARK}", name) or _from_path(f"{name}/{start}{file}")
            with folder.open(start + file) as stream:
                series.append(_series(benchmark or _UNNAMED, _values(stream, f"{name}/{start}{file}")))
        except InputError as error:
            message = f"left out: {error.message}"
            warnings.append(ReportWarning(code="unusable-benchmark", message=message, subject=name))
    if not series:
        raise InputError(f"{name}: no benchmark with values ({warnings[0].message})")
    return Imported(name, _FORMAT, tuple(series), warnings=(*warnings, *_doubts(series, name)))


def _identity(folder: Folder, file: str, name: str) -> str:
    """Return the name in ``benchmark.json``, "" where that is not there."""
    if file not in folder.names:
        return ""
    with folder.open(file) as stream:
        data = json_input.load(stream, f"{name}/{file}")
    return json_input.decode(data, _Identity, name=f"{name}/{file}", what=_FORMAT).full_id


def _from_path(path: str) -> str:
    """Return what stands between ``criterion/`` and ``/new/sample.json``, or else the one folder before ``new``."""
    *parts, run, file = ["", *path.replace("\\", "/").split("/")]
    if file not in (_SAMPLE, _ESTIMATES):
        return ""
    if _FORMAT in parts:
        return "/".join(parts[len(parts) - parts[::-1].index(_FORMAT) :])
    return parts[-1] if parts and run in _RUNS and parts[-1] not in (".", "..") else ""


def _values(stream: BinaryIO, name: str) -> array[float]:
    """Return seconds for one run of the benchmark, sample by sample.

    raises: InputError when there is none.
    """
    found = json_input.decode(json_input.load(stream, name), _File, name=name, what=_FORMAT)
    if found.iters is not None and found.times is not None:
        if len(found.iters) != len(found.times):
            raise InputError(
                f"{name}: not a usable criterion file: {len(found.iters)} iters but {len(found.times)} times"
            )
        pairs = zip(found.times, found.iters, strict=True)
        values = [time / count * _TIDY for time, count in pairs if count > 0]
    else:
        values = [found.median.point_estimate * _TIDY] if found.median is not None else []
    values = [value for value in values if math.isfinite(value)]
    if not values:
        raise InputError(f"{name}: no times in it", hint="criterion's times are in new/sample.json")
    return array("d", values)


def _series(benchmark: str, values: array[float]) -> Series:
    return Series((), benchmark, "sec/op", "ns/op", values, better="lower")


def _doubts(series: list[Series] | tuple[Series, ...], name: str) -> list[ReportWarning]:
    poor = sum(1 for one in series if len(one.values) == 1)
    doubts = []
    if poor:
        message = (
            f"{poor} of {len(series)} benchmarks have only aggregates, one value each, which cannot be decided: "
            "the samples are in sample.json beside estimates.json"
        )
        doubts.append(ReportWarning(code="aggregates-only", message=message, subject=name))
    if poor < len(series):
        message = "samples of one process share its memory layout: differences may look surer than they are"
        doubts.append(ReportWarning(code="one-process", message=message, subject=name))
    return doubts


IMPORTER = Importer(_FORMAT, detects=_detects, read=_read, gathers=_gathers)
