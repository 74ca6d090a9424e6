"""Files that asv wrote."""

from __future__ import annotations

import io
import json
import math
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
BENCHMARKS = FOLDER / "asv_benchmarks.py.txt"
COLUMNS = ["result", "params", "version", "samples"]


def read(name: str) -> Imported:
    with (FOLDER / name).open("rb") as stream:
        return inputs.read(stream, name)


def read_results(results: dict[str, Any], **fields: Any) -> Imported:
    data = {"commit_hash": "c0ffee", "requirements": {}, "params": {}, "result_columns": COLUMNS} | fields
    document = {key: value for key, value in (data | {"results": results}).items() if value is not None}
    return inputs.read(io.BytesIO(json.dumps(document).encode()), "a.json")


def rows(found: Imported) -> dict[str, list[float]]:
    return {one.name: list(one.values) for one in found.series}


def test_samples_are_values_and_parameters_part_of_the_name() -> None:
    found = read("asv_samples.json")
    assert found.format == "asv"
    assert [(one.name, one.unit, one.better, one.gates, one.exact, len(one.values)) for one in found.series] == [
        ("tiny.Sorting.time_sort/100/plain", "sec/op", "lower", None, False, 4),
        ("tiny.Sorting.time_sort/100/reverse", "sec/op", "lower", None, False, 4),
        ("tiny.Sorting.time_sort/1000/plain", "sec/op", "lower", None, False, 4),
        ("tiny.Sorting.track_length/100/plain", "value", "unknown", False, False, 1),
        ("tiny.Sorting.track_length/100/reverse", "value", "unknown", False, False, 1),
        ("tiny.Sorting.track_length/1000/plain", "value", "unknown", False, False, 1),
        ("tiny.mem_list", "B", "lower", None, True, 1),
        ("tiny.peakmem_list", "peak-RSS-B", "lower", False, False, 1),
        ("tiny.time_sum", "sec/op", "lower", None, False, 4),
        ("tiny.timeraw_start", "sec/op", "lower", None, False, 4),
    ]
    written = json.loads((FOLDER / "asv_samples.json").read_text())
    samples = written["results"]["tiny.Sorting.time_sort"][written["result_columns"].index("samples")]
    assert [list(one.values) for one in found.series[:3]] == samples[:3]


def test_what_failed_is_named_what_was_skipped_is_not() -> None:
    found = read("asv_samples.json")
    assert [(one.code, one.message.split(":")[0]) for one in found.warnings] == [
        ("failed-runs", "tiny.time_broken failed under asv"),
        (
            "one-process",
            "asv does not tell the processes of its samples apart, and those of one process share its memory layout",
        ),
    ]


def test_without_samples_a_benchmark_is_one_value_and_doubted() -> None:
    found = read("asv_aggregates.json")
    assert {len(one.values) for one in found.series} == {1}
    assert [one.code for one in found.warnings] == ["failed-runs", "aggregates-only"]
    assert "--record-samples" in found.warnings[1].message


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("time_x", "sec/op"),
        ("Suite.timeraw_x", "sec/op"),
        ("TimeSort", "sec/op"),
        ("m.PeakMemSort", "peak-RSS-B"),
        ("m.mem_x", "B"),
        ("m.track_x", "value"),
        ("m.timely", "value"),
        ("time_out.ray_x", "value"),
    ],
)
def test_the_name_tells_the_unit(name: str, unit: str) -> None:
    assert [one.unit for one in read_results({name: [[1.0], []]}).series] == [unit]


def test_facts_hold_no_path() -> None:
    fields: dict[str, Any] = {"params": {"cpu": "A CPU", "os": "Linux 6", "machine": "x"}}
    found = read_results({"time_x": [[1.0]]}, python="3.12", **fields)
    assert dict(found.facts) == {"python": "3.12", "cpu": "A CPU", "os": "Linux 6", "commit": "c0ffee"}
    assert "python" not in dict(read_results({"time_x": [[1.0]]}, python="/usr/bin/python3").facts)


def test_results_of_format_1() -> None:
    found = read_results(
        {
            "time_a": 1.5,
            "time_b": {"result": [1.0, None], "params": [["1", "2"]], "samples": [[1.0, 2.0], None]},
            "time_c": {"result": 4.0, "stats": None},
            "time_d": None,
        },
        result_columns=None,
    )
    assert rows(found) == {"time_a": [1.5], "time_b/1": [1.0, 2.0], "time_c": [4.0]}
    assert found.warnings[0].message == "time_b/2, time_d failed under asv"


def test_values_that_are_no_numbers_are_left_out() -> None:
    results = {"time_a": [[math.inf, math.nan, 3.0], [["1", "2", "3"]], "", [None, None, [math.nan, 2.0, None]]]}
    assert rows(read_results(results)) == {"time_a/3": [2.0]}


