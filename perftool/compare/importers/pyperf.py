"""Read pyperf's JSON (``-o FILE``); each run is a process, and so a block."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import msgspec

from perftool.compare import json_input
from perftool.compare.api import Imported, Importer, ReadOptions, Series
from perftool.errors import InputError

if TYPE_CHECKING:
    from perftool.model.measurement import Better

# pyperf's units: base unit here and better direction.
_UNITS: Final[dict[str, tuple[str, Better]]] = {
    "second": ("sec/op", "lower"),
    "byte": ("B", "lower"),
    "integer": ("count", "unknown"),
}


class _Run(msgspec.Struct):
    """One process: ``values`` are per operation; warm-up and calibration have none."""

    values: list[float] = []


class _Benchmark(msgspec.Struct):
    runs: list[_Run]
    metadata: dict[str, Any] = {}


class _File(msgspec.Struct):
    """A suite; metadata that its benchmarks share stands here only."""

    benchmarks: list[_Benchmark]
    version: str | int | float
    metadata: dict[str, Any] = {}


def _detects(head: bytes) -> bool:
    return json_input.has_keys(head, "benchmarks", "runs") and not json_input.has_keys(head, "machine_info")


def _read(stream: BinaryIO, name: str, _: ReadOptions) -> Imported:
    found = json_input.decode(json_input.load(stream, name), _File, name=name, what="pyperf")
    series = []
    for number, benchmark in enumerate(found.benchmarks):
        metadata = {**found.metadata, **benchmark.metadata}
        label = metadata.get("name", f"benchmark {number + 1}")
        written = metadata.get("unit", "second")
        if not isinstance(label, str) or not isinstance(written, str):
            raise InputError(f"{name}: not a usable pyperf file: name or unit of benchmark {number + 1} is no text")
        unit, better = _UNITS.get(written, (written, "unknown"))
        values, blocks = array("d"), array("q")
        for block, run in enumerate(benchmark.runs):
            values.extend(run.values)
            blocks.extend([block] * len(run.values))
        if values:
            series.append(Series((), label, unit, written, values, blocks, better=better))
    if not series:
        raise InputError(f"{name}: no benchmark with values")
    facts = json_input.facts(python=_text(found, "python_version"), cpu=_text(found, "cpu_model_name"))
    return Imported(name, "pyperf", tuple(series), facts=facts)


def _text(found: _File, key: str) -> str | None:
    """Return the first word of a shared metadatum, or all of it for the processor's name."""
    value = found.metadata.get(key)
    if not isinstance(value, str) or not value.strip():
        return None
    return value if key == "cpu_model_name" else value.split()[0]


IMPORTER = Importer("pyperf", detects=_detects, read=_read)
