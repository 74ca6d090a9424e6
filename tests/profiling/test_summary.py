"""The figures of a report come from the captures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from perftool.model.profile import CaptureReference
from perftool.profiling import concluding, summary
from perftool.profiling.api import Collected, Process
from perftool.profiling.capture import (
    ALLOC_OBJECTS,
    ALLOC_SPACE,
    CPU,
    GARBAGE_COLLECTION,
    INUSE_SPACE,
    PEAK_SPACE,
    SAMPLES,
    TEMPORARY_OBJECTS,
    WALL,
    Builder,
    Capture,
    Function,
)
from perftool.profiling.child import Ended
from perftool.profiling.summary import Part, Profile

if TYPE_CHECKING:
    from perftool.profiling.api import Measured

MAIN = Function("__main__.main", "/src/app/main.py", 1)
ROWS = Function("app.parse.rows", "/src/app/parse.py", 8)
COLLECTION = Function(GARBAGE_COLLECTION, kind="marker")


def cpu(*weights: int, **facts: str) -> Capture:
    """Return a capture of so many milliseconds in main, rows and the collector."""
    builder = Builder((SAMPLES, CPU))
    frames = [builder.frame(one, 1) for one in (MAIN, ROWS, COLLECTION)]
    for depth, weight in enumerate(weights, 1):
        builder.add(frames[:depth], (1, weight * 1_000_000))
    return replace(builder.build(), default=1, engine="sampler", facts=facts)


def memory() -> Capture:
    kinds = (ALLOC_OBJECTS, ALLOC_SPACE, INUSE_SPACE, PEAK_SPACE, TEMPORARY_OBJECTS)
    builder = Builder(kinds)
    builder.add([builder.frame(ROWS, 2)], (1400, 64 << 20, 0, 8 << 20, 0))
    return replace(builder.build(), default=3, engine="memray")


def profile(*captures: tuple[Measured, Capture], **more: Any) -> Profile:
    parts = tuple(Part(measured=measured, collected=Collected(capture=one)) for measured, one in captures)
    return Profile(target="main.py", stem="main", parts=parts, seconds=2.0, root="/src", **more)


def test_functions_are_ranked_by_what_weighs_anything() -> None:
    payload = summary.payload(profile(("cpu", cpu(10, 60, 30)), ("memory", memory())))
    assert [one.kind for one in payload.rankings] == ["cpu", "peak_space", "alloc_space", "alloc_objects"]
    assert (payload.engine, payload.measures) == ("sampler, memray", ("cpu", "memory"))
    first = payload.rankings[0]
    assert [(row.function, row.file, round(row.own_share, 2)) for row in first.rows] == [
        ("app.parse.rows", "app/parse.py", 0.6),
        (GARBAGE_COLLECTION, "", 0.3),
        ("__main__.main", "app/main.py", 0.1),
    ]
    assert first.total == pytest.approx(0.1)


def test_a_capture_that_saw_nothing_is_ranked_by_what_people_mean() -> None:
    payload = summary.payload(profile(("cpu", cpu())))
    assert [(one.kind, one.total, one.rows) for one in payload.rankings] == [("cpu", 0.0, ())]


def test_facts_are_those_that_are_finite_numbers() -> None:
    found = summary.numbers(cpu(1, rate="100", timer="posix", odd="nan", huge="inf"))
    assert found == {"rate": 100.0}


def test_wholes_gate_and_functions_inform() -> None:
    runs = profile(("cpu", cpu(10, 60, **{"gc.cpu_ns": "5000000"})), ("cpu", cpu(20, **{"gc.cpu_ns": "0"})))
    found = {(one.unit, one.parameters.get("function", "")): one for one in summary.measurements(runs)}
    assert found["cpu-sec", ""].values == pytest.approx((0.07, 0.02))
    assert found["cpu-sec", ""].gates
    assert found["gc-cpu-sec", ""].values == pytest.approx((0.005, 0.0))
    assert found["cpu-sec", "app.parse.rows"].values == pytest.approx((0.06, 0.0))
    assert not found["cpu-sec", "app.parse.rows"].gates
    held = {one.unit: one.values for one in summary.measurements(profile(("memory", memory())))}
    assert held == {
        "B": (float(64 << 20),),
        "allocs": (1400.0,),
        "peak-B": (float(8 << 20),),
        "leaked-B": (0.0,),
        "temporary-allocs": (0.0,),
    }


def test_the_system_tells_of_the_target_itself() -> None:
    ends = (Ended(0, 1.0, 0.5, 30 << 20), Ended(3, 1.5, 0.7, 40 << 20))
    runs = profile(("cpu", cpu(10)), ("cpu", cpu(20)), ends=ends)
    facts = summary.payload(runs).facts
    assert (facts["target.cpu_s"], facts["target.peak_rss_bytes"]) == (1.2, 40 << 20)
    [held] = [one for one in summary.measurements(runs) if one.unit == "peak-RSS-B"]
    assert (held.values, held.gates) == ((30 << 20, 40 << 20), False)
    assert summary.of_system((Ended(0, 1.0),)) == {}, "Windows does not tell"


def test_processes_are_named_without_folders_of_the_machine() -> None:
    command = "/usr/bin/python3 /src/app/main.py --in /data/x.csv " + "y" * 200
    processes = (Process(7, 0, command, 3), Process(8, 7, "fork", 2))
    part = Part(measured="cpu", collected=Collected(capture=cpu(1), processes=processes))
    [first, second] = summary.processes(replace(profile(), parts=(part, part)))
    assert first.command.startswith("python3 app/main.py --in x.csv yyy")
    assert first.command.endswith("…")
    assert len(first.command) == 100
    assert (second.parent, second.samples) == (7, 4)


def test_memory_over_time_keeps_its_peak_however_many_points_there_are() -> None:
    points = tuple((at / 10, 1 << 20 if at != 4321 else 1 << 30, 0) for at in range(5000))
    part = Part(measured="memory", collected=Collected(capture=memory(), heap=points))
    found = summary.heap(replace(profile(), parts=(part,)))
    assert len(found) <= 400
    assert max(found, key=lambda point: point.heap_bytes).at_s == 432.1


def test_references_name_the_files() -> None:
    reference = CaptureReference(digest="d", name="x.pb.gz", size=1, engine="sampler", measures="cpu")
    part = Part(measured="cpu", collected=Collected(capture=cpu(1)), reference=reference)
    assert summary.payload(replace(profile(), parts=(part,))).captures == (reference,)


@pytest.mark.parametrize(
    ("made", "headline"),
    [
        (profile(("cpu", cpu(400, 600))), "1.00 s CPU, 2 samples"),
        (profile(("cpu", cpu(1000)), ("cpu", cpu(1000))), "2.00 s CPU, 2 samples, 2 runs"),
        (profile(("memory", memory())), "peak 8.00 MiB, 1,400 allocations of 64.0 MiB, leaked 0 B"),
        (profile(("cpu", cpu(1000)), ("memory", memory())), "1.00 s CPU, 1 sample, peak 8.00 MiB"),
        (
            profile(("cpu", cpu(1000, **{"sampler.cpu_ns": "4000000", "process.cpu_ns": "1000000000"}))),
            "1.00 s CPU, 1 sample; sampler cost 0.4 %",
        ),
        (profile(("wall", replace(cpu(1000), value_types=(SAMPLES, WALL)))), "1.00 s wall time, 1 sample"),
    ],
)
def test_the_headline_can_be_read_aloud(made: Profile, headline: str) -> None:
    assert concluding.headline(made).startswith(headline)


@pytest.mark.parametrize(
    ("more", "outcome", "reasons"),
    [
        ({}, "pass", ()),
        ({"exit_code": 0}, "pass", ()),
        ({"exit_code": 3}, "warn", ("⚠ the target's exit code is 3",)),
        ({"exit_code": -9}, "warn", ("⚠ the target was ended by SIGKILL",)),
        ({"exit_code": -50}, "warn", ("⚠ the target was ended by signal 50",)),
        ({"complete": False}, "warn", ("⚠ the capture was cut short",)),
    ],
)
def test_a_target_that_failed_is_a_warning(more: dict[str, Any], outcome: str, reasons: tuple[str, ...]) -> None:
    verdict = concluding.verdict(profile(("cpu", cpu(1)), **more))
    assert (verdict.outcome, verdict.reasons) == (outcome, reasons)


def test_every_doubt_is_said_once() -> None:
    doubtful = replace(cpu(1), doubts=(("tail-lost", "the last second is missing"),))
    [doubt] = concluding.doubts(profile(("cpu", doubtful), ("cpu", doubtful)))
    assert (doubt.code, doubt.message) == ("tail-lost", "the last second is missing")


def test_a_capture_that_saw_nothing_is_said_not_to_have() -> None:
    nothing = profile(("cpu", cpu()), ("memory", memory()))
    found = concluding.verdict(nothing)
    assert found.outcome == "warn"
    assert found.reasons == ("⚠ no sample was taken: nothing is known of where CPU time went",)
    assert concluding.verdict(profile(("cpu", cpu(10)))).outcome == "pass"
