"""The study of loads: its arithmetic, on reports that no machine gave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from docs.evidence import load_study
from docs.evidence.loads import bench_loads

if TYPE_CHECKING:
    from pathlib import Path


def report(pace: float, memory: float, factor: float = 1.0) -> dict[str, Any]:
    """Return what a run leaves on a machine ``pace`` times as slow whose memory is ``memory`` times as slow."""
    wobble = [1.0, 1.02, 0.98, 1.01, 0.99, 1.0]

    def measurement(suite: str, case: str, value: float, unit: str = "cpu-sec/op", **parameters: str) -> dict[str, Any]:
        values = [value * w for w in wobble for _ in range(2)]
        blocks = [block for block in range(6) for _ in range(2)]
        named = {"suite": suite, "case": case, "unit": unit, "parameters": parameters}
        return {**named, "values": values, "blocks": blocks}

    kernel = [measurement("perftool", "yardstick", 0.004 * pace, part="cpu")]
    kernel.append(measurement("perftool", "yardstick", 0.005 * memory, part="memory"))
    cases = [measurement("s", "c", 1e-3 * pace * factor), measurement("s", "c", 2e-3 * pace, "sec/op")]
    return {"measurements": cases, "payload": {"yardstick": kernel}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(2):
        load_study.file(tmp_path, number, "idle").write_text(json.dumps(report(1.0, 1.0)))
        load_study.file(tmp_path, number, "CPU, same core").write_text(json.dumps(report(1.5, 3.0)))
    return tmp_path


def test_the_pace_of_the_machine_is_taken_out(folder: Path) -> None:
    rows = [row for row in load_study.errors(folder) if row["load"] != "idle"]
    assert len(rows) == 4
    for row in rows:
        assert row["raw"] == pytest.approx(0.5)
        assert row["wall"] == pytest.approx(0.5)
        assert row["cpu"] == row["cpu by run"] == pytest.approx(0, abs=1e-12)
        assert row["memory"] == pytest.approx(-0.5)


def test_idle_runs_are_compared_with_each_other_once(folder: Path) -> None:
    idle = [row for row in load_study.errors(folder) if row["load"] == "idle"]
    assert [(row["idle"], row["run"]) for row in idle] == [(0, 1)]


def test_the_table_tells_median_and_largest_error(folder: Path) -> None:
    lines = list(load_study.table(load_study.errors(folder)))
    (told,) = [line for line in lines if line.startswith("| CPU, same core |")]
    assert told.count("50.0% / 50.0% / 50.0%") >= 2
    assert "0.0% / 0.0% / 0.0%" in told
    assert any(line.startswith("| s/c |") for line in lines)
    assert lines[-1].startswith("scatter between blocks: raw ")


def test_what_is_kept_sums_up_every_load_and_case(folder: Path) -> None:
    idle, loaded = sorted(load_study.summary(load_study.errors(folder)), key=lambda row: row["pairs"])
    assert (idle["load"], idle["pairs"], idle["raw"]) == ("idle", 1, [0.0, 0.0, 0.0])
    assert (loaded["load"], loaded["pairs"], loaded["raw"]) == ("CPU, same core", 4, [0.5, 0.5, 0.5])


def test_no_runs_replace_nothing_that_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_study, "HERE", tmp_path)
    monkeypatch.setattr("sys.argv", ["load_study", "--only-table", "--folder", str(tmp_path / "none")])
    with pytest.raises(SystemExit, match="2"):
        load_study.main()
    assert not (tmp_path / "load_study.json").exists()


def test_the_work_is_done() -> None:
    for name in ("loop", "json", "regex", "sort", "hash", "allocate"):
        assert getattr(bench_loads, f"bench_{name}")() > 0
    assert bench_loads.bench_copy(**bench_loads.setup_copy()) == 0
