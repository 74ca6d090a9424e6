"""What commands get from the options before them."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from perftool.cli import session
from perftool.errors import InputError, UsageError
from perftool.model.listing import SetupPayload
from perftool.model.verdict import ReportWarning
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from pathlib import Path


def test_outside_of_a_command_there_is_a_plain_session() -> None:
    assert (session.current().config, session.current().debug) == (None, False)


def test_settings_are_those_of_the_working_folder(project: Path) -> None:
    (project / "perftool.toml").write_text('label = "lab"\n')
    settings = session.settings({"bench.blocks": 3}, profile="quick")
    assert (settings.label, settings.bench.blocks, settings.bench.samples) == ("lab", 3, 2)
    assert session.environment(settings).label == "lab"


def test_a_plain_report_passes_and_warns_with_doubts(project: Path) -> None:
    settings = session.settings()
    report = session.plain_report(SetupPayload(files=()), "done", settings)
    assert (report.verdict.outcome, report.verdict.headline) == ("pass", "done")
    doubt = ReportWarning(code="x", message="y")
    assert session.plain_report(SetupPayload(files=()), "done", settings, warnings=[doubt]).verdict.outcome == "warn"


def test_reports_are_opened_by_path_by_latest_and_from_standard_input(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = session.settings()
    with pytest.raises(UsageError, match="no report yet"):
        session.open_report("latest", settings)
    path = reports.save_run(samples.bench(), settings.report_folder, "x")
    expected = reports.read(path)
    assert session.open_report("latest", settings) == expected
    assert session.open_report(str(path), settings) == expected
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(path.read_bytes())))
    assert session.open_report("-", settings) == expected
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"{")))
    with pytest.raises(InputError, match="standard input:1:2"):
        session.open_report("-", settings)
    (project / "latest").write_bytes(b"")
    with pytest.raises(InputError, match="latest: the file is empty"):
        session.open_report("latest", settings)


def test_a_target_s_interpreter_is_that_of_its_environment(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is often a link to the one that the environment was made with."""
    asked: list[str] = []

    def gone(path: str, packages: object) -> None:
        asked.append(path)
        raise UsageError("gone")

    monkeypatch.setattr("perftool.machine.interpreter.describe_python", gone)
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    settings = session.settings()
    session.target_environment(settings, sys.executable)
    assert asked == []
    assert session.target_environment(settings, str(link)).python.version
    assert asked == [str(link)]
