"""Collapsed stacks: a line each, whatever stands in names, and no weight lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.profiling import files
from perftool.profiling.capture import SAMPLES, Builder, Capture, Function
from perftool.profiling.writers.collapsed import write
from tests.profiling.drawn import captures, example

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_lines(tmp_path: Path) -> None:
    lines = write(example()).decode().splitlines()
    assert lines == [
        "shop.<module>;shop.<lambda>;shop.outer;shop.outer.<locals>.inner;shop.Shop.total;"
        "shop.Shop.total.<locals>.<genexpr> 30000000",
        # Threads and processes are added up.
        "shop.<module>;shop.<lambda>;shop.outer;shop.outer.<locals>.inner;shop.Shop.total 60000000",
        "shop.<module>;shop.<lambda>;shop.outer;shop.outer;shop.Shop.total 10000000",
        "shop.<module>;shop.<lambda>;shop.outer;shop.outer.<locals>.inner;shop.Shop.total;garbage collection 41000000",
        "shop.<module>;shop.<lambda>;shop.outer;shop.outer.<locals>.inner;shop.Shop.total;_ZN4shop6pricesEi 42000000",
        "shop.<module>;importlib._bootstrap._find;posix.stat <built-in> 43000000",
    ]


def test_names_cannot_divide_frames_or_lines() -> None:
    builder = Builder((SAMPLES,))
    names = ["a;b", "c\r\nd", "", 'process 12:"x"', "e 5"]
    builder.add([builder.frame(Function(name)) for name in names], (3,))
    builder.add((), (4,))
    assert write(builder.build()) == b"a,b;c d;unknown;process 12:'x';e 5 3\nunknown 4\n"


@settings(deadline=None)
@given(capture=captures(values=st.integers(0, 10**12)))
def test_no_weight_is_lost(tmp_path_factory: pytest.TempPathFactory, capture: Capture) -> None:
    path = tmp_path_factory.getbasetemp() / "drawn.folded"
    data = write(capture)
    assert all(re.fullmatch(rb"[^\n]+ \d+", line) for line in data.split(b"\n")[:-1])
    if capture.total():
        path.write_bytes(data)
        again = files.read(path)
        assert again.total() == capture.total()
        assert write(again) == data or any("(" in one.name for one in capture.functions)
