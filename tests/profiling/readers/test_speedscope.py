"""speedscope files of py-spy, pyinstrument and memray, both kinds of profiles in them, and damaged ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from perftool.errors import InputError
from perftool.profiling import files, opened
from perftool.profiling.capture import INUSE_OBJECTS, INUSE_SPACE, SAMPLES, WALL, Function
from perftool.profiling.readers.speedscope import read, recognises
from tests.profiling.damage import damaged, read_or_refused
from tests.profiling.drawn import weights

DATA = Path(__file__).parents[2] / "data" / "profiles"
FRAMES = [{"name": "main", "file": "a.py", "line": 3}, {"name": "work", "file": None}, {"name": "std::f"}]


def written(tmp_path: Path, *profiles: dict[str, Any], **more: Any) -> Path:
    path = tmp_path / "a.json"
    content = {"profiles": profiles, "shared": {"frames": FRAMES}, **more}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def sampled(samples: list[list[int]], weights: list[float], unit: str = "none", name: str = "x") -> dict[str, Any]:
    span = {"startValue": 0, "endValue": sum(weights)}
    return {"type": "sampled", "name": name, "unit": unit, "samples": samples, "weights": weights, **span}


def evented(*events: tuple[str, float, int], end: float, unit: str = "milliseconds") -> dict[str, Any]:
    plain = [{"type": kind, "at": at, "frame": frame} for kind, at, frame in events]
    return {"type": "evented", "name": "x", "unit": unit, "startValue": 0, "endValue": end, "events": plain}


def test_sampled(tmp_path: Path) -> None:
    capture = files.read(written(tmp_path, sampled([[0, 1], [0, 2], [0, 1]], [2, 3, 4])))
    assert capture.value_types == (SAMPLES,)
    assert capture.engine == "speedscope"
    assert capture.labels == ((),)
    own, total = weights(capture)
    assert own == {"work": 6, "std::f": 3}
    assert total["a.main"] == 9
    assert capture.functions == (Function("a.main", "a.py"), Function("work"), Function("std::f", kind="native"))
    assert capture.frames[0].line == 3


def test_evented(tmp_path: Path) -> None:
    events = evented(("O", 5, 0), ("O", 7, 1), ("C", 9.5, 1), ("O", 9.5, 1), ("C", 10, 1), ("C", 10, 0), end=20)
    capture = read(written(tmp_path, events))
    assert capture.value_types == (WALL,)
    own, total = weights(capture)
    assert own == {"a.main": 2_000_000, "work": 3_000_000}
    # What lies before the first call and after the last one is no stack.
    assert total["a.main"] == capture.total() == 5_000_000


def test_call_still_open_at_the_end_counts_up_to_it(tmp_path: Path) -> None:
    capture = read(written(tmp_path, evented(("O", 5, 0), end=20)))
    assert capture.total() == 15_000_000


def test_threads_and_units(tmp_path: Path) -> None:
    several = [sampled([[0]], [0.5], "seconds", "one"), sampled([[0]], [2], "microseconds", "two")]
    capture = read(written(tmp_path, *several, sampled([[1]], [100], "bytes", "heap"), sampled([[1]], [3])))
    assert capture.value_types == (WALL, INUSE_SPACE, INUSE_OBJECTS)
    assert capture.labels == ((), (("thread", "one"),), (("thread", "two"),))
    assert [capture.total(at) for at in range(3)] == [500_002_000, 100, 3]


def test_py_spy() -> None:
    capture = files.read(DATA / "py-spy.speedscope.json")
    assert capture.engine == "py-spy"
    assert {dict(labels).get("thread") for labels in capture.labels} == {None, "MainThread", "my worker", "13863"}
    assert {dict(labels).get("pid") for labels in capture.labels} == {None, "13857", "13863"}
    assert capture.total() == 3_140_000_000
    assert not any(one.name.startswith(("process", "thread (")) for one in capture.functions)


def test_pyinstrument() -> None:
    capture = files.read(DATA / "pyinstrument.speedscope.json")
    own, total = weights(capture)
    assert set(total) == {"shop.<module>", "shop.main", "shop.work", "shop.<genexpr>"}
    assert own["shop.work"] + own["shop.<genexpr>"] == total["shop.main"] == capture.total()


def test_memray() -> None:
    capture = files.read(DATA / "memray.speedscope.json")
    assert capture.value_types == (INUSE_SPACE, INUSE_OBJECTS)
    _, total = weights(capture)
    assert total["shop.keep"] == 201_800


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (sampled([[0]], [1, 2]), "1 samples have 2 weights - at `$.profiles[0]`"),
        (sampled([[9]], [1]), "a frame that the file does not have"),
        (sampled([[-1]], [1]), "a frame that the file does not have"),
        (sampled([[0]], [1.5]), "1.5 is no number of samples"),
        (sampled([[0]], [1e300]), "out of range"),
        (sampled([[0]], [1], "parsecs"), "Invalid enum value 'parsecs' - at `$.profiles[0].unit`"),
        (evented(("O", 5, 0), ("C", 4, 0), end=9), "events go back in time from 5.0 to 4.0"),
        (evented(("O", 5, 0), ("C", 6, 1), end=9), "frame 1 is closed and is not the open one"),
        (evented(("C", 6, 1), end=9), "frame 1 is closed"),
        ({"type": "other"}, "Invalid value 'other'"),
    ],
)
def test_damage_is_told_with_its_place(tmp_path: Path, profile: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=r"a\.json: a damaged speedscope file: ") as refused:
        read(written(tmp_path, profile))
    assert said in refused.value.message


@pytest.mark.parametrize("text", ["{", '{"shared":{"frames":[]},"profiles":[]}', "[" * 100_000, '{"a": "\\ud800"}', ""])
def test_what_is_no_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.speedscope.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.speedscope\.json: "):
        read(path)


def test_too_many_frames_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_FRAMES", 100)
    with pytest.raises(InputError, match="more than 100 frames"):
        read(written(tmp_path, sampled([[0] * 60, [1] * 60], [1, 1])))


def test_too_many_stacks_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_ENTRIES", 10)
    with pytest.raises(InputError, match="more than 20 stacks and events"):
        read(written(tmp_path, sampled([[0]] * 30, [1] * 30)))


def test_deep_calls_cost_what_shallow_ones_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_FRAMES", 100_000)
    deep = [("O", 0.0, 0)] * 30_000
    ends = [("C", float(at), 0) for at in range(30_000)]
    with pytest.raises(InputError, match="more than 100000 frames"):
        read(written(tmp_path, evented(*deep, *ends, end=30_000)))


REAL = (DATA / "py-spy.speedscope.json").read_bytes()
EVENTS = (DATA / "pyinstrument.speedscope.json").read_bytes()


@settings(deadline=None, max_examples=100)
@given(data=damaged(REAL) | damaged(EVENTS))
def test_damaged_files_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read_or_refused(read, tmp_path_factory.getbasetemp() / "damaged.speedscope.json", data)


def test_recognises_by_content() -> None:
    assert recognises("a.json", REAL[: opened.HEAD_BYTES])
    assert recognises("a.json", b'  {"profiles": [{"type" : "evented"')
    assert recognises("a.speedscope", b"?")
    assert not recognises("a.json", b'{"traceEvents": [{"type": "other"}]}')
    assert not recognises("a.txt", b"main;speedscope.app/file-format-schema 3")
