"""Files of cProfile and profile: own times to the nanosecond, stacks as good as a call graph lets them be."""

from __future__ import annotations

import cProfile
import json
import marshal
import profile
import pstats
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from perftool.errors import InputError
from perftool.profiling import files
from perftool.profiling.capture import WALL, Function
from perftool.profiling.readers.pstats import read, recognises
from tests.profiling.damage import damaged, read_or_refused
from tests.profiling.drawn import weights

if TYPE_CHECKING:
    from pathlib import Path


def leaf(count: int) -> int:
    return sum(range(count))


def small() -> None:
    for _ in range(20):
        leaf(500)


def large() -> None:
    for _ in range(100):
        leaf(500)


def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def is_even(n: int) -> bool:
    return n == 0 or is_odd(n - 1)


def is_odd(n: int) -> bool:
    return n != 0 and is_even(n - 1)


def main() -> None:
    for _ in range(5):
        small()
        large()
    fib(12)
    is_even(100)
    json.dumps([[1, {"a": [2]}]] * 50, indent=1)


def profiled(path: Path, profiler: Any) -> dict[Any, Any]:
    profiler.runcall(main)
    profiler.dump_stats(str(path))
    held: dict[Any, Any] = pstats.Stats(str(path)).stats  # type: ignore[attr-defined]
    return held


def test_own_times_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "a.prof"
    stats = profiled(path, cProfile.Profile())
    capture = files.read(path)
    assert capture.value_types == (WALL,)
    assert capture.engine == "cProfile"
    assert [code for code, _ in capture.doubts] == ["estimated-stacks", "call-cost"]
    own: Counter[tuple[int, str]] = Counter()
    for sample in capture.samples:
        function = capture.function_of(capture.stacks[sample.stack][-1])
        own[function.start_line, function.name] += sample.values[0]
    expected = sorted(round(row[2] * 1e9) for row in stats.values())
    assert sorted(own.values()) == [own_ns for own_ns in expected if own_ns]
    assert capture.total() == sum(expected)


def test_total_times_are_those_of_the_profiler(tmp_path: Path) -> None:
    path = tmp_path / "a.prof"
    stats = profiled(path, cProfile.Profile())
    _, total = weights(files.read(path))
    by_name = {key[2]: row[3] * 1e9 for key, row in stats.items()}
    for name in ("main", "small", "large", "leaf", "fib", "is_even", "is_odd", "dumps"):
        (shown,) = [one for one in total if one.endswith(f".{name}")]
        assert total[shown] == pytest.approx(by_name[name], rel=0.05, abs=20_000), name


def test_names(tmp_path: Path) -> None:
    path = tmp_path / "a.prof"
    profiled(path, cProfile.Profile())
    functions = {one.name: one for one in files.read(path).functions}
    assert functions["test_pstats.leaf"].start_line == leaf.__code__.co_firstlineno
    assert functions["test_pstats.leaf"].file == leaf.__code__.co_filename
    assert "json.encoder.JSONEncoder.encode" in functions or "json.encoder.encode" in functions
    assert functions["builtins.sum"] == Function("builtins.sum", kind="native")
    assert functions["str.join"].kind == "native"


def test_file_of_the_profile_module(tmp_path: Path) -> None:
    path = tmp_path / "a.prof"
    stats = profiled(path, profile.Profile())
    capture = files.read(path)
    assert capture.total() == sum(max(round(row[2] * 1e9), 0) for row in stats.values())


ROW = (1, 1, 0.5, 0.5, {})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "tells of no function"),
        ([], "no plain value is marked"),
        ({"a": ROW}, "not named by file, line and name"),
        ({("a", 1, 2): ROW}, "not named by file, line and name"),
        ({("a.py", 1, "f"): (1, 1, 0.5)}, "two counts, two times and callers"),
        ({("a.py", 1, "f"): (1, "x", 0.5, 0.5, {})}, "a count is no number"),
        ({("a.py", 1, "f"): (1, 1, float("nan"), 0.5, {})}, "a time is no number"),
        ({("a.py", 1, "f"): (1, 1, 1e300, 0.5, {})}, "a time is no number"),
        ({("a.py", 1, "f"): (1, 1, 0.5, 0.5, {("a.py", 1, "f"): "x"})}, "two counts and two times"),
    ],
)
def test_what_cprofile_does_not_write_is_refused(tmp_path: Path, content: Any, said: str) -> None:
    path = tmp_path / "a.prof"
    path.write_bytes(marshal.dumps(content))
    with pytest.raises(InputError, match=said):
        read(path)


def test_rows_without_callers_or_with_unknown_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.prof"
    gone = {("gone.py", 1, "g"): (1, 1, 0.25, 0.25)}
    path.write_bytes(marshal.dumps({("a.py", 1, "f"): (1, 1, 0.5, 0.5, gone), ("b.py", 1, "h"): ROW}))
    own, _ = weights(files.read(path))
    assert own == {"a.f": 500_000_000, "b.h": 500_000_000}


REAL = marshal.dumps(
    {
        ("~", 0, "<built-in method builtins.sum>"): (9, 9, 0.5, 0.5, {("a.py", 4, "leaf"): (9, 9, 0.5, 0.5)}),
        ("a.py", 4, "leaf"): (9, 9, 0.25, 0.75, {("a.py", 1, "main"): (9, 9, 0.25, 0.75)}),
        ("a.py", 1, "main"): (1, 1, 0.125, 0.875, {}),
    }
)


@settings(deadline=None, max_examples=200)
@given(data=damaged(REAL))
def test_damaged_files_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read_or_refused(read, tmp_path_factory.getbasetemp() / "damaged.prof", data)


def test_recognises_by_content() -> None:
    assert recognises("a", REAL)
    assert not recognises("a.prof", b'{"a": 1}')
    assert not recognises("a.prof", b"{")
