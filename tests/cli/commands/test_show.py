"""``perftool show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.render import dispatch
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_any_report_in_any_format_that_can(run: Run, project: Path) -> None:
    for path in samples.FOLDER.glob("*.json"):
        kind = reports.read(path).kind
        for name in dispatch.available(kind):
            ran = run("show", str(path), "--format", name)
            assert ran.code == 0, (path.stem, name, ran.err)
            assert ran.out


def test_the_exit_code_is_0_whatever_was_judged(run: Run) -> None:
    report = samples.compare()
    assert report.verdict.outcome == "fail"
    assert run("show", str(samples.FOLDER / "compare.json")).code == 0


def test_a_format_that_cannot_is_refused_naming_those_that_can(run: Run) -> None:
    ran = run("show", str(samples.FOLDER / "setup.json"), "--format", "gobench")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == "perftool: error: format 'gobench' cannot show a report of kind 'setup'"
    assert "json" in ran.err.splitlines()[1]


def test_json_is_the_report_itself(run: Run) -> None:
    path = samples.FOLDER / "bench.json"
    assert reports.decode(run("show", str(path), "-f", "json").out.encode(), name="r") == reports.read(path)


def test_without_a_name_it_is_the_latest(run: Run, project: Path) -> None:
    assert run("show").err == "perftool: error: no report yet in .perftool/reports\n  perftool bench\n"
    reports.save_run(samples.bench(), project / ".perftool" / "reports", "x")
    assert samples.bench().verdict.headline in run("show").out


@pytest.mark.parametrize("flag", ["--quiet", "--ascii", "--verbose"])
def test_flags_reach_the_format(run: Run, flag: str) -> None:
    plain, changed = (
        run("show", str(samples.FOLDER / "bench.json")),
        run("show", str(samples.FOLDER / "bench.json"), flag),
    )
    assert changed.code == 0
    assert changed.out != plain.out
    if flag == "--ascii":
        assert changed.out.isascii()
    if flag == "--quiet":
        assert len(changed.out.splitlines()) == 1


def test_a_damaged_report_is_code_3(run: Run, project: Path) -> None:
    (project / "r.json").write_bytes(msgspec.json.encode(samples.bench())[:-9])
    ran = run("show", "r.json")
    assert ran.code == 3
    assert "the JSON ends too early" in ran.err
