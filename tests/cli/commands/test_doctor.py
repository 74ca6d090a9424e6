"""``perftool doctor``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from perftool.model.doctor import Check
from perftool.profiling import checks
from tests.servers.running import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

FOUND = (
    Check(name="CPU sampler", state="ok", detail="246 samples a second at most", enables="profile cpu"),
    Check(name="memray with gdb", state="missing", detail="not installed", fix="sudo apt-get install gdb"),
)


def test_what_was_tried_is_shown_with_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "checks", lambda: FOUND)
    for arguments in (("doctor",), ("doctor", "profile")):
        ran = run(*arguments)
        assert ran.code == 0
        assert ran.out.startswith("✓ 1 of 2 work; memray with gdb missing")
        assert "246 samples a second" in ran.out
        assert "sudo apt-get install gdb" in ran.out


def test_what_failed_is_a_warning_and_no_failure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = Check(name="py-spy", state="failed", detail="not permitted", fix="sudo …")
    monkeypatch.setattr(checks, "checks", lambda: (*FOUND, failed))
    ran = run("doctor", "--format", "json")
    assert ran.code == 0
    report = json.loads(ran.out)
    assert report["verdict"]["outcome"] == "warn"
    assert [one["state"] for one in report["payload"]["checks"]] == ["ok", "missing", "failed"]


def test_without_any_profiler_the_code_is_4(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "checks", lambda: (Check(name="CPU sampler", state="failed", detail="no signals"),))
    ran = run("doctor")
    assert ran.code == 4
    assert "nothing can be profiled here" in ran.out


def test_an_unknown_topic_is_refused(run: Run) -> None:
    ran = run("doctor", "profiel")
    assert ran.code == 2
    assert "did you mean 'profile'?" in ran.err


def test_everything_is_tried_for_real(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # A debugger has time to get in; here the rest is enough.
    monkeypatch.setattr(checks.trials, "debugger", lambda name: Check(name=name, state="missing", detail=""))
    ran = run("doctor", "--format", "json")
    assert ran.code == 0
    found = {one["name"]: one["state"] for one in json.loads(ran.out)["payload"]["checks"]}
    assert found["CPU sampler"] in ("ok", "limited")
    assert len(found) == 10


def test_a_database_is_tried(run: Run, project: Path) -> None:
    with closing(sqlite3.connect(project / "shop.db")) as raw:
        raw.execute("CREATE TABLE t (i)")
    ran = run("doctor", "database", "shop.db", "--format", "json")
    assert ran.code == 0
    report = json.loads(ran.out)
    assert report["payload"]["topic"] == "database"
    found = {one["name"]: one for one in report["payload"]["checks"]}
    assert found["connecting"]["detail"].startswith("SQLite 3.")
    assert found["read-only"]["state"] == found["statements"]["state"] == found["exact counters"]["state"] == "ok"
    assert str(project) not in ran.out


def test_a_database_that_is_not_reached_is_told_with_code_4(run: Run) -> None:
    pytest.importorskip("adbc_driver_flightsql")
    ran = run("doctor", "database", f"flightsql://me:planted-7@127.0.0.1:{free_port()}/")
    assert ran.code == 4
    assert "connecting failed" in ran.out
    assert "does it listen there" in ran.out
    assert "planted-7" not in ran.out + ran.err


def test_a_library_that_is_missing_is_told_with_its_install_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from perftool.databases.drivers import duckdb

    monkeypatch.setattr(duckdb, "find_spec", lambda name: None)
    ran = run("doctor", "database", "shop.duckdb")
    assert ran.code == 4
    assert "missing" in ran.out
    assert "pip install 'perftool[duckdb]'" in ran.out


def test_a_topic_and_its_database_belong_together(run: Run) -> None:
    for arguments in (("doctor", "database"), ("doctor", "profile", "shop.db")):
        ran = run(*arguments)
        assert ran.code == 2
        assert "perftool doctor database URL" in ran.err
