"""Explanations of whole rows, from captures."""

from __future__ import annotations

from pathlib import Path

import pytest

from perftool.culprit.definitions import Text
from perftool.culprit.explain import KINDS, Sides, explain
from perftool.culprit.history import Range, with_history
from perftool.culprit.trees import Tree
from perftool.model.profile import Commit
from perftool.profiling.capture import ALLOC_SPACE, Capture
from tests.culprit.made import capture, noisy

WORK = {"main": 1.0, "main work": 4.0, "main other": 5.0}
SLOWER = {**WORK, "main work": 7.0}
SOURCE = "LIMIT = 1\n\n\ndef work():\n    return LIMIT\n"


def repeats(paths: dict[str, float], code: str = "1", scale: float = 1.0) -> list[tuple[Capture, int]]:
    return [
        (capture({path: weight * scale * 10 for path, weight in one.items()}, {"work": code}), 10)
        for one in noisy(paths)
    ]


def test_a_row_is_explained_per_operation() -> None:
    found = explain("shop/x", "cpu-sec/op", Sides(repeats(WORK), repeats(SLOWER, "2")), measured=0.003).explanation
    assert (found.row, found.unit, found.captures, found.source) == ("shop/x", "cpu-sec/op", (5, 5), "measured")
    assert found.after - found.before == pytest.approx(0.003, rel=0.05)
    assert [one.function for one in found.suspects] == ["app.work"]
    assert not found.warnings


def test_the_speed_of_the_machine_is_taken_out_where_the_time_is_known() -> None:
    speeds = (1.0, 1.6, 0.7, 1.3, 1.0)
    before = [repeats(WORK, scale=speed)[0] for speed in speeds]
    after = [repeats(SLOWER, "2", scale=speed)[0] for speed in reversed(speeds)]
    assert "surely" in explain("x", "cpu-sec/op", Sides(before, after)).explanation.reason
    known = explain("x", "cpu-sec/op", Sides(before, after, levels=(0.010, 0.013))).explanation
    assert [one.function for one in known.suspects] == ["app.work"]
    assert known.after == pytest.approx(0.013)


def test_memory_is_explained_by_what_is_allocated() -> None:
    before = [(capture({"main work": 1024}, kind=ALLOC_SPACE, scale=1), 1)]
    after = [(capture({"main work": 4096}, {"work": "2"}, kind=ALLOC_SPACE, scale=1), 1)]
    found = explain("x", "B/op", Sides(before, after)).explanation
    assert found.suspects[0].change == 3072
    assert [one.code for one in found.warnings] == ["single-capture"]


def test_captures_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match="alloc_space"):
        explain("x", "B/op", Sides(repeats(WORK), repeats(SLOWER)))


def test_captures_that_show_less_than_was_measured_are_doubted() -> None:
    found = explain("x", "sec/op", Sides(repeats(WORK), repeats(SLOWER, "2")), measured=0.03).explanation
    assert [one.code for one in found.warnings] == ["captures-disagree"]


def test_waiting_is_told_apart() -> None:
    sides = Sides(repeats(WORK), repeats(SLOWER, "2"))
    found = explain("x", "sec/op", sides, measured=0.003, whole=0.02).explanation
    assert [one.code for one in found.warnings] == ["waiting-not-seen"]


def test_no_change_is_no_suspect() -> None:
    found = explain("x", "cpu-sec/op", Sides(repeats(WORK), repeats(WORK, "2"))).explanation
    assert not found.suspects
    assert found.reason


def test_a_function_under_a_new_name_is_the_same() -> None:
    before = repeats({"main work": 4.0, "main other": 1.0})
    moved = repeats({"main job": 4.0, "main other": 4.0})
    moved = [(capture_renamed(one), count) for one, count in moved]
    found = explain("x", "cpu-sec/op", Sides(before, moved)).explanation
    assert [one.function for one in found.suspects] == ["app.other"]


def capture_renamed(one: Capture) -> Capture:
    """Return the capture with ``app.job`` as the code that ``app.work`` had."""
    from dataclasses import replace

    return replace(one, functions=tuple(f._replace(code="1") if f.name == "app.job" else f for f in one.functions))


def test_time_outside_of_any_function_is_nobodys() -> None:
    before, after = repeats({"": 4.0, "main": 2.0}), repeats({"": 9.0, "main": 2.0})
    (suspect,) = explain("x", "sec/op", Sides(before, after)).explanation.suspects
    assert suspect.function == "no Python code"


def test_every_unit_has_a_kind_that_is_captured() -> None:
    assert {measure for _, measure in KINDS.values()} == {"cpu", "memory"}


def test_suspects_say_where_they_are_and_who_touched_them() -> None:
    asked: list[tuple[str, ...]] = []

    def ask(*words: str) -> str:
        asked.append(words)
        if words[0] == "show":
            return SOURCE
        return "4f2c91a\x1f2026-11-20\x1fRaise the limit"

    tree = Tree(Path("/srv/shop"), lambda name: SOURCE if name == "app.py" else None)
    texts = [Text("app", SOURCE, SOURCE.replace("1", "2"))]
    sides = Sides(repeats(WORK), repeats(SLOWER), texts=texts, trees=(tree, tree))
    explained = explain("x", "cpu-sec/op", sides)
    found = with_history(explained, (tree, tree), Range(ask, "base"), shown=lambda name: f"shop/{name}")
    (one,) = found.suspects
    assert (one.file, one.line) == ("shop/app.py", 1)
    assert one.why == ("uses LIMIT, which changed",)
    assert one.commits == (Commit(id="4f2c91a", subject="Raise the limit", date="2026-11-20"),)
    assert "-L1,1:app.py" in asked[-1]
    assert "-L4,5:app.py" in asked[-1]


def test_without_a_range_no_commits_are_named() -> None:
    tree = Tree(Path("/srv/shop"), lambda _: None)
    explained = explain("x", "cpu-sec/op", Sides(repeats(WORK), repeats(SLOWER, "2")))
    found = with_history(explained, (tree, tree), None, shown=str)
    assert found.suspects[0].commits == ()
