"""Capturing cases: order, repeats, sides and failures with fakes; the real ones are in test_capturing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.captures import MEMORY_REPEATS, Captured, Kit, Measure, Missed, Subject, recorded, take
from perftool.bench.passes import MEMORY_HASH_SEED
from perftool.bench.settings import RunSettings
from tests.fakes.measuring import Lab, case, good

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
SETTINGS = RunSettings(seed=7)


def answering(request: Json) -> Json:
    if not request.get("kind", "").startswith("capture-"):
        return good(request)
    return {"operations": request.get("operations", 1234), "cpu": 1.0, "children": 0.25}


def captured(*labs: Lab, folder: Path, measures: tuple[Measure, ...] = ("cpu",), names: str = "ab") -> Captured:
    subjects = [Subject(case(name), 1e-5) for name in names]
    kit = Kit(runtime=folder / "runtime", folder=folder, repeats=4)
    return take(subjects, [lab.start for lab in labs], kit, SETTINGS, measures)


def test_every_repeat_has_a_server_of_its_own(tmp_path: Path) -> None:
    lab = Lab(answering)
    done = captured(lab, folder=tmp_path)
    assert not done.missed
    assert len(set(lab.seeds)) == 4
    assert lab.closed == 4
    assert sorted((one.subject, one.repeat) for one in done.taken) == [(s, r) for s in (0, 1) for r in range(4)]
    assert {(one.operations, one.cpu_s, one.children_s) for one in done.taken} == {(1234, 1.0, 0.25)}
    assert len({one.path for one in done.taken}) == 8
    orders = {tuple(one.subject for one in done.taken if one.repeat == repeat) for repeat in range(4)}
    assert orders == {(0, 1), (1, 0)}


def test_two_sides_take_turns_under_one_hash_seed(tmp_path: Path) -> None:
    base, now = Lab(answering), Lab(answering)
    done = captured(base, now, folder=tmp_path, names="abc")
    assert base.seeds == now.seeds
    firsts = [one.side for one in done.taken[::2]]
    assert set(firsts) == {0, 1}
    for first, second in zip(done.taken[::2], done.taken[1::2], strict=True):
        assert (first.subject, first.repeat) == (second.subject, second.repeat)
        assert {first.side, second.side} == {0, 1}


def test_the_request_says_how(tmp_path: Path) -> None:
    lab = Lab(answering)
    captured(lab, folder=tmp_path, names="a")
    request = next(r for _, r in lab.asked if r.get("kind") == "capture-cpu")
    assert request["runtime"] == str(tmp_path / "runtime")
    assert (request["rate"], request["seconds"], request["gc"]) == (100.0, 1.0, "default")
    assert request["path"].startswith(str(tmp_path))


def test_allocations_are_recorded_fewer_times_and_first_under_the_seed_of_the_counts(tmp_path: Path) -> None:
    lab = Lab(answering)
    done = captured(lab, folder=tmp_path, measures=("memory",))
    assert lab.seeds[0] == MEMORY_HASH_SEED
    assert {one.repeat for one in done.taken} == set(range(MEMORY_REPEATS))
    assert {one.operations for one in done.taken} == {10}


@pytest.mark.parametrize(("op_s", "count"), [(0.0, 10), (1e-6, 10), (0.02, 5), (0.15, 1), (30.0, 1)])
def test_slow_operations_are_recorded_less_often(op_s: float, count: int) -> None:
    assert recorded(op_s) == count


def test_what_fails_on_one_side_goes_on_on_the_other(tmp_path: Path) -> None:
    def failing(request: Json) -> Json:
        if request.get("kind") == "capture-cpu" and request["case"]["factory"] == "b":
            return {"error": "b.py:3: ValueError: no"}
        return answering(request)

    done = captured(Lab(answering), Lab(failing), folder=tmp_path)
    assert done.missed == [Missed(1, "cpu", 1, "b.py:3: ValueError: no")]
    assert sum(one.subject == 1 and one.side == 0 for one in done.taken) == 4
    assert not any(one.subject == 1 and one.side == 1 for one in done.taken)


def test_an_interrupt_keeps_what_is_there(tmp_path: Path) -> None:
    calls = 0

    def interrupted(request: Json) -> Json:
        nonlocal calls
        calls += request.get("kind") == "capture-cpu"
        if calls == 4:
            raise KeyboardInterrupt
        return answering(request)

    lab = Lab(interrupted)
    done = captured(lab, folder=tmp_path, measures=("cpu", "memory"))
    assert done.interrupted
    assert len(done.taken) == 3
    assert lab.closed == len(lab.seeds) == 2


def test_pure_packages_come_before_the_imports(tmp_path: Path) -> None:
    lab = Lab(lambda request: {} if request["do"] == "pure" else answering(request))
    kit = Kit(runtime=tmp_path, folder=tmp_path, repeats=1, pure=("sqlglot",))
    take([Subject(case("a"))], [lab.start], kit, SETTINGS, ["cpu"])
    assert [request["do"] for _, request in lab.asked] == ["pure", "load", "sample"]
    assert lab.asked[0][1] == {"do": "pure", "packages": ["sqlglot"], "runtime": str(tmp_path)}
