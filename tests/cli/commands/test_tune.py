"""Settings of the collector are tried on real programs; what wins becomes a profile that can be applied."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from perftool.tune import collector as tuning
from perftool.tune.candidates import Setting

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="whole commands are measured on POSIX only")
PERFTOOL = [sys.executable, "-m", "perftool"]

# Many objects that live: every collection looks at all of them, for nothing.
PROGRAM = """
import sys
held = [[i] for i in range(60_000)]
for _ in range(30):
    made = [[i] for i in range(15_000)]
print("done", *sys.argv[1:])
"""


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PERFTOOL, "tune", *words], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "perftool.toml").write_text("")
    (tmp_path / "app.py").write_text(PROGRAM)
    return tmp_path


def test_what_wins_is_written_and_applies(project: Path) -> None:
    done = run(project, "gc", "--rounds", "6", "--min-effect", "0.1%", "--format", "json", "app.py")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    payload = report["payload"]
    by_name = {one["name"]: one for one in payload["candidates"]}
    assert payload["kind"] == "tune"
    assert by_name["as it is"]["ratio"] == 1.0
    assert by_name["disabled"]["facts"]["gc-count/op"] == 0
    assert by_name["as it is"]["facts"]["gc-count/op"] > by_name["10000"]["facts"]["gc-count/op"]
    assert by_name["freeze"]["facts"]["gc-frozen"] > 1000
    assert by_name["as it is"]["facts"]["gc-frozen"] == 0
    assert {m["suite"] for m in report["measurements"]} == {"tune-gc"}
    profile = project / "profiles" / "gc-app.toml"
    # On a busy machine six rounds may not decide: then nothing is written, and the report says so.
    assert profile.exists() == bool(payload["written"]) == (payload["winner"] != "as it is")


def test_the_profile_that_is_written_is_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from perftool.profiling import collector
    from perftool.tune import writing
    from tests.render.tune_sample import PAYLOAD

    path = project / "profiles" / "gc-import.toml"
    setting = Setting("freeze + 10000", (10_000, 10, 10), freeze=True)
    writing.write(path, setting, PAYLOAD, facts=["Measured by a test."])
    monkeypatch.chdir(project)
    assert collector.settings("gc-import") == collector.Collecting((10_000, 10, 10), freeze=True)
    text = path.read_text()
    assert "0.912 (0.898 to 0.927), 56 MiB" in text
    assert 'apply("gc-import")' in text


def test_nothing_is_written_over_unasked(project: Path) -> None:
    (project / "profiles").mkdir()
    kept = project / "profiles" / "gc-app.toml"
    kept.write_text("# mine\n")
    done = run(project, "gc", "app.py")
    assert done.returncode == 2
    assert "gc-app.toml is there already" in done.stderr
    assert kept.read_text() == "# mine\n"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((), 2, "nothing to run"),
        (("nowhere.py",), 2, "nowhere.py"),
        (("--rounds", "2", "app.py"), 2, "2"),
        (("--min-effect", "much", "app.py"), 2, "--min-effect much"),
        (("--timeout", "soon", "app.py"), 2, "--timeout soon"),
        (("--write", "../x", "app.py"), 2, "not the name of a profile"),
        (("--no-write", "-c", "raise SystemExit(3)"), 3, "exit code 3"),
        (("--format", "benchstat", "app.py"), 2, "cannot show"),
    ],
)
def test_wrong_inputs_are_one_line(project: Path, words: tuple[str, ...], code: int, says: str) -> None:
    done = run(project, "gc", *words)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_reach_children_and_their_figures_come_home(project: Path) -> None:
    import random

    from perftool.clock import SystemClock
    from perftool.events import Silent

    inner = "import gc; gc.collect(); assert gc.get_threshold() == (2000, 10, 10)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}], check=True)"
    spool = project / "spool"
    spool.mkdir()
    tried = tuning.tune(
        [sys.executable, "-c", program],
        "two processes",
        tuning.Plan(rounds=1, warmup=0, grid=(Setting("2000", (2000, 10, 10)),)),
        os.environ,
        spool,
        random=random.Random(1),
        clock=SystemClock(),
        listener=Silent(),
    )
    assert tried.complete
    assert len(list((spool / "0").glob("gc-*.json"))) == 2
    assert tried.payload.candidates[0].facts["gc-count/op"] >= 1
