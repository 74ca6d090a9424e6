"""``perftool baseline``."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from perftool.errors import OutputError
from perftool.model.bench import BenchPayload
from perftool.model.environment import Source
from perftool.model.listing import BaselinesPayload
from perftool.model.profile import CaptureReference
from perftool.profiling import files, storing
from perftool.profiling.capture import CPU, Builder, Function
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

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


def with_captures(project: Path, *names: str, stacks: int = 3) -> Report:
    """Store a run whose captures lie where bench leaves them, and return it."""
    builder = Builder((CPU,))
    for number in range(stacks):
        place = str(project / "shop" / f"prices_{number}.py")
        builder.add([builder.frame(Function("shop.total", place)), builder.frame(Function(f"shop.f{number}"))], [5])
    references = []
    for name in names:
        kept = storing.keep(replace(builder.build(), facts={"case": name}), project / ".perftool" / "captures", name)
        references.append(
            CaptureReference(kept.digest, kept.path.name, kept.size, "sampler", "cpu", suite="sql-parse", case=name)
        )
    report = bench()
    report = msgspec.structs.replace(
        report, payload=msgspec.structs.replace(report.payload, captures=tuple(references))
    )
    reports.save_run(report, project / ".perftool" / "reports", "x")
    return report


def kept(project: Path) -> dict[str, str]:
    """Return the kept captures: the part of the name behind the digest, and the digest."""
    files = sorted((project / "profiles" / "captures").glob("*"))
    assert all(storing.digest_of(path).startswith(path.name[:12]) for path in files)
    return {path.name[13:]: storing.digest_of(path) for path in files}


def named(project: Path, name: str = "main") -> dict[str, str]:
    """Return the captures that a baseline names: case and digest."""
    payload = reports.read(project / "baselines" / "ci-linux-x64" / f"{name}.json").payload
    assert isinstance(payload, BenchPayload)
    return {one.case: one.digest for one in payload.captures}


def test_captures_go_with_a_baseline_without_the_machine(run: Run, project: Path) -> None:
    with_captures(project, "CTE", "Insert")
    ran = run("baseline", "save")
    assert ran.code == 0
    assert "saved baseline main of ci-linux-x64 with 2 profiles (" in ran.out
    assert "in profiles/captures)" in ran.out
    assert set(kept(project)) == {"sql-parse-CTE-cpu.pb.gz", "sql-parse-Insert-cpu.pb.gz"}
    assert sorted(named(project).values()) == sorted(kept(project).values())
    for path in (project / "profiles" / "captures").iterdir():
        assert str(project).encode() not in gzip.decompress(path.read_bytes())
        assert {one.file for one in files.read(path).functions if one.file} == {f"shop/prices_{n}.py" for n in range(3)}


def test_captures_that_no_baseline_names_any_more_go(run: Run, project: Path) -> None:
    with_captures(project, "CTE", "Insert")
    run("baseline", "save")
    run("baseline", "save", "other")
    before = kept(project)
    with_captures(project, "CTE", "Other")
    assert run("baseline", "update").code == 0
    assert set(kept(project)) == {*before, "sql-parse-Other-cpu.pb.gz"}
    assert run("baseline", "remove", "other").code == 0
    assert set(kept(project)) == {"sql-parse-CTE-cpu.pb.gz", "sql-parse-Other-cpu.pb.gz"}
    assert run("baseline", "remove", "main").code == 0
    assert kept(project) == {}


def test_nothing_is_removed_while_a_baseline_cannot_be_read(run: Run, project: Path) -> None:
    with_captures(project, "CTE")
    run("baseline", "save")
    (project / "baselines" / "ci-linux-x64" / "odd.json").write_text("{")
    ran = run("baseline", "remove", "main")
    assert ran.code == 0
    assert "no profile was removed" in ran.out
    assert len(kept(project)) == 1


def test_a_capture_that_is_gone_is_a_warning(run: Run, project: Path) -> None:
    report = with_captures(project, "CTE", "Insert")
    assert isinstance(report.payload, BenchPayload)
    (project / ".perftool" / "captures" / report.payload.captures[0].name).unlink()
    ran = run("baseline", "save")
    assert ran.code == 0
    assert "its cpu profile is not kept" in ran.out
    assert "is not there any more" in ran.out
    assert list(named(project)) == ["Insert"]


def test_large_captures_are_folded_and_all_together_bounded(run: Run, project: Path) -> None:
    with_captures(project, "CTE", "Insert", stacks=400)
    run("baseline", "save", "whole")
    whole = sum(path.stat().st_size for path in (project / "profiles" / "captures").iterdir())
    run("baseline", "remove", "whole")
    (project / "perftool.toml").write_text(f'[baseline]\ncaptures_size = "{whole // 2}B"\n')
    run("baseline", "save")
    found = list((project / "profiles" / "captures").iterdir())
    assert 0 < sum(path.stat().st_size for path in found) <= whole // 2
    assert [files.read(path).total() for path in found] == [2000, 2000]
    assert all(doubt[0] == "stacks-folded" for path in found for doubt in files.read(path).doubts)


def test_a_refused_baseline_keeps_no_captures(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_captures(project, "CTE")
    run("baseline", "save")
    kept_before = kept(project)
    with_captures(project, "Other")
    assert run("baseline", "save").code == 2

    def full(*_: object) -> None:
        raise OutputError("disk full")

    monkeypatch.setattr(reports, "write", full)
    assert run("baseline", "update").code == 5
    assert kept(project) == kept_before
