"""Files and folders that criterion.rs wrote."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.cli.compare_inputs import read as read_path
from perftool.compare import inputs
from perftool.compare.inputs import NamedInput
from perftool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from perftool.compare.api import Imported

FOLDER = Path(__file__).parents[2] / "data" / "foreign"
CRATES = Path("/usr/share/cargo/registry")
SAMPLE = b'{"sampling_mode": "Linear", "iters": [1.0, 2.0], "times": [10.0, 30.0]}'


class Files:
    """A folder in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.names: Sequence[str] = tuple(sorted(files))

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        return nullcontext(io.BytesIO(self.files[name]))


def gather(files: dict[str, bytes], name: str = "old") -> Imported:
    found = inputs.read_folder(Files(files), name)
    assert found is not None
    return found


def read_file(data: bytes, name: str = "target/criterion/fib 20/new/sample.json") -> Imported:
    return inputs.read(io.BytesIO(data), name)


def identity(full_id: str) -> bytes:
    return json.dumps({"full_id": full_id}).encode()


def test_a_folder_is_all_benchmarks_of_the_last_run() -> None:
    path = FOLDER / "criterion"
    found = read_path(NamedInput("", str(path)), "old")
    assert found.format == "criterion"
    assert [(one.name, one.unit, one.written_unit, one.better, len(one.values)) for one in found.series] == [
        ("fib 10", "sec/op", "ns/op", "lower", 10),
        ("flat/fib 20", "sec/op", "ns/op", "lower", 10),
        ("sum/of bytes/iter/100", "sec/op", "ns/op", "lower", 10),
        ("sum/of bytes/iter/1000", "sec/op", "ns/op", "lower", 10),
    ]
    assert [one.code for one in found.warnings] == ["one-process"]


@pytest.mark.parametrize("place", ["fib 10", "sum_of bytes/iter/100", "flat/fib 20"])
def test_the_median_is_criterions_own(place: str) -> None:
    folder = FOLDER / "criterion" / place / "new"
    (one,) = read_path(NamedInput("", str(folder)), "x").series
    estimates = json.loads((folder / "estimates.json").read_text())
    assert median(one.values) == pytest.approx(estimates["median"]["point_estimate"] * 1e-9)


def test_one_file_is_named_by_its_path() -> None:
    for name in ("sample.json", "estimates.json"):
        path = FOLDER / "criterion" / "sum_of bytes" / "iter" / "100" / "new" / name
        with path.open("rb") as stream:
            (one,) = inputs.read(stream, str(path)).series
        assert one.name == "sum_of bytes/iter/100"


@pytest.mark.parametrize(
    ("path", "name", "codes"),
    [
        ("target/criterion/fib 20/new/sample.json", "fib 20", ["one-process"]),
        ("C:\\work\\target\\criterion\\g\\1\\main\\sample.json", "g/1", ["one-process"]),
        ("old/fib 20/base/sample.json", "fib 20", ["one-process"]),
        ("../new/sample.json", "benchmark", ["unnamed-benchmark", "one-process"]),
        ("sample.json", "benchmark", ["unnamed-benchmark", "one-process"]),
        ("data/other.json", "benchmark", ["unnamed-benchmark", "one-process"]),
        ("-", "benchmark", ["unnamed-benchmark", "one-process"]),
    ],
)
def test_names_from_paths(path: str, name: str, codes: list[str]) -> None:
    found = read_file(SAMPLE, path)
    assert [one.name for one in found.series] == [name]
    assert [one.code for one in found.warnings] == codes


def test_estimates_alone_are_one_value_and_doubted() -> None:
    data = (FOLDER / "criterion_estimates.json").read_bytes()
    found = read_file(data, "criterion/flat/fib 20/new/estimates.json")
    assert [list(one.values) for one in found.series] == [[json.loads(data)["median"]["point_estimate"] * 1e-9]]
    assert [one.code for one in found.warnings] == ["aggregates-only"]
    assert "sample.json" in found.warnings[0].message


