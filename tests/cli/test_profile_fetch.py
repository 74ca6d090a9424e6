"""``perftool profile fetch`` and ``watch`` on a service that runs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from perftool.cli.profile_fetch import request
from perftool.cli.profile_watch import plan, retain
from perftool.errors import UsageError
from tests.profiling.live.programs import BUSY, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

PERFTOOL = [sys.executable, "-m", "perftool", "profile"]


@pytest.fixture
def profile(run: Run) -> Run:
    """Run ``perftool profile`` in the project."""
    return partial(run, "profile")


def test_fetches_reports_and_keeps(profile: Run, project: Path) -> None:
    with running(BUSY) as address:
        cpu = profile("fetch", address, "--seconds", "0.5", "--format", "json", "-o", "flame.html")
        heap = profile("fetch", f"http://{address}/debug/pprof/", "--heap", "--seconds", "0.2")
        stacks = profile("fetch", address, "--goroutine")
    assert cpu.code == 0, cpu.err
    payload = json.loads(cpu.out)["payload"]
    assert payload["kind"] == "profile"
    assert payload["target"] == address
    assert any(row["function"] == "__main__.hot" for row in payload["rankings"][0]["rows"])
    kept = payload["captures"][0]["name"]
    assert (project / ".perftool" / "captures" / kept).is_file()
    assert "<html" in (project / "flame.html").read_text()[:200].lower()
    assert heap.code == 0, heap.err
    assert "thread MainThread:" in stacks.out


def test_watches_and_keeps_the_newest(profile: Run, project: Path) -> None:
    with running(BUSY) as address:
        words = ("--every", "0.01s", "--seconds", "0.05", "--count", "3", "--keep", "2", "--folder", "seen")
        done = profile("watch", address, *words)
    assert done.code == 0, done.err
    assert "3 captures in seen" in done.err
    names = sorted(path.name for path in (project / "seen").iterdir() if not path.name.startswith("."))
    assert [name for name in names if name.endswith(".pb.gz")] != []
    assert len([name for name in names if name.endswith(".pb.gz")]) == 2
    assert len([name for name in names if name.endswith(".json")]) == 2


def test_watching_goes_on_when_the_service_comes_back_and_ends_with_ctrl_c(project: Path) -> None:
    with running(BUSY) as address:
        watching = subprocess.Popen(
            [*PERFTOOL, "watch", address, "--every", "0.05s", "--seconds", "0.05", "--folder", "seen"],
            cwd=project,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert watching.stderr is not None
        first = watching.stderr.readline()
    said = [first]
    while "waiting for it" not in said[-1]:
        said.append(watching.stderr.readline())
        assert said[-1], said
    watching.send_signal(signal.SIGINT)
    rest = watching.stderr.read()
    watching.stderr.close()
    assert watching.wait(20) == 130
    assert "in seen" in rest
    assert "Traceback" not in rest


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("fetch", "127.0.0.1:1"), 4, "connection refused"),
        (("fetch", "ftp://host/"), 2, "not the address of a web server"),
        (("fetch", "127.0.0.1:1", "--seconds", "soon"), 2, "--seconds soon"),
        (("fetch", "127.0.0.1:1", "--seconds", "0"), 2, "--seconds 0"),
        (("fetch", "127.0.0.1:1", "--heap", "--allocs"), 2, "one profile at a time"),
        (("fetch",), 2, "URL"),
        (("watch", "127.0.0.1:1"), 4, "connection refused"),
        (("watch", "127.0.0.1:1", "--every", "often"), 2, "--every often"),
        (("watch", "127.0.0.1:1", "--max-size", "-3"), 2, "--max-size -3"),
        (("watch", "127.0.0.1:1", "--keep", "0"), 2, "0"),
    ],
)
def test_wrong_inputs_are_one_line(profile: Run, words: tuple[str, ...], code: int, says: str) -> None:
    done = profile(*words)
    assert done.code == code, done.err
    assert says in done.err
    assert "Traceback" not in done.err


def test_a_token_comes_from_the_environment_and_is_never_told(
    profile: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = BUSY.replace("serve(port=0)", "serve(port=0, token='hush-hush')")
    with running(source) as address:
        refused = profile("fetch", address, "--seconds", "0.1")
        monkeypatch.setenv("PPROF_TOKEN", "hush-hush")
        done = profile("fetch", address, "--seconds", "0.1")
    assert refused.code == 4
    assert "PPROF_TOKEN" in refused.err
    assert done.code == 0, done.err
    kept = [path for path in project.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"hush-hush" in path.read_bytes()]


def test_a_token_from_a_file_ends_with_a_line_break(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PPROF_TOKEN", "hush-hush\n")
    assert request("localhost:6060", {}, None, None).token == "hush-hush"
    assert request("localhost:6060", {}, None, "other").token == "other"
    monkeypatch.setenv("PPROF_TOKEN", " ")
    assert request("localhost:6060", {}, None, None).token is None
    for unsent in ("h\u00fcsch", "two\nlines"):
        with pytest.raises(UsageError, match="cannot be sent") as caught:
            request("localhost:6060", {}, None, unsent)
        assert unsent not in str(caught.value)


def test_files_of_others_in_the_folder_stay(tmp_path: Path) -> None:
    theirs = ["2026-01-02-notes.json", "20260102-plan.json", "1-2-3.gz", "20260102-030405-host.csv"]
    for name in theirs:
        (tmp_path / name).write_text("mine")
    for number in range(3):
        (tmp_path / f"20260102-03040{number}-host.pb.gz").write_bytes(b"1")
    retain(tmp_path, keep=1, most_bytes=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*theirs, "20260102-030402-host.pb.gz"])


def test_retention_by_number_and_by_size(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"2026010{number}-000000-host.pb.gz").write_bytes(bytes(100))
        (tmp_path / f"2026010{number}-000000-profile-cpu.json").write_bytes(bytes(10))
    (tmp_path / "notes.json").write_text("mine")
    retain(tmp_path, keep=3, most_bytes=10_000)
    assert len(list(tmp_path.glob("*.pb.gz"))) == 3
    retain(tmp_path, keep=3, most_bytes=130)
    assert [path.name for path in tmp_path.glob("*.pb.gz")] == ["20260104-000000-host.pb.gz"]
    retain(tmp_path, keep=3, most_bytes=1)
    assert len(list(tmp_path.glob("*.pb.gz"))) == 1, "the newest stays"
    assert (tmp_path / "notes.json").exists()


def test_plans() -> None:
    assert plan("5min", 0, 10, "1G", None).every == 300
    with pytest.raises(UsageError, match="--every x"):
        plan("x", 0, 10, "1G", None)
