"""The fixed kernel: always the same work."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from perftool.bench.harness import yardstick


def test_the_work_never_changes() -> None:
    # A change here makes reports from before and after incomparable through --normalize.
    assert yardstick.compute(1000) == 1_006_175
    assert yardstick.compute(yardstick.STEPS) == 8_771_226
    assert (yardstick.STEPS, yardstick.WALK, yardstick.SWEEPS) == (20_000, 20_000, 16)
    assert (yardstick.MEMORY_BYTES, yardstick.STRIDE) == (32 << 20, 640)


def test_the_walk_reads_every_byte_once_before_it_comes_back() -> None:
    size = 1 << 10
    memory = bytearray(b"\1") * size
    assert len({yardstick.walk(memory, steps) for steps in range(size)}) == size
    assert yardstick.walk(memory, size) == 0


def test_a_sweep_copies_one_byte_of_every_tenth_line() -> None:
    assert yardstick.sweep(bytearray(6400), 10) == 100


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_hash_seed_makes_no_difference(seed: str) -> None:
    folder = Path(yardstick.__file__).parent
    script = "import yardstick; print(yardstick.compute(1000))"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, check=True)
    assert int(done.stdout) == yardstick.compute(1000)


def test_a_reading_has_both_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yardstick, "MEMORY_BYTES", 1 << 16)
    monkeypatch.setattr(yardstick, "STEPS", 100)
    monkeypatch.setattr(gc, "disable", lambda: None)  # it is meant for a child that ends
    found = yardstick.reading()
    assert sorted(found) == ["cpu", "memory"]
    assert min(found.values()) > 0
