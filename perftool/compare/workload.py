"""Work to measure perftool by: reading and comparing generated benchmark text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from perftool.compare.inputs import Input, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.model.comparison import ComparisonPayload


def text(benchmarks: int, samples: int, *, shift: float = 1.0) -> bytes:
    """Return Go benchmark text of noisy times and constant counters, always the same for the same arguments."""
    lines = ["goos: linux", "pkg: example.com/generated"]
    state = 1
    for _ in range(samples):
        for number in range(benchmarks):
            # A linear congruential generator, because nothing here may ask the machine for chance.
            state = (state * 1_103_515_245 + 12_345) % (1 << 31)
            time = (1000 + number) * shift * (1 + (state >> 8) % 200 / 10_000)
            lines.append(f"BenchmarkCase/size={number}-8 \t1000\t{time:.1f} ns/op\t512 B/op\t{number % 9} allocs/op")
    return ("\n".join(lines) + "\n").encode()


def make_read(benchmarks: int, samples: int) -> Callable[[], int]:
    """Return an operation that reads one input; it returns how many series there were."""
    data = text(benchmarks, samples)
    return lambda: len(read(io.BytesIO(data), "generated").series)


def inputs(benchmarks: int, samples: int) -> list[Input]:
    """Read an old and a new input, 3 % apart."""
    sides = (("old", 1.0), ("new", 1.03))
    return [Input(name, read(io.BytesIO(text(benchmarks, samples, shift=shift)), name)) for name, shift in sides]


def make_compare(benchmarks: int, samples: int) -> Callable[[], ComparisonPayload]:
    """Return an operation that compares two inputs that were read before."""
    both = inputs(benchmarks, samples)
    return lambda: compare(both, gate=GateRules())[0]
