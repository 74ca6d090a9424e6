"""Profiles of one case in a real measuring process: the sampler's table, memray's file."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import perftool.profiling.runtime
from perftool.bench import requests
from perftool.bench.api import Case
from perftool.bench.captures import Kit, Subject, take
from perftool.bench.server import START, factory
from perftool.bench.settings import RunSettings
from perftool.profiling.benchmarked import LOOP, Repeat, of_case
from tests.bench.loaded import loaded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.bench.server import ForkServer
    from perftool.profiling.capture import Capture

Json = dict[str, Any]
RUNTIME = Path(perftool.profiling.runtime.__file__).parent
FILE = """
import asyncio

def costly(n): return sum(i * i for i in range(n))
def cheap(n): return sum(i * i for i in range(n // 9))
def bench_both():
    costly(2000)
    cheap(2000)
async def bench_awaited():
    await asyncio.sleep(0)
    costly(2000)
def bench_builtin(data): sorted(data)
bench_builtin.setup = lambda: {"data": list(range(3000, 0, -1))}
def bench_slow(): costly(400_000)
def bench_raises(): raise ValueError("no")
KEPT = []
def bench_allocates():
    make(100)
    KEPT.append(bytearray(1000))
def make(n): return [bytearray(500) for _ in range(n)]
"""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("targets") / "bench_shares.py"
    file.write_text(FILE, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def server(target: Path) -> Iterator[ForkServer]:
    with loaded(target) as started:
        yield started


def case(target: Path, name: str) -> Case:
    return Case(suite="shares", case=name, factory=f"bench_{name}", file=str(target), direct=True)


def sampled(server: ForkServer, target: Path, name: str, folder: Path, seconds: float = 0.3) -> Json:
    request = requests.capture_cpu(
        case(target, name),
        RunSettings(),
        runtime=str(RUNTIME),
        rate=200.0,
        seconds=seconds,
        path=str(folder / "table"),
    )
    return server.ask(request, 30)


def read(folder: Path, reply: Json) -> Capture:
    repeat = Repeat(folder / "table", 0, reply["operations"], reply["cpu"], reply["children"])
    return of_case([repeat], "cpu", case="shares", harness=START.parent)


def total(found: Capture, name: str) -> float:
    """Return the share of the samples that have a function anywhere."""
    value = found.default
    having = sum(
        one.values[value]
        for one in found.samples
        if any(found.function_of(at).name == name for at in found.stacks[one.stack])
    )
    return having / found.total()


def roots(found: Capture) -> set[str]:
    return {found.function_of(found.stacks[one.stack][0]).name for one in found.samples}


def test_shares_below_the_benchmark(server: ForkServer, target: Path, tmp_path: Path) -> None:
    reply = sampled(server, target, "both", tmp_path, seconds=1.0)
    found = read(tmp_path, reply)
    assert roots(found) <= {"bench_shares.bench_both", LOOP.name}
    assert total(found, "bench_shares.costly") > 4 * total(found, "bench_shares.cheap") > 0
    assert reply["operations"] > 100
    assert reply["children"] == 0
    # What was sampled is what the operations took.
    assert found.total() / 1e9 == pytest.approx(reply["cpu"], rel=0.2)


def test_an_awaited_benchmark_is_a_root_too(server: ForkServer, target: Path, tmp_path: Path) -> None:
    found = read(tmp_path, sampled(server, target, "awaited", tmp_path))
    assert total(found, "bench_shares.bench_awaited") > 0.5
    assert not any(name.startswith("_perftool") for name in roots(found))


def test_a_slow_operation_runs_once(server: ForkServer, target: Path, tmp_path: Path) -> None:
    assert sampled(server, target, "slow", tmp_path, seconds=0.001)["operations"] == 1


def test_a_failure_is_a_reason(server: ForkServer, target: Path, tmp_path: Path) -> None:
    assert sampled(server, target, "raises", tmp_path)["error"].endswith("ValueError: no")
    assert list(tmp_path.iterdir()) == []


def test_allocations_of_some_operations_are_recorded(server: ForkServer, target: Path, tmp_path: Path) -> None:
    reply = server.ask(requests.capture_memory(case(target, "allocates"), 10, str(tmp_path / "file")), 30)
    assert reply == {"operations": 10}
    assert {path.name for path in tmp_path.iterdir()} == {"file", "file.beside.json"}
    found = of_case([Repeat(tmp_path / "file", 0, 10)], "memory", case="shares", harness=START.parent)
    space, held = found.index("alloc_space"), found.index("inuse_space")
    assert space is not None
    assert held is not None
    assert roots(found) <= {"bench_shares.bench_allocates", LOOP.name}
    by_function: dict[str, int] = {}
    leaked = 0
    for one in found.samples:
        leaf = found.function_of(found.stacks[one.stack][-1]).name.rpartition(".")[2]
        by_function[leaf] = by_function.get(leaf, 0) + one.values[space]
        leaked += one.values[held] * (leaf == "bench_allocates")
    # A bytearray holds its bytes and a closing zero, beside the object itself.
    assert by_function["<listcomp>" if sys.version_info < (3, 12) else "make"] >= 10 * 100 * 501
    assert 10 * 1001 <= leaked < 10 * 1500


@pytest.mark.parametrize("name", ["allocates", "both"])
def test_allocations_are_those_that_are_counted(server: ForkServer, target: Path, tmp_path: Path, name: str) -> None:
    counted = server.ask(requests.memory(case(target, name), slow=False), 30)
    server.ask(requests.capture_memory(case(target, name), 10, str(tmp_path / "file")), 30)
    found = of_case([Repeat(tmp_path / "file", 0, 10)], "memory", case="shares", harness=START.parent)
    for kind, name in (("alloc_objects", "allocations"), ("alloc_space", "bytes")):
        at = found.index(kind)
        # The loop itself makes a few objects in a run.
        assert found.total(at) / 10 == pytest.approx(counted[name], rel=0.01, abs=30 if name == "bytes" else 1)
    assert "frame-objects" not in dict(found.doubts)


def test_repeats_of_two_cases_from_real_processes(target: Path, tmp_path: Path) -> None:
    kit = Kit(runtime=RUNTIME, folder=tmp_path, repeats=2, seconds=0.1, rate=200.0)
    start = factory(sys.executable, dict(os.environ), fork=True)
    done = take([Subject(case(target, "both")), Subject(case(target, "raises"))], [start], kit, RunSettings(), ["cpu"])
    assert [one.repeat for one in done.taken] == [0, 1]
    assert [(one.subject, one.reason.rpartition(": ")[2]) for one in done.missed] == [(1, "no")]
    assert all(json.loads(one.path.read_bytes())["version"] == 1 for one in done.taken)
