"""What is looked at: focus, ignore, hide and labels as go tool pprof has them; errors in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError, UsageError
from perftool.profiling import files
from perftool.profiling.capture import merged
from perftool.profiling.shares import Selection, selected, unit, value_index, weights
from perftool.profiling.viewing import looked_at
from tests.profiling import go_pprof
from tests.profiling.stacks import capture

if TYPE_CHECKING:
    from pathlib import Path

STACKS = """
main run parse leaf 40
main run parse 20
main run render leaf 30
main idle 10
"""


def totals(text: str, **selection: str) -> dict[str, int]:
    one = selected(capture(text), Selection(**selection))
    return {spot.name: weight.total // 1_000_000 for spot, weight in weights(one, 1).items()}


def test_focus_keeps_samples_with_such_a_function() -> None:
    assert totals(STACKS, focus="^parse$") == {"main": 60, "run": 60, "parse": 60, "leaf": 40}


def test_ignore_drops_them() -> None:
    assert totals(STACKS, ignore="leaf|idle") == {"main": 20, "run": 20, "parse": 20}


def test_hide_takes_functions_out_of_stacks() -> None:
    assert totals(STACKS, hide="^(leaf|run|idle|main)$") == {"parse": 60, "render": 30}


def test_files_match_too() -> None:
    assert set(totals(STACKS, focus="/app/render.py")) == {"main", "run", "render", "leaf"}


@pytest.mark.parametrize(
    ("option", "pattern"), [("focus", "parse"), ("ignore", "leaf"), ("hide", "leaf"), ("hide", "main|run")]
)
@go_pprof.with_go
def test_as_go_tool_pprof(option: str, pattern: str, tmp_path: Path) -> None:
    one = capture(STACKS)
    files.write(one, tmp_path / "one.pb.gz")
    theirs = go_pprof.top(f"-{option}={pattern}", tmp_path / "one.pb.gz", unit="ms", folder=tmp_path)
    ours = weights(selected(one, Selection(**{option: pattern})), 1)
    assert {s.name: (w.own / 1e6, w.total / 1e6) for s, w in ours.items()} == theirs


def test_labels() -> None:
    both = merged([capture(STACKS, labels={"thread": "a"}), capture("main 7", labels={"thread": "b"})])
    assert selected(both, Selection(labels={"thread": "b"})).total(1) == 7_000_000
    with pytest.raises(InputError, match="no sample is left") as caught:
        looked_at(both, Selection(labels={"thread": "c"}))
    assert caught.value.hint == "thread is one of a, b"
    with pytest.raises(InputError) as caught:
        looked_at(both, Selection(labels={"pid": "1"}))
    assert caught.value.hint == "its labels are thread"
    with pytest.raises(InputError) as caught:
        looked_at(capture(STACKS), Selection(labels={"pid": "1"}))
    assert caught.value.hint == "it has no labels"


def test_what_does_not_exist() -> None:
    with pytest.raises(UsageError, match="no values called 'alloc_space'") as caught:
        value_index(capture(STACKS), "alloc_space")
    assert caught.value.hint == "it has samples, cpu"
    with pytest.raises(UsageError, match="--focus '\\(' is no regular expression"):
        selected(capture(STACKS), Selection(focus="("))


def test_units() -> None:
    one = capture(STACKS)
    assert [unit(kind) for kind in one.value_types] == [("count", 1.0), ("s", 1e9)]