@pytest.mark.parametrize(
    "row",
    [
        "text",
        {"result": [1.0]},
        [[1.0, 2.0], [["1"]]],
        [["fast"], []],
        [[1.0], [], "", [[1.0], [2.0]]],
        [[1.0], "params"],
    ],
)
def test_a_row_that_cannot_be_understood_costs_itself_only(row: Any) -> None:
    found = read_results({"time_good": [[1.0], []], "time_bad": row})
    assert rows(found) == {"time_good": [1.0]}
    assert found.warnings[0].message == "time_bad left out: the values cannot be understood"


def test_many_failures_are_one_doubt() -> None:
    found = read_results({"time_x": [[1.0]]} | {f"time_{n}": [None] for n in range(5)})
    assert found.warnings[0].message == "time_0, time_1, time_2 and 2 more failed under asv"


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ({}, r"no benchmark with values$"),
        ({"time_x": [None]}, r"no benchmark with values \(time_x failed under asv\)"),
        ([], "not a usable asv file"),
    ],
)
def test_what_is_refused(results: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_results(results)


@pytest.mark.parametrize("name", ["asv_samples.json", "asv_aggregates.json"])
def test_a_cut_file_is_called_cut_though_it_holds_nan(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    with pytest.raises(InputError, match="ends too early"):
        inputs.read(io.BytesIO(data[: data.index(b"NaN") + 40]), name)


@pytest.mark.parametrize("wrong", ["9" * 5000, '"\\ud800"'])
def test_what_is_no_json_stays_refused_beside_nan(wrong: str) -> None:
    data = (FOLDER / "asv_samples.json").read_bytes().replace(b'"env_vars": {}', f'"env_vars": {wrong}'.encode())
    with pytest.raises(InputError, match="not JSON"):
        inputs.read(io.BytesIO(data), "a.json")


@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_the_last_parameter_runs_fastest(first: int, second: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.floats(1e-9, 1e3), min_size=first * second, max_size=first * second))
    params = [[str(n) for n in range(first)], [repr(f"v{n}") for n in range(second)]]
    found = read_results({"time_x": [values, params]})
    labels = [f"time_x/{a}/v{b}" for a in range(first) for b in range(second)]
    assert rows(found) == {label: [value] for label, value in zip(labels, values, strict=True)}


def test_what_the_installed_asv_writes(tmp_path: Path) -> None:
    pytest.importorskip("asv", reason="asv is not installed", exc_type=ImportError)
    benchmarks = tmp_path / "benchmarks"
    benchmarks.mkdir()
    (benchmarks / "__init__.py").touch()
    (benchmarks / "tiny.py").write_bytes(BENCHMARKS.read_bytes())
    conf = {"version": 1, "project": "tiny", "repo": ".", "branches": ["HEAD"], "environment_type": "existing"}
    (tmp_path / "asv.conf.json").write_text(json.dumps(conf | {"benchmark_dir": "benchmarks"}))
    # asv keeps its description of the machine in the home folder.
    environment = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "GIT_CONFIG_GLOBAL": os.devnull}

    def run(*command: str, code: int = 0) -> str:
        ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert ran.returncode == code, ran.stdout + ran.stderr
        return ran.stdout.strip()

    run("git", "init", "--quiet", ".")
    run("git", "add", "--all")
    run("git", "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "--message=one")
    asv = (sys.executable, "-m", "asv")
    run(*asv, "machine", "--yes", "--machine", "ci")
    quick = ("repeat=2", "rounds=1", "sample_time=0.001", "warmup_time=0")
    attributes = [word for one in quick for word in ("--attribute", one)]
    commit = run("git", "rev-parse", "HEAD")
    # 2 says that a benchmark failed, which time_broken is there for.
    options = ["--python=same", "--machine=ci", "--record-samples", f"--set-commit-hash={commit}", *attributes]
    run(*asv, "run", *options, code=2)
    (path,) = (tmp_path / "results" / "ci").glob("*-existing-*.json")
    with path.open("rb") as stream:
        found = inputs.read(stream, path.name)
    assert {(one.name, one.unit, len(one.values)) for one in found.series if one.gates is None} == {
        ("tiny.Sorting.time_sort/100/plain", "sec/op", 2),
        ("tiny.Sorting.time_sort/100/reverse", "sec/op", 2),
        ("tiny.Sorting.time_sort/1000/plain", "sec/op", 2),
        ("tiny.mem_list", "B", 1),
        ("tiny.time_sum", "sec/op", 2),
        ("tiny.timeraw_start", "sec/op", 2),
    }
    assert dict(found.facts)["commit"] == commit
