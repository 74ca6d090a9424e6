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


def test_allocations_decide_wherever_python_is_the_same() -> None:
    for unit in ("allocs/op", "B/op"):
        assert undecidable(unit, OTHER, THERE, HERE, in_ticks=False) == ""
        assert undecidable(unit, OTHER, OTHER_PYTHON, HERE, in_ticks=False) == "the baseline is from another Python"
        assert undecidable(unit, OTHER, None, HERE, in_ticks=False)


def test_instructions_decide_where_the_code_takes_the_same_paths() -> None:
    assert undecidable("instructions/op", OTHER, THERE, HERE, in_ticks=False) == ""
    libc = msgspec.structs.replace(HERE, os=msgspec.structs.replace(HERE.os, libc="musl 1.2"))
    processor = msgspec.structs.replace(HERE, cpu=msgspec.structs.replace(HERE.cpu, model="another"))
    patch = msgspec.structs.replace(HERE, python=msgspec.structs.replace(HERE.python, compiler="Clang 17"))
    for old in (libc, processor, patch):
        assert "another processor, C library" in undecidable("instructions/op", OTHER, old, HERE, in_ticks=False)
        assert undecidable("allocs/op", OTHER, old, HERE, in_ticks=False) == ""


def test_where_nothing_is_known_of_a_side_the_reference_says() -> None:
    assert undecidable("sec/op", OTHER, None, HERE, in_ticks=False)
    assert not undecidable("sec/op", SAME, None, HERE, in_ticks=False)


def test_ticks_decide_unless_the_interpreter_differs() -> None:
    assert undecidable("ticks/op", OTHER, THERE, HERE, in_ticks=True) == ""
    for old in (OTHER_PYTHON, None):
        assert undecidable("ticks/op", OTHER, old, HERE, in_ticks=True) == "the baseline is from another Python"
