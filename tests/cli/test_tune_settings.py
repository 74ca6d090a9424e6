"""``perftool tune settings``: the report, the profile, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from perftool.cli.main import main
from perftool.tune import settings_arms
from perftool.tune.settings_arms import Trial
from tests.tune.shop import GROUPED, made

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made(tmp_path)
    (tmp_path / "perftool.toml").write_text('[[database]]\nname = "shop"\nurl = "shop.db"\n')
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "grouped.sql").write_text(GROUPED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings_arms, "SAMPLE_S", 0.0)
    return tmp_path


def tune(*words: str) -> int:
    return main(["tune", "settings", *words])


@pytest.fixture
def mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let memory-mapped reading surely win."""
    times = iter(range(1, 1_000_000))

    def timed(self: Trial, connection: Any, *_: object) -> float:
        return (0.5 if "mmap_size" in connection.access.settings else 1.0) + next(times) * 1e-7

    monkeypatch.setattr(Trial, "_timed", timed)


def test_what_wins_becomes_a_profile_that_sessions_take(
    project: Path, mapped: None, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("@shop", "--workload", "queries", "--rounds", "8", "--write", "fast", "--format", "json")
    assert tune(*words) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert report["payload"]["written"] == "profiles/fast.toml"
    assert "--profile fast" in said.err
    assert str(project) not in said.out
    assert "SELECT" not in said.out, "literals of statements are nobody's business"
    text = (project / "profiles" / "fast.toml").read_text()
    assert 'sqlite = ["mmap_size=268435456"]' in text
    assert "# * mmap_size=268435456, measured again: 0.500" in text.replace("#   *", "# *")
    assert main(["query", "run", "@shop", "PRAGMA mmap_size", "--profile", "fast", "--format", "json"]) == 0
    assert "268435456" in capsys.readouterr().out
    assert tune("@shop", "--workload", "queries", "--rounds", "8", "--profile", "fast", "--format", "json") == 0
    candidates = json.loads(capsys.readouterr().out)["payload"]["candidates"]
    (now,) = (one["reason"] for one in candidates if one["name"] == "mmap_size=268435456")
    assert now == "is what is in use", "the profile is what the others are compared with"
    assert tune(*words) == 2, "a profile that is there stays"
    assert "is there already" in capsys.readouterr().err


def test_without_write_nothing_is_written(project: Path, mapped: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert tune("shop.db", "--workload", "queries", "--rounds", "8") == 0
    said = capsys.readouterr()
    assert "✓ mmap_size=268435456: 50.0 % less time" in said.out
    assert "--write NAME keeps it" in said.err
    assert not (project / "profiles").exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("shop.db", "--workload", "nowhere"), 2, "no such file"),
        (("absent.db", "--workload", "queries"), 2, "absent.db"),
        (("shop.db", "--workload", "queries", "--try", "fast"), 2, "is no setting"),
        (("shop.db", "--workload", "queries", "--min-effect", "much"), 2, "--min-effect"),
        (("shop.db", "--workload", "queries", "--write", "../x"), 2, "not the name of a profile"),
        (("@nobody", "--workload", "queries"), 2, "nobody"),
    ],
)
def test_refuses_in_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, message: str
) -> None:
    assert tune(*words) == code
    said = capsys.readouterr()
    assert message in said.err
    assert "Traceback" not in said.err
