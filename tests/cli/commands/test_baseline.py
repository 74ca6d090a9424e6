"""``perftool baseline``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from perftool.model.environment import Source
from perftool.model.listing import BaselinesPayload
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.report import BaselineInfo, Report
    from tests.cli.conftest import Run


def bench(*, dirty: bool = False) -> Report:
    environment = msgspec.structs.replace(samples.ENVIRONMENT, source=Source(commit="4f2c", branch="main", dirty=dirty))
    return msgspec.structs.replace(samples.bench(), environment=environment)


def measured(project: Path, *, dirty: bool = False) -> None:
    reports.save_run(bench(dirty=dirty), project / ".perftool" / "reports", "x")


def info(project: Path, name: str = "main", label: str = "ci-linux-x64") -> BaselineInfo:
    stored = reports.read(project / "baselines" / label / f"{name}.json").baseline
    assert stored is not None
    return stored


def test_save_the_latest_run(run: Run, project: Path) -> None:
    assert run("baseline", "save").code == 2
    measured(project)
    ran = run("baseline", "save", "--buffer", "10%", "--reason", "first")
    assert ran.code == 0
    assert "saved baseline main of ci-linux-x64" in ran.out
    assert ran.err == "next    perftool compare --baseline main latest\n"
    assert (info(project).buffer, info(project).reason, info(project).forced) == (0.1, "first", False)
    assert run("baseline", "save").code == 2


def test_a_dirty_tree_is_refused_unless_forced(run: Run, project: Path) -> None:
    measured(project, dirty=True)
    ran = run("baseline", "save")
    assert ran.code == 3
    assert "the working tree was dirty" in ran.err
    assert run("baseline", "save", "--force", "--quiet").code == 0
    assert info(project).forced


def test_update_keeps_the_buffer_unless_a_new_one_is_said(run: Run, project: Path) -> None:
    measured(project)
    assert run("baseline", "update").code == 2
    run("baseline", "save", "--buffer", "10%")
    assert run("baseline", "update", "--reason", "again").code == 0
    assert (info(project).buffer, info(project).reason) == (0.1, "again")
    assert run("baseline", "update", "--buffer", "0%").code == 0
    assert info(project).buffer == 0.0


def test_a_report_and_a_label_can_be_chosen(run: Run, project: Path) -> None:
    reports.write(bench(), project / "r.json")
    assert run("baseline", "save", "release", "r.json", "--label", "lab").code == 0
    assert info(project, "release", "lab").name == "release"
    assert reports.read(project / "baselines" / "lab" / "release.json").environment.label == "lab"


def test_the_buffer_may_come_from_the_configuration(run: Run, project: Path) -> None:
    (project / "perftool.toml").write_text('[baseline]\nbuffer = "5%"\nfolder = "perf"\n')
    measured(project)
    run("baseline", "save")
    stored = reports.read(project / "perf" / "ci-linux-x64" / "main.json").baseline
    assert stored is not None
    assert stored.buffer == 0.05


def test_list_show_and_remove(run: Run, project: Path) -> None:
    assert run("baseline", "list").code == 0
    measured(project)
    run("baseline", "save", "one")
    run("baseline", "save", "two")
    listed = reports.decode(run("baseline", "list", "--format", "json").out.encode(), name="r").payload
    assert isinstance(listed, BaselinesPayload)
    assert {entry.name for entry in listed.entries} == {"one", "two"}
    assert samples.bench().verdict.headline in run("baseline", "show", "one").out
    removed = run("baseline", "remove", "one")
    assert removed.code == 0
    assert "removed baseline one of ci-linux-x64" in removed.out
    assert "two" in removed.out
    assert run("baseline", "show", "one").err.splitlines()[0] == "perftool: error: no baseline named 'one'"


def test_a_damaged_baseline_is_a_doubt_in_the_list(run: Run, project: Path) -> None:
    (project / "baselines" / "lab").mkdir(parents=True)
    (project / "baselines" / "lab" / "main.json").write_bytes(b"{")
    ran = run("baseline", "list")
    assert ran.code == 0
    assert "ends too early" in ran.out
