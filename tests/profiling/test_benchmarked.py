"""Captures of benchmarks: the harness cut off, repeats put together and taken apart again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.bench.harness import capturing, operation
from perftool.bench.server import START
from perftool.errors import InputError
from perftool.profiling import benchmarked
from perftool.profiling.benchmarked import LOOP, OPERATIONS, Repeat, all_cases, cut, of_case, repeats_of, together
from perftool.profiling.capture import CPU, GARBAGE_COLLECTION, SAMPLES, Builder, Capture, Function
from perftool.profiling.raw import table_of

if TYPE_CHECKING:
    from pathlib import Path

HARNESS = START.parent
SERVE = Function("_perftool_harness.server.serve", str(HARNESS / "server.py"), 20)
RUN = Function("_perftool_harness.operation.Operation.run", str(HARNESS / "operation.py"), 90)
TIMED = Function("_perftool_loop.timed", "<perftool loop>", 2)
TARGET = Function("_perftool_target__srv_me_bench_rows_py.bench_decode", "/srv/me/bench_rows.py", 3, code="c0de")
DECODE = Function("json.loads", "/usr/lib/python3.11/json/__init__.py", 299)
GC = Function(GARBAGE_COLLECTION, kind="marker")
THREAD = Function("threading.Thread.run", "/usr/lib/python3.11/threading.py", 970)


def capture(*stacks: tuple[Function, ...], weight: int = 10) -> Capture:
    builder = Builder((SAMPLES, CPU))
    for stack in stacks:
        builder.add([builder.frame(function, 1) for function in stack], (1, weight))
    return replace(builder.build(), default=1, duration_ns=1000, facts={"gc.cpu_ns": "5", "rate": "100"})


def shown(found: Capture) -> dict[tuple[str, ...], int]:
    return {
        tuple(found.function_of(at).name for at in found.stacks[one.stack]): one.values[found.default]
        for one in found.samples
    }


def test_the_operation_becomes_the_root() -> None:
    found = cut(capture((SERVE, RUN, TIMED, TARGET, DECODE), (SERVE, RUN, TIMED, TARGET)), HARNESS)
    assert shown(found) == {("bench_rows.bench_decode", "json.loads"): 10, ("bench_rows.bench_decode",): 10}
    assert found.functions[0].code == "c0de"


def test_what_shows_nothing_of_the_operation_is_the_loop() -> None:
    found = cut(capture((SERVE, RUN, TIMED), (SERVE, RUN, TIMED, GC), (SERVE, RUN, TIMED, TARGET, GC)), HARNESS)
    assert shown(found) == {
        (LOOP.name,): 10,
        (LOOP.name, GARBAGE_COLLECTION): 10,
        ("bench_rows.bench_decode", GARBAGE_COLLECTION): 10,
    }


def test_threads_and_tasks_stay_and_the_harness_goes() -> None:
    asyncio = Function("asyncio.base_events.BaseEventLoop._run_once", "/usr/lib/python3.11/asyncio/base_events.py")
    stacks = ((THREAD, TARGET), (SERVE, RUN, asyncio, TARGET), (SERVE, RUN), (SERVE, RUN, GC), (SERVE, DECODE))
    assert shown(cut(capture(*stacks), HARNESS)) == {
        (THREAD.name, "bench_rows.bench_decode"): 10,
        (asyncio.name, "bench_rows.bench_decode"): 10,
    }
    assert shown(cut(capture(*stacks, (TIMED, TARGET)), HARNESS, outside=False)) == {("bench_rows.bench_decode",): 10}


def test_a_recursive_benchmark_of_the_harness_itself_is_cut_at_the_inner_loop() -> None:
    assert shown(cut(capture((SERVE, TIMED, SERVE, RUN, TIMED, TARGET)), HARNESS)) == {("bench_rows.bench_decode",): 10}


def test_repeats_are_told_apart_by_a_label(tmp_path: Path) -> None:
    repeats = []
    for number in (0, 1, 10):
        path = tmp_path / str(number)
        path.write_text(json.dumps(table_of(capture((SERVE, TIMED, TARGET), weight=100 + number))))
        repeats.append(Repeat(path, number, 50 + number, cpu_s=1.0))
    found = of_case(repeats, "cpu", case="rows/decode", harness=HARNESS)
    assert found.duration_ns == 3000
    assert found.facts[OPERATIONS] == "161"
    assert found.facts["gc.cpu_ns"] == "15"
    assert found.doubts == ()
    assert {dict(labels)["case"] for labels in found.labels if labels} == {"rows/decode"}
    assert [(one.total(), count) for one, count in repeats_of(found)] == [(100, 50), (101, 51), (110, 60)]


def test_a_repeat_without_a_sample_is_a_repeat() -> None:
    found = together([(capture((TARGET,)), 0, 5), (capture(), 1, 6)], case="c")
    assert [(one.total(), count) for one, count in repeats_of(found)] == [(10, 5), (0, 6)]


def test_much_time_in_children_is_doubted(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_text(json.dumps(table_of(capture((SERVE, TIMED, TARGET)))))
    (doubt,) = of_case([Repeat(path, 0, 1, cpu_s=1.0, children_s=3.0)], "cpu", case="c", harness=HARNESS).doubts
    assert doubt[0] == "children-not-seen"
    assert doubt[1].startswith("75 % of the CPU time")


def test_a_damaged_table_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "table"
    with pytest.raises(InputError, match="rows/decode: the measuring process left no profile"):
        of_case([Repeat(path, 0, 1)], "cpu", case="rows/decode", harness=HARNESS)
    path.write_text('{"version": 1, "value_types": [], "stacks": [[3]]}')
    with pytest.raises(InputError, match="rows/decode: not a table of stacks"):
        of_case([Repeat(path, 0, 1)], "cpu", case="rows/decode", harness=HARNESS)


def test_cases_together_keep_their_labels_and_lose_facts_of_single_repeats() -> None:
    found = all_cases([together([(capture((TARGET,)), 0, 5)], case=name) for name in "ab"])
    assert {dict(labels).get("case") for labels in found.labels if labels} == {"a", "b"}
    assert found.facts == {"gc.cpu_ns": "10", "rate": "100", OPERATIONS: "10"}
    assert found.duration_ns == 2000


FUNCTIONS = st.sampled_from([SERVE, RUN, TIMED, TARGET, DECODE, GC, THREAD])


@given(st.lists(st.lists(FUNCTIONS, min_size=1, max_size=6).map(tuple), max_size=12))
def test_no_loop_is_left_and_none_of_its_weight_lost(stacks: list[tuple[Function, ...]]) -> None:
    whole = capture(*stacks)
    found = cut(whole, HARNESS)
    assert not any(
        TIMED.name in stack or name.startswith("_perftool_target_") for stack in shown(found) for name in stack
    )
    inside = sum(10 for stack in stacks if TIMED in stack)
    assert inside <= found.total() <= whole.total()
    assert cut(whole, HARNESS, outside=False).total() == inside


def test_the_names_are_those_of_the_harness() -> None:
    loop = operation.compiled(operation.LOOP, "timed", {}, False)
    assert loop.__code__.co_filename == TIMED.file
    assert f"{loop.__globals__['__name__']}.{loop.__qualname__}" == TIMED.name
    assert capturing.BESIDE == benchmarked._BESIDE
