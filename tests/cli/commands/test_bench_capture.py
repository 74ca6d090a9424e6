"""``perftool bench --capture``: from argument to the files that the report names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench import captures
from perftool.bench.server import ForkServer
from perftool.model.bench import BenchPayload
from perftool.model.comparison import ComparisonPayload
from perftool.profiling import files, storing
from perftool.profiling.benchmarked import repeats_of
from perftool.store import reports
from tests.revisions.repositories import repository

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.profile import CaptureReference
    from perftool.model.report import Report
    from perftool.profiling.capture import Capture

SHORT = ("--count", "2", "--samples", "1", "--min-time", "0.1ms", "--no-latency")
FILE = """
def costly(n): return sum(i * i for i in range(n))
def bench_sum(): costly(3000)
"""
SETTINGS = '[bench]\ncapture_time = "50ms"\ncapture_repeats = 2\n'


@pytest.fixture
def file(project: Path) -> Path:
    path = project / "bench_rows.py"
    path.write_text(FILE, encoding="utf-8")
    (project / "perftool.toml").write_text(SETTINGS)
    return path


def latest(project: Path) -> Report:
    return reports.read(project / ".perftool" / "reports" / "latest.json")


def captured(project: Path) -> tuple[CaptureReference, ...]:
    payload = latest(project).payload
    if isinstance(payload, ComparisonPayload):
        assert payload.run is not None
        return payload.run.captures
    assert isinstance(payload, BenchPayload)
    return payload.captures


def opened(project: Path, one: CaptureReference) -> Capture:
    path = project / ".perftool" / "captures" / one.name
    assert (storing.digest_of(path), path.stat().st_size) == (one.digest, one.size)
    return files.read(path)


def test_the_report_names_a_profile_of_every_case(run: Any, project: Path, file: Path) -> None:
    done = run("bench", "bench_rows.py", *SHORT, "--capture", "cpu")
    assert done.code == 0, done.err
    (one,) = captured(project)
    assert (one.suite, one.case, one.measures, one.engine, one.side) == ("rows", "sum", "cpu", "sampler", "")
    capture = opened(project, one)
    assert [count > 0 for _, count in repeats_of(capture)] == [True, True]
    assert sum(count for _, count in repeats_of(capture)) == one.operations
    assert {"bench_rows.bench_sum", "bench_rows.costly"} <= {function.name for function in capture.functions}
    assert f"view    perftool profile view {one.digest[:12]} --top" in done.err
    assert not any("capture" in doubt.code for doubt in latest(project).warnings)


def test_allocations_too(run: Any, project: Path, file: Path) -> None:
    done = run("bench", "bench_rows.py", *SHORT, "--capture", "memory,cpu")
    assert done.code == 0, done.err
    assert [one.measures for one in captured(project)] == ["cpu", "memory"]
    memory = opened(project, captured(project)[1])
    assert captured(project)[1].operations == 20
    space = memory.index("alloc_space")
    assert space is not None
    assert memory.total(space) > 0


def test_whole_commands_and_what_is_no_python_program(run: Any, project: Path, file: Path) -> None:
    # Long enough for some samples, though it is run only once.
    (project / "app.py").write_text("sum(i * i for i in range(3_000_000))")
    commands = ("--command", f"{sys.executable} app.py", "--command-name", "app", "--command", "true")
    done = run("bench", *commands, "--command-name", "true", "--count", "1", "--capture", "cpu")
    assert done.code == 0, done.err
    (one,) = captured(project)
    assert (one.suite, one.case) == ("command", "app")
    assert "__main__.<module>" in {function.name for function in opened(project, one).functions}
    (doubt,) = [doubt for doubt in latest(project).warnings if doubt.code == "capture-missing"]
    assert doubt.subject == "command/true"
    assert doubt.message.startswith("no CPU profile: ")


def test_both_sides_of_a_comparison(run: Any, project: Path, file: Path) -> None:
    (project / ".git").rmdir()
    bench = "import shop\ndef bench_total(): shop.total(2000)\n"
    repository(project, {"shop.py": "def total(n): return sum(range(n))\n", "bench_rows.py": bench})
    (project / "shop.py").write_text("def total(n): return sum(sorted(range(n)))\n")
    done = run("bench", "bench_rows.py", "--vs", "HEAD", "--max-time", "0.1s", *SHORT[2:], "--capture", "cpu")
    assert done.code in (0, 1, 3), done.err
    base, now = captured(project)
    assert (base.side, now.side) == ("base", "now")
    codes = [
        {function.code for function in opened(project, one).functions if function.name == "shop.total"}
        for one in (base, now)
    ]
    assert all(codes)
    assert codes[0] != codes[1]


def test_an_interrupted_profile_leaves_the_measured_samples(
    run: Any, project: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = ForkServer.ask

    def interrupted(server: ForkServer, request: Any, timeout_s: float) -> Any:
        if request.get("kind") == "capture-cpu":
            raise KeyboardInterrupt
        return ask(server, request, timeout_s)

    monkeypatch.setattr(ForkServer, "ask", interrupted)
    assert run("bench", "bench_rows.py", *SHORT, "--capture", "cpu").code == 130
    assert latest(project).measurements
    assert captured(project) == ()
    assert "captures-interrupted" in {doubt.code for doubt in latest(project).warnings}


def test_captures_that_cannot_be_written_cost_only_themselves(run: Any, project: Path, file: Path) -> None:
    (project / ".perftool").mkdir()
    (project / ".perftool" / "captures").write_text("")
    done = run("bench", "bench_rows.py", *SHORT, "--capture", "cpu")
    assert done.code == 0
    assert captured(project) == ()
    assert "captures-not-kept" in {doubt.code for doubt in latest(project).warnings}


@pytest.mark.parametrize("words", ["gpu", "cpu,wall", "true"])
def test_other_words_are_refused(run: Any, project: Path, words: str) -> None:
    done = run("bench", "--capture", words)
    assert done.code == 2
    assert "--capture" in done.err
    assert "cpu, memory" in done.err


def test_defaults_are_told_once(project: Path) -> None:
    from perftool.config.schema import BenchSection

    assert BenchSection().capture_repeats == captures.REPEATS
    assert BenchSection().capture_time == captures.SECONDS
