"""Go benchmark text: what benchstat and its relatives read, one line per block.

source: golang.org/design/14313-benchmark-format; golang.org/x/perf benchunit (units are tidied on reading)
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from perftool.render.api import Format
from perftool.units.unit import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.bench import BenchCase
    from perftool.model.environment import Environment
    from perftool.model.measurement import Measurement
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions
    from perftool.render.summaries import Summarized

_GO_ARCHITECTURES: Final = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "i686": "386", "i386": "386"}
_NANO: Final = 1e-9
# White space as Go and as Python see it, and everything that could end a line.
_SPACE = re.compile(r"[\s\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff\ud800-\udfff]+")


def render(report: Report, _: RenderOptions) -> str:
    """Return block medians as benchmark lines under configuration lines, and what units mean as Unit lines."""
    from perftool.model.bench import BenchPayload
    from perftool.render.summaries import by_case, case_key

    payload = report.payload
    assert isinstance(payload, BenchPayload)
    cases = {case_key(case): case for case in payload.cases}
    lines = [*_header(report.environment), *_units(report.measurements)]
    suite = None
    for key, units in by_case(report).items():
        if key[0] != suite:
            suite = key[0]
            lines += ["", f"pkg: {_word(suite)}", ""]
        lines += _case(cases.get(key), list(units.values()))
    return "\n".join(lines) + "\n"


def _header(environment: Environment) -> Iterator[str]:
    facts = {
        "goos": environment.os.name,
        "goarch": _GO_ARCHITECTURES.get(environment.os.machine, environment.os.machine),
        "cpu": environment.cpu.model,
    }
    for name, text in facts.items():
        shown = _SPACE.sub(" ", text).strip()
        if shown:
            yield f"{name}: {shown}"


def _units(measurements: tuple[Measurement, ...]) -> Iterator[str]:
    """Say of each unit which direction is better, and that its values are exact where all of them are."""
    for unit in dict.fromkeys(m.unit for m in measurements):
        known = [m for m in measurements if m.unit == unit]
        words = [f"better={known[0].better}"] if known[0].better != "unknown" else []
        words += ["assume=exact"] if all(m.exact for m in known) else []
        if words:
            yield f"Unit {_word(unit)} {' '.join(words)}"


def _case(case: BenchCase | None, units: list[Summarized]) -> Iterator[str]:
    """Write line n with the n-th block of every unit; a unit with fewer blocks is missing from the later lines."""
    name = benchmark_name(units[0].measurement)
    loops = case.loops if case else 1
    order = {"sec/op": 0, "cpu-sec/op": 1}
    ordered = sorted(units, key=lambda s: order.get(s.measurement.unit, 2))
    for index in range(max(len(s.values) for s in ordered)):
        pairs = [
            f"{text} {unit}"
            for s in ordered
            if index < len(s.values)
            for text, unit in [untidy(s.values[index], s.measurement.unit)]
        ]
        yield f"{name} {loops} {' '.join(pairs)}"


def benchmark_name(measurement: Measurement) -> str:
    """Return ``BenchmarkSuite/Case/key=value``, without white space.

    A name that ends in a dash and digits would lose them as GOMAXPROCS, so it ends in ``-1`` then.
    """
    name = "Benchmark" + _word(measurement.name[:1].upper() + measurement.name[1:])
    return name + "-1" if re.search(r"-\d+$", name, re.ASCII) else name


def _word(text: str) -> str:
    return _SPACE.sub("_", text) or "_"


def untidy(value: float, unit: str) -> tuple[str, str]:
    """Return ``value`` as readers expect it, times in ns, with the fewest digits that read back as the same double.

    Readers multiply by 1e-9. Where no double gives ``value`` that way the nearest is taken: off by one unit in
    the last place. A zero would keep the unit ns on reading, so it is written in seconds.
    """
    quantity, slash, rest = unit.partition("/")
    written = re.sub(r"(?<![^*-])sec(?![^*-])", "ns", quantity) + slash + rest
    if value == 0 or not math.isfinite(value) or tidy(written) != (unit, _NANO):
        return _shortest(value), _word(unit)
    near = value / _NANO
    close = (near, math.nextafter(near, -math.inf), math.nextafter(near, math.inf))
    rounded = (float(f"{near:.{digits}g}") for digits in range(1, 17))
    for candidate in (*rounded, *close):
        if candidate * _NANO == value:
            return _shortest(candidate), written
    return _shortest(min(close, key=lambda c: abs(c * _NANO - value))), written


def _shortest(value: float) -> str:
    return str(int(value)) if math.isfinite(value) and abs(value) < 1e15 and value == int(value) else repr(value)


FORMAT = Format(name="gobench", suffixes=(".bench", ".gobench"), kinds=frozenset({"bench"}), render=render)
