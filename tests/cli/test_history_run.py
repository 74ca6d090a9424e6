"""``perftool compare --history``."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.cli.history_run import alone
from perftool.compare.matcher import CompareQuery
from perftool.errors import UsageError
from perftool.model.environment import Source
from perftool.model.measurement import Measurement
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def keep(folder: Path, count: int, *, slower_from: int = 1000, cpu: str = "", start: int = 0) -> None:
    """Write ``count`` reports, a day each, whose benchmark is 40 % slower from one of them on."""
    folder.mkdir(exist_ok=True)
    source = random.Random(7)
    for index in range(start, start + count):
        time = 1e-3 * (1.4 if index >= slower_from else 1.0) * source.gauss(1, 0.01)
        values = tuple(time * source.gauss(1, 0.005) for _ in range(8))
        environment = msgspec.structs.replace(
            samples.ENVIRONMENT, source=Source(commit=f"{index:040x}", branch="main", dirty=False)
        )
        if cpu:
            environment = msgspec.structs.replace(environment, cpu=msgspec.structs.replace(environment.cpu, model=cpu))
        report = msgspec.structs.replace(
            samples.bench(),
            measurements=(Measurement(suite="s", case="c", unit="cpu-sec/op", better="lower", values=values),),
            environment=environment,
            warnings=(),
            created=f"2026-{1 + index // 28:02}-{1 + index % 28:02}T00:00:00Z",
        )
        # Names say nothing of the order.
        reports.write(report, folder / f"{(index * 7) % 101:03}.json")


@pytest.fixture
def runs(project: Path) -> Path:
    """Twenty runs of one level and ten of a slower one."""
    keep(project / "runs", 30, slower_from=20)
    return project / "runs"


def test_the_exit_code_is_the_verdict(run: Run, runs: Path) -> None:
    ran = run("compare", "--history", "runs")
    assert (ran.code, ran.err) == (1, "")
    assert "✗ 1 regression, 0 warnings, 0 unchanged, 0 undecided over 30 runs" in ran.out
    assert "slower since 000000000 (2026-01-21)" in ran.out
    assert run("compare", "--history", "runs", "--fail-over", "60%", "--warn-over", "50%").code == 0
    assert run("compare", "--history", "runs", "--no-gate").code == 0


def test_the_report_can_be_shown_again(run: Run, runs: Path) -> None:
    assert run("compare", "--history", "runs", "-o", "h.json", "-o", "h.html", "-o", "h.md", "-o", "h.csv").code == 1
    stored = json.loads((runs.parent / "h.json").read_bytes())
    assert stored["payload"]["kind"] == "history"
    assert [change["at"] for change in stored["payload"]["series"][0]["changes"]] == [20]
    assert "<svg" in (runs.parent / "h.html").read_text("utf-8")
    assert len((runs.parent / "h.csv").read_text("utf-8").splitlines()) == 31
    assert "1 regression" in run("show", "h.json").out


def test_a_copy_of_a_run_counts_once(run: Run, runs: Path) -> None:
    (runs / "latest.json").write_bytes((runs / "000.json").read_bytes())
    assert "over 30 runs" in run("compare", "--history", "runs").out


def test_what_cannot_be_read_is_a_warning(run: Run, runs: Path) -> None:
    (runs / "notes.txt").write_text("nothing\n")
    (runs / "broken.json").write_text('{"schema_version": "1.1", "tool"')
    (runs / ".hidden.json").write_text("{")
    (runs / "folder").mkdir()
    ran = run("compare", "--history", "runs")
    assert ran.code == 1
    assert "over 30 runs" in ran.out
    assert "notes.txt: left out: no benchmark results in it" in ran.out
    assert "broken.json" in ran.out
    assert "hidden" not in ran.out


def test_another_machine_is_another_series(run: Run, project: Path) -> None:
    keep(project / "runs", 15)
    keep(project / "runs", 15, cpu="Slower CPU", slower_from=0, start=15)
    ran = run("compare", "--history", "runs")
    assert ran.code == 0
    assert "in another environment, not judged" in ran.out


def test_a_filter_selects(run: Run, runs: Path) -> None:
    ran = run("compare", "--history", "runs", "--filter", ".name:other")
    assert ran.code == 3
    assert "the filter leaves nothing" in ran.out
    assert run("compare", "--history", "runs", "--filter", "/x").code == 2


def test_too_few_runs_are_no_pass(run: Run, project: Path) -> None:
    keep(project / "runs", 4)
    ran = run("compare", "--history", "runs")
    assert ran.code == 3
    assert "needs 9 runs in one environment, there are 4" in ran.out


def test_a_folder_without_runs_or_none_at_all(run: Run, project: Path) -> None:
    (project / "empty").mkdir()
    ran = run("compare", "--history", "empty")
    assert ran.code == 3
    assert "no run could be read, the folder holds no files" in ran.err
    (project / "empty" / "a.txt").write_text("x\n")
    assert "a.txt left out: no benchmark results" in run("compare", "--history", "empty").err
    assert run("compare", "--history", "absent").code == 2
    assert "not a directory" in run("compare", "--history", "empty/a.txt").err


def test_nothing_else_goes_with_it(run: Run, runs: Path) -> None:
    ran = run("compare", "--history", "runs", "a.txt", "--baseline", "main")
    assert ran.code == 2
    assert "files, --baseline cannot be used with it" in ran.err
    assert "--row cannot" in run("compare", "--history", "runs", "--row", ".name").err
    with pytest.raises(UsageError, match="--paired, --col cannot"):
        alone({"files": None, "--paired": True}, CompareQuery(column=".name"))
    alone({"files": [], "--paired": False}, CompareQuery(filter=".name:A"))


def test_a_format_that_cannot_show_it_says_which_can(run: Run, runs: Path) -> None:
    ran = run("compare", "--history", "runs", "--format", "benchstat")
    assert ran.code == 2
    assert "html" in ran.err
