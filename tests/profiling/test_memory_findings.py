"""Storms of allocations and leaks: real programs that have them, and ones that have not."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from perftool.profiling import memory_findings
from perftool.profiling.findings import findings
from perftool.profiling.memory_findings import growth
from tests.profiling.profiled import profiled

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.diagnostic import Diagnostic
    from perftool.profiling.api import Collected

pytest.importorskip("memray")
STORM = """\
def storm(count):
    total = 0
    for number in range(count):
        total += len([number])
    return total
storm(60_000)
"""
CALM = """\
def calm(count):
    return [str(number) for number in range(count)]
kept = calm(30_000)
"""
#: A megabyte a second for some seconds, or the same once and then nothing.
GROWS = """\
import time
kept = []
def take(step):
    kept.append(bytearray(40_000))
for step in range(60):
    take(step)
    time.sleep(0.025)
"""
CACHE = """\
import time
kept = []
def take():
    kept.append(bytearray(6_000_000))
take()
for step in range(60):
    time.sleep(0.025)
"""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs of a tenth of the size that is worth a word, so that tests take seconds."""
    monkeypatch.setattr(memory_findings, "STORM_LEAST", memory_findings.STORM_LEAST / 10)
    monkeypatch.setattr(memory_findings, "LEAK_LEAST_S", 1.0)


def found(one: Collected, root: Path) -> tuple[Diagnostic, ...]:
    return findings(one.capture, heap=one.heap, root=str(root))


def test_a_line_that_allocates_for_nothing(tmp_path: Path, small: None) -> None:
    (one,) = found(profiled("memray", STORM, tmp_path), tmp_path)
    assert (one.code, one.severity) == ("PROF004", "info")
    assert one.message.startswith("__main__.storm (program.py:4) made ")
    assert one.evidence["temporary"] >= 60_000


def test_objects_that_are_kept_are_no_storm(tmp_path: Path, small: None) -> None:
    assert found(profiled("memray", CALM, tmp_path), tmp_path) == ()


def test_memory_that_grows_all_the_time_and_stays(tmp_path: Path, small: None) -> None:
    (one,) = found(profiled("memray", GROWS, tmp_path), tmp_path)
    assert (one.code, one.severity) == ("PROF005", "warning")
    assert "__main__.take (program.py:4) allocated" in one.message
    assert one.evidence["bytes_per_second"] == pytest.approx(1_500_000, rel=0.5)
    assert one.evidence["held_bytes"] >= 60 * 40_000


def test_what_is_taken_once_and_kept_is_no_leak(tmp_path: Path, small: None) -> None:
    assert found(profiled("memray", CACHE, tmp_path), tmp_path) == ()


def points(*sizes: float) -> list[tuple[float, int, int]]:
    return [(at / 10, round(size), round(size)) for at, size in enumerate(sizes)]


def test_growth() -> None:
    noise = random.Random(7)
    rising = [1e7 + 1e5 * at + noise.gauss(0, 1e4) for at in range(100)]
    grown = growth(points(*rising))
    assert grown is not None
    assert grown[0].center == pytest.approx(1e6, rel=0.1)
    assert grown[1] == pytest.approx(5e6, rel=0.1)


@pytest.mark.parametrize(
    "sizes",
    [
        [1e7] * 100,
        [1e7 + 1e5 * min(at, 60) for at in range(100)],
        [1e7 + 1e5 * (at % 10) for at in range(100)],
        [1e7 + 100 * at for at in range(100)],
        [1e7 + 1e6 * at for at in range(10)],
        [],
    ],
    ids=["flat", "fills and stays", "saw tooth", "little", "few points", "none"],
)
def test_no_growth(sizes: list[float]) -> None:
    assert growth(points(*sizes)) is None
