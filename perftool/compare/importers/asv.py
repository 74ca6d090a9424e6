"""Read asv's results (``.asv/results/MACHINE/COMMIT-ENVIRONMENT.json``), formats 1 and 2.

The unit is not in the file (it is in ``benchmarks.json`` two folders up), so asv's rule for names gives it: ``time_``
and ``timeraw_`` are seconds, ``mem_`` and ``peakmem_`` bytes, ``track_`` and anything else is a value of no known unit.
source: github.com/airspeed-velocity/asv, asv/results.py (the file), docs/source/writing_benchmarks.rst (names)
"""

from __future__ import annotations

import math
import re
from array import array
from itertools import product
from typing import Any, BinaryIO, Final

import msgspec

from perftool.compare import json_input
from perftool.compare.api import Imported, Importer, ReadOptions, Series
from perftool.errors import InputError
from perftool.model.verdict import ReportWarning

_KIND: Final = re.compile(r"(?:(timeraw|time|peakmem|mem)_|(Timeraw|Time|PeakMem|Mem)[A-Z_]).")
_UNITS: Final = {"time": "sec/op", "timeraw": "sec/op", "mem": "B", "peakmem": "peak-RSS-B"}
_VALUE: Final = "value"
# How many benchmarks a doubt names.
_NAMED: Final = 3

Values = list[float | None]


class _File(msgspec.Struct):
    """``result_columns`` name the places of a benchmark's row; without them (format 1) a benchmark is an object."""

    results: dict[str, Any]
    result_columns: list[str] | None = None
    commit_hash: Any = None
    python: Any = None
    params: dict[str, Any] = {}


class _Row(msgspec.Struct):
    """One benchmark: a value and its samples for each combination of ``params``, the last of which runs fastest.

    A null value failed, NaN was skipped.
    """

    result: Values | float | None = None
    params: list[list[Any]] = []
    samples: list[Values | None] | None = None


class _Found(msgspec.Struct):
    """What was read so far; ``aggregates`` counts the timed series that have one value for want of samples."""

    series: list[Series] = []
    failed: list[str] = []
    unusable: list[str] = []
    aggregates: int = 0


def _detects(head: bytes) -> bool:
    return json_input.has_keys(head, "commit_hash", "requirements", "params")


def _read(stream: BinaryIO, name: str, _: ReadOptions) -> Imported:
    file = json_input.decode(json_input.load(stream, name), _File, name=name, what="asv", non_finite=True)
    found = _Found()
    for benchmark, written in file.results.items():
        row = _row(written, file.result_columns)
        if row is None or not _add(benchmark, row, found):
            found.unusable.append(benchmark)
    warnings = _warnings(found, name)
    if not found.series:
        raise InputError(f"{name}: no benchmark with values" + (f" ({warnings[0].message})" if warnings else ""))
    facts = json_input.facts(
        python=_version(file.python),
        cpu=_text(file.params.get("cpu")),
        os=_text(file.params.get("os")),
        commit=_text(file.commit_hash),
    )
    return Imported(name, "asv", tuple(found.series), facts=facts, warnings=tuple(warnings))


def _row(written: Any, columns: list[str] | None) -> _Row | None:
    """Return one benchmark of either format, None where it has another shape."""
    if columns is not None:
        if not isinstance(written, list):
            return None
        written = dict(zip(columns, written, strict=False))
    elif not isinstance(written, dict):
        written = {"result": written}
    try:
        return msgspec.convert({key: one for key, one in written.items() if one is not None}, _Row)
    except msgspec.ValidationError:
        return None


def _add(benchmark: str, row: _Row, found: _Found) -> bool:
    """Add a series for each combination of parameters; returns: whether the parts of ``row`` fit each other."""
    if row.result is None:
        found.failed.append(benchmark)
        return True
    results = row.result if isinstance(row.result, list) else [row.result]
    samples = row.samples or [None] * len(results)
    if not len(results) == len(samples) == math.prod(map(len, row.params)):
        return False
    kind = _kind(benchmark)
    for combination, result, taken in zip(product(*row.params), results, samples, strict=True):
        label = "/".join((benchmark, *map(_parameter, combination)))
        if result is None:
            found.failed.append(label)
        elif math.isfinite(result):
            values = [one for one in taken or () if one is not None and math.isfinite(one)]
            if _UNITS.get(kind) == "sec/op" and not values:
                found.aggregates += 1
            found.series.append(_series(label, kind, values or [result]))
    return True


def _series(label: str, kind: str, values: list[float]) -> Series:
    unit = _UNITS.get(kind, _VALUE)
    return Series(
        (),
        label,
        unit,
        unit,
        array("d", values),
        better="unknown" if unit == _VALUE else "lower",
        # asv itself takes less of a tracked value to be better, which is wrong for a rate or an accuracy.
        gates=False if kind == "peakmem" or unit == _VALUE else None,
        # The size of an object that a benchmark made is counted, not measured.
        exact=kind == "mem",
    )


def _kind(benchmark: str) -> str:
    match = _KIND.match(benchmark.rpartition(".")[2])
    return (match[1] or match[2]).lower() if match else ""


def _parameter(value: object) -> str:
    """Return a parameter, of which asv keeps the ``repr``, without the quotes of a text."""
    text = str(value)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _warnings(found: _Found, name: str) -> list[ReportWarning]:
    warnings = [
        ReportWarning(code=code, message=f"{_some(benchmarks)} {text}", subject=name)
        for code, benchmarks, text in (
            ("failed-runs", found.failed, "failed under asv"),
            ("unusable-benchmark", found.unusable, "left out: the values cannot be understood"),
        )
        if benchmarks
    ]
    timed = sum(1 for one in found.series if one.unit == "sec/op")
    if found.aggregates:
        message = (
            f"{found.aggregates} of {timed} timed benchmarks have only aggregates, one value each, "
            "which cannot be decided: asv run --record-samples"
        )
        warnings.append(ReportWarning(code="aggregates-only", message=message, subject=name))
    if found.aggregates < timed:
        message = (
            "asv does not tell the processes of its samples apart, and those of one process share its memory layout: "
            "differences may look surer than they are"
        )
        warnings.append(ReportWarning(code="one-process", message=message, subject=name))
    return warnings


def _some(benchmarks: list[str]) -> str:
    named = ", ".join(benchmarks[:_NAMED])
    return named + (f" and {len(benchmarks) - _NAMED} more" if len(benchmarks) > _NAMED else "")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _version(value: object) -> str | None:
    """Return the Python version; of an existing environment asv writes the interpreter's path, which is not told."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w.]+", value) else None


IMPORTER = Importer("asv", detects=_detects, read=_read)
