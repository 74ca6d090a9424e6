"""Runs of one target as one capture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perftool.profiling.capture import CPU, Builder, Capture, Function
from perftool.profiling.repeating import pooled


def capture(weight: int) -> Capture:
    builder = Builder((CPU,))
    builder.add([builder.frame(Function("app.work"), 3)], (weight,), {"thread": "main"})
    return replace(builder.build(), duration_ns=10, facts={"gc.count": "2"})


def test_one_run_is_left_as_it_is() -> None:
    one = capture(1)
    assert pooled([one]) is one


def test_several_are_told_apart_by_a_label() -> None:
    made = pooled([capture(1), capture(2), capture(3)])
    assert (made.total(), made.duration_ns, made.facts["gc.count"]) == (6, 30, "6")
    assert len(made.stacks) == 1
    assert {labels: one.values for one in made.samples for labels in [made.labels[one.labels]]} == {
        (("repeat", str(number)), ("thread", "main")): (number + 1,) for number in range(3)
    }


def test_no_run_is_no_capture() -> None:
    with pytest.raises(ValueError, match="no capture"):
        pooled([])
