"""Files that Google Benchmark wrote."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare import inputs
from perftool.errors import InputError

if TYPE_CHECKING:
    from perftool.compare.api import Imported

FOLDER = Path(__file__).parents[2] / "data" / "foreign"
PROGRAM = FOLDER / "google_benchmark.py.txt"


def read(name: str) -> Imported:
    with (FOLDER / name).open("rb") as stream:
        return inputs.read(stream, name)


def written(*benchmarks: dict[str, Any], **context: Any) -> bytes:
    return json.dumps({"context": {"library_build_type": "release"} | context, "benchmarks": list(benchmarks)}).encode()


def read_bytes(data: bytes) -> Imported:
    return inputs.read(io.BytesIO(data), "g.json")


def entry(name: str = "BM", **fields: Any) -> dict[str, Any]:
    return {"name": name, "run_name": name, "run_type": "iteration", "real_time": 2.0, "cpu_time": 1.0} | fields


def test_repetitions_are_values_in_seconds() -> None:
    found = read("google_benchmark_python.json")
    runs = [
        one
        for one in json.loads((FOLDER / "google_benchmark_python.json").read_text())["benchmarks"]
        if one["run_name"] == "sorting/256" and one["run_type"] == "iteration"
    ]
    assert found.format == "google-benchmark"
    values = {one.unit: list(one.values) for one in found.series if one.name == "sorting/256"}
    assert values == {
        "cpu-sec/op": [one["cpu_time"] * 1e-6 for one in runs],
        "sec/op": [one["real_time"] * 1e-6 for one in runs],
        "B/s": [one["bytes_per_second"] for one in runs],
        "items/s": [one["items_per_second"] for one in runs],
    }


def test_what_gates_is_the_time_that_the_library_goes_by() -> None:
    found = read("google_benchmark_threads.json")
    gates = {(one.name, one.unit): one.gates for one in found.series}
    assert gates == {
        ("BM_Sum/64", "cpu-sec/op"): True,
        ("BM_Sum/64", "sec/op"): False,
        ("BM_Sum/64", "B/s"): False,
        ("BM_Sum/64", "items/s"): False,
        ("BM_Sum/512", "cpu-sec/op"): True,
        ("BM_Sum/512", "sec/op"): False,
        ("BM_Sum/512", "B/s"): False,
        ("BM_Sum/512", "items/s"): False,
        ("BM_Sleep/real_time/threads:2", "cpu-sec/op"): False,
        ("BM_Sleep/real_time/threads:2", "sec/op"): True,
        ("BM_Sleep/real_time/threads:2", "depth"): False,
    }


def test_doubts_of_a_real_file() -> None:
    found = read("google_benchmark_threads.json")
    assert [(one.code, one.subject) for one in found.warnings] == [
        ("failed-runs", "BM_Broken"),
        ("one-process", "google_benchmark_threads.json"),
        ("debug-build", "google_benchmark_threads.json"),
    ]
    assert found.warnings[0].message == "3 runs skipped or stopped with an error: no data"


def test_aggregates_alone_give_their_median() -> None:
    found = read("google_benchmark_aggregates.json")
    medians = {
        one["run_name"]: one["cpu_time"]
        for one in json.loads((FOLDER / "google_benchmark_aggregates.json").read_text())["benchmarks"]
        if one.get("aggregate_name") == "median" and one["time_unit"] == "ns"
    }
    values = {one.name: list(one.values) for one in found.series if one.unit == "cpu-sec/op"}
    assert {name: values[name] for name in medians} == {name: [value * 1e-9] for name, value in medians.items()}
    assert [one.code for one in found.warnings] == ["failed-runs", "aggregates-only"]


def test_the_mean_serves_where_there_is_no_median() -> None:
    mean = entry(run_type="aggregate", aggregate_name="mean", cpu_time=7.0)
    deviation = entry(run_type="aggregate", aggregate_name="stddev", cpu_time=1.0)
    found = read_bytes(written(deviation, mean))
    assert [list(one.values) for one in found.series if one.unit == "cpu-sec/op"] == [[7.0 * 1e-9]]


def test_files_without_run_names_are_told_by_the_ending() -> None:
    old = [{"name": name, "real_time": 2.0, "cpu_time": 1.0} for name in ("BM", "BM", "BM_mean", "BM_BigO", "BM_cv")]
    found = read_bytes(written(*old))
    assert [(one.name, one.unit, len(one.values)) for one in found.series] == [
        ("BM", "cpu-sec/op", 2),
        ("BM", "sec/op", 2),
    ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("allocs_per_iter", ("allocs/op", "lower", None)),
        ("max_bytes_used", ("peak-B", "lower", None)),
        ("bytes_per_second", ("B/s", "higher", False)),
        ("my_counter", ("my_counter", "unknown", False)),
    ],
)
def test_counters(key: str, expected: tuple[str, str, bool | None]) -> None:
    found = read_bytes(written(entry(**{key: 3})))
    assert [(one.unit, one.better, one.gates) for one in found.series if one.written_unit == key] == [expected]


def test_what_is_no_finite_number_is_left_out_and_counted() -> None:
    data = written(entry(rate=0.0, huge=10**400)).replace(b'"rate": 0.0', b'"rate": NaN, "top": -Infinity')
    found = read_bytes(data)
    assert [one.unit for one in found.series] == ["cpu-sec/op", "sec/op"]
    assert [one.message for one in found.warnings] == ["3 values that are no finite numbers were left out"]


def test_a_changing_clock_rate_is_doubted() -> None:
    assert [one.code for one in read_bytes(written(entry(), cpu_scaling_enabled=True)).warnings] == ["cpu-scaling"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (written(), r"no benchmark with values$"),
        (written(entry(skipped=True, skip_message="no\nGPU")), r"\(BM 1 run skipped .*: no GPU\)"),
        (written(entry(time_unit="weeks")), r"BM: no time unit 'weeks'"),
        (written(entry(real_time="long")), r"not a usable Google Benchmark file"),
        (written(entry(x=1)).replace(b'"x": 1}', b'"x": NaN, '), r"ends too early|not JSON"),
    ],
)
def test_what_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bytes(data)


@given(
    st.lists(st.floats(min_value=1e-3, max_value=1e9), min_size=1, max_size=5),
    st.sampled_from([("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0)]),
)
def test_every_repetition_comes_back(times: list[float], unit: tuple[str, float]) -> None:
    found = read_bytes(written(*(entry("BM/real_time", real_time=time, time_unit=unit[0]) for time in times)))
    (one,) = [one for one in found.series if one.gates]
    assert (one.unit, one.better, list(one.values)) == ("sec/op", "lower", [time * unit[1] for time in times])


def test_what_the_installed_library_writes(tmp_path: Path) -> None:
    pytest.importorskip("google_benchmark", reason="google-benchmark is not installed", exc_type=ImportError)
    options = ["--benchmark_repetitions=2", "--benchmark_min_time=0.001s", "--benchmark_out_format=json"]
    path = tmp_path / "out.json"
    subprocess.run(
        [sys.executable, "-", *options, f"--benchmark_out={path}"],
        input=PROGRAM.read_bytes(),
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=True,
    )
    with path.open("rb") as stream:
        found = inputs.read(stream, "out.json")
    assert {(one.name, one.unit, len(one.values)) for one in found.series if one.gates} == {
        ("sum_million", "cpu-sec/op", 2),
        ("sorting/256", "cpu-sec/op", 2),
        ("sorting/512", "cpu-sec/op", 2),
        ("sleep/real_time", "sec/op", 2),
    }
    assert ("failed-runs", "broken") in [(one.code, one.subject) for one in found.warnings]
