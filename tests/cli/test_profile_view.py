"""``perftool profile view``: which capture, which view, and writing it in another format."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from perftool.cli.profile_page import open_page
from perftool.model.profile import CaptureReference, ProfilePayload
from perftool.model.verdict import Verdict
from perftool.profiling import files
from perftool.profiling.storing import keep
from perftool.store import reports
from tests.profiling.profiled import profiled
from tests.profiling.stacks import capture
from tests.render.samples import report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

STACKS = """
main:3 work:7 leaf 40
main:3 work:8 50
main:4 idle 10
"""


@pytest.fixture
def kept(project: Path) -> Path:
    (project / "work.py").write_text("\n" * 5 + "def work():\n    leaf()\n    spin()\n")
    made = capture(STACKS, {"work": str(project / "work.py"), "main": str(project / "main.py")})
    return keep(made, project / ".perftool" / "captures", "run-cpu").path


def rows(text: str) -> list[str]:
    return [found[1] for line in text.splitlines() if (found := re.search(r"\d %.* (\w+)  +\S+\.py", line))]


def test_top_of_the_latest(run: Run, kept: Path) -> None:
    ran = run("profile", "view")
    assert ran.code == 0
    assert "100 ms CPU time, 3 samples" in ran.out
    assert kept.name in ran.out
    assert rows(ran.out) == ["work", "leaf", "idle", "main"]


def test_no_capture_yet(run: Run) -> None:
    ran = run("profile", "view")
    assert ran.code == 2
    assert "no capture yet" in ran.err
    assert "perftool profile cpu" in ran.err


def test_by_the_beginning_of_its_digest(run: Run, kept: Path, project: Path) -> None:
    from perftool.profiling.storing import digest_of

    assert run("profile", "view", digest_of(kept)[:10]).code == 0
    assert run("profile", "view", "0123456789").code == 2


def test_of_a_report(run: Run, kept: Path, project: Path) -> None:
    from perftool.profiling.storing import digest_of

    reference = CaptureReference(digest=digest_of(kept), name="moved.pb.gz", size=1, engine="sampler", measures="cpu")
    payload = ProfilePayload(
        target="run.py", engine="sampler", measures=("cpu",), duration_s=1.0, rankings=(), captures=(reference,)
    )
    made = report(payload, Verdict(outcome="pass", headline="one"))
    reports.write(made, project / "report.json")
    assert "100 ms CPU time" in run("profile", "view", "report.json").out
    assert "100 ms CPU time" in run("profile", "view", "report.json#cpu").out
    other = run("profile", "view", "report.json#memory")
    assert other.code == 2
    assert "no capture of 'memory'" in other.err
    kept.unlink()
    gone = run("profile", "view", "report.json")
    assert gone.code == 3
    assert "is not in" in gone.err


def test_all_views_at_once(run: Run, kept: Path) -> None:
    ran = run("profile", "view", "--top", "--tree", "--list", "work", "--peek", "work")
    assert "functions hold" not in ran.out, "nothing is left out"
    assert "└\u00a0idle" in ran.out
    assert re.search(r"50\.0 ms +50\.0 ms > +8 +spin\(\)", ran.out)
    assert re.search(r"from +100\.0 % +90\S* ms +main", ran.out)


def test_narrowed(run: Run, kept: Path) -> None:
    ran = run("profile", "view", "--focus", "leaf", "--sort", "total", "-n", "2")
    assert "40.0 ms (40.0 %) of 100 ms CPU time" in ran.out
    assert "only with /leaf/" in ran.out
    assert len(rows(ran.out)) == 2
    assert run("profile", "view", "--ignore", "main").code == 3
    assert "1 (33.3 %) of 3 samples" in run("profile", "view", "--value", "samples", "--focus", "leaf").out


def test_what_does_not_exist(run: Run, kept: Path) -> None:
    for arguments, message in (
        (["--list", "wrok"], "did you mean 'work'?"),
        (["--peek", "("], "is no regular expression"),
        (["--value", "wall"], "it has samples, cpu"),
        (["--label", "thread"], "is not KEY=VALUE"),
        (["nothing.pb.gz"], "nothing.pb.gz"),
        (["."], "is a folder"),
    ):
        ran = run("profile", "view", *arguments)
        assert ran.code == 2
        assert message in ran.err


def test_a_file_that_is_no_profile(run: Run, project: Path) -> None:
    (project / "x.bin").write_bytes(b"\x00\x01\x02" * 50)
    ran = run("profile", "view", "x.bin")
    assert ran.code == 3
    assert ran.err.count("\n") <= 2


def test_conversion(run: Run, kept: Path, project: Path) -> None:
    ran = run("profile", "view", "latest", "-o", "out.speedscope.json", "-o", "out.collapsed")
    assert ran.code == 0
    assert ran.out == ""
    assert "written out.speedscope.json" in ran.err
    assert files.read(project / "out.speedscope.json").total() == 100_000_000
    back = run("profile", "view", "out.speedscope.json", "--focus", "leaf", "-o", "back.pb.gz")
    assert back.code == 0
    assert files.read(project / "back.pb.gz").total() == 40_000_000
    assert run("profile", "view", "-q", "-o", "quiet.pb.gz").err == ""


def test_report_formats_too(run: Run, kept: Path, project: Path) -> None:
    ran = run("profile", "view", "-f", "json", "-o", "top.md", "--tree")
    found = json.loads(ran.out)
    assert found["payload"]["kind"] == "profile-view"
    assert [row["row"]["function"] for row in found["payload"]["tree"]] == ["main", "work", "leaf", "idle"]
    assert str(project) not in ran.out, "no absolute path in a report"
    assert str(project) not in run("profile", "view", str(kept), "-f", "json").out
    assert "| total |" in (project / "top.md").read_text()


def test_a_page_without_a_display(run: Run, kept: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    ran = run("profile", "view", "--web")
    assert ran.code == 0
    page = project / ".perftool" / "pages" / (kept.name.removesuffix(".pb.gz") + ".html")
    assert page.read_text(encoding="utf-8").startswith("<!")
    assert "page    .perftool/pages/" in ran.err
    assert "no browser can be opened from here" in ran.err
    assert "http.server --bind 127.0.0.1" in ran.err


def test_a_page_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    seen: list[str] = []

    def opener(address: str) -> bool:
        seen.append(address)
        return True

    assert open_page("file:///x.html", environment={"DISPLAY": ":0"}, opener=opener)
    assert not open_page("file:///x.html", environment={}, opener=opener)
    assert seen == ["file:///x.html"]


def test_a_capture_from_elsewhere_with_the_same_name_as_a_word(run: Run, kept: Path, project: Path) -> None:
    shutil.copy(kept, project / "latest")
    kept.unlink()
    assert "100 ms CPU time" in run("profile", "view", "latest").out


def test_a_real_program(run: Run, project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    code = "def hot():\n    total = 0\n    for number in range(3_000_000):\n        total += number\n\n\nhot()\n"
    folder = tmp_path_factory.mktemp("program")
    made = profiled("sampler", code, folder).capture
    keep(made, project / ".perftool" / "captures", "hot")
    ran = run("profile", "view", "--list", "hot", "--tree")
    assert "└\u00a0__main__.hot" in ran.out
    assert re.search(r"ms > +4 +total \+= number", ran.out)
    assert "changed after the capture" not in ran.out
