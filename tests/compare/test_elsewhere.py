"""What a baseline from elsewhere cannot decide."""

from __future__ import annotations

import msgspec
import pytest

from perftool.compare.elsewhere import undecidable
from perftool.model.comparison import BaselineReference
from tests.render import samples

HERE = samples.bench().environment
THERE = msgspec.structs.replace(HERE, label="there")
OTHER_PYTHON = msgspec.structs.replace(HERE, python=msgspec.structs.replace(HERE.python, implementation="PyPy"))
SAME = BaselineReference(name="main", environment_label="x", created="", source=None, same_environment=True)
OTHER = msgspec.structs.replace(SAME, same_environment=False)


@pytest.mark.parametrize("unit", ["sec/op", "cpu-sec/op", "tokens/s", "peak-RSS-B"])
def test_times_of_another_environment_decide_nothing(unit: str) -> None:
    assert undecidable(unit, OTHER, THERE, HERE, in_ticks=False) == "the baseline is from another environment"
    assert undecidable(unit, SAME, HERE, HERE, in_ticks=False) == ""
    assert undecidable(unit, None, THERE, HERE, in_ticks=False) == ""


def test_counts_decide_anywhere() -> None:
    assert undecidable("allocs/op", OTHER, THERE, HERE, in_ticks=False) == ""


def test_where_nothing_is_known_of_a_side_the_reference_says() -> None:
    assert undecidable("sec/op", OTHER, None, HERE, in_ticks=False)
    assert not undecidable("sec/op", SAME, None, HERE, in_ticks=False)


def test_ticks_decide_unless_the_interpreter_differs() -> None:
    assert undecidable("ticks/op", OTHER, THERE, HERE, in_ticks=True) == ""
    for old in (OTHER_PYTHON, None):
        assert undecidable("ticks/op", OTHER, old, HERE, in_ticks=True) == "the baseline is from another Python"