def test_samples_are_preferred_and_other_runs_left_alone() -> None:
    estimates = (FOLDER / "criterion_estimates.json").read_bytes()
    found = gather(
        {
            "a/new/benchmark.json": identity("a"),
            "a/new/estimates.json": estimates,
            "a/new/sample.json": SAMPLE,
            "a/base/sample.json": SAMPLE,
            "a/change/estimates.json": b"{}",
            "b/new/estimates.json": estimates,
        }
    )
    assert [(one.name, len(one.values)) for one in found.series] == [("a", 2), ("b", 1)]
    assert found.warnings[0].message.startswith("1 of 2 benchmarks have only aggregates")


def test_a_damaged_file_costs_its_benchmark_only() -> None:
    found = gather({"a/new/sample.json": SAMPLE, "b/new/sample.json": SAMPLE[:20], "c/new/sample.json": b"[]"})
    assert [one.name for one in found.series] == ["a"]
    left_out = [one.message for one in found.warnings if one.code == "unusable-benchmark"]
    assert [text.split(": ")[1] for text in left_out] == ["old/b/new/sample.json", "old/c/new/sample.json"]
    with pytest.raises(InputError, match=r"^old: no benchmark with values \(left out: old/b/new/sample.json: "):
        gather({"b/new/sample.json": SAMPLE[:20]})
    with pytest.raises(InputError, match=r"benchmark.json: not a usable criterion file"):
        gather({"b/new/sample.json": SAMPLE, "b/new/benchmark.json": b"{}"})


def test_another_folder_is_not_criterions() -> None:
    assert inputs.read_folder(Files({"x.json": SAMPLE, "new/other.json": SAMPLE}), "x") is None


class Unreadable(Files):
    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        raise OSError(5, "Input/output error")


def test_a_folder_that_breaks_off_is_named() -> None:
    with pytest.raises(InputError, match=r"^old: cannot be read to its end: Input/output error"):
        inputs.read_folder(Unreadable({"a/new/sample.json": SAMPLE}), "old")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"times": [1.0]}, "2 iters but 1 times"),
        ({"iters": [0.0, -1.0]}, "no times in it"),
        ({"iters": [], "times": []}, "no times in it"),
        ({"iters": None}, "no times in it"),
        ({"times": ["a", "b"]}, "not a usable criterion file"),
        ({"iters": [1e-300, 1e-300], "times": [1e300, 1e300]}, "no times in it"),
    ],
)
def test_what_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_file(json.dumps(json.loads(SAMPLE) | changed).encode())


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**12)), min_size=1, max_size=20))
def test_every_sample_comes_back(samples: list[tuple[int, int]]) -> None:
    data = {"iters": [float(count) for count, _ in samples], "times": [float(time) for _, time in samples]}
    (one,) = read_file(json.dumps(data).encode()).series
    assert list(one.values) == [time / count * 1e-9 for count, time in samples]


@pytest.mark.skipif("PERFTOOL_TEST_CARGO" not in os.environ, reason="compiles for 2 minutes: PERFTOOL_TEST_CARGO=1")
def test_what_the_installed_library_writes(tmp_path: Path) -> None:
    if shutil.which("cargo") is None or not list(CRATES.glob("criterion-0*")):
        pytest.skip("cargo or Debian's librust-criterion-dev is not installed")
    recipe = FOLDER / "criterion_crate"
    for file in recipe.rglob("*.txt"):
        target = tmp_path / file.relative_to(recipe).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    environment = os.environ | {"CARGO_TARGET_DIR": str(tmp_path / "target")}
    ran = subprocess.run(["cargo", "bench", "--offline"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    if ran.returncode:
        pytest.skip(f"criterion cannot be built here: {ran.stderr[-200:]}")
    found = read_path(NamedInput("", str(tmp_path / "target" / "criterion")), "new")
    assert {one.name for one in found.series} == {
        "fib 10", "flat/fib 20", "sum/of bytes/iter/100", "sum/of bytes/iter/1000"
    }  # fmt: skip
    assert {len(one.values) for one in found.series} == {10}
