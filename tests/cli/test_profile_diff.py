"""``perftool profile diff`` on real files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from perftool.profiling import files
from tests.profiling.flames import shop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def here(project: Path) -> Path:
    """Stand in a folder with three captures of each side."""
    for name, slow in (("old", 0), ("new", 60)):
        (project / name).mkdir()
        for seed in range(3):
            files.write(shop(seed=seed + slow, slow=slow), project / name / f"{seed}.pb.gz")
    return project


def test_two_folders(here: Path, run: Run) -> None:
    done = run("profile", "diff", "old", "new", "--per", "capture")
    assert done.code == 0
    assert "shop.checkout.total takes" in done.out.splitlines()[0]
    assert "old → new" in done.out
    assert "next    perftool profile diff old new --web" in done.err


def test_json_has_every_figure(here: Path, run: Run) -> None:
    done = run("profile", "diff", "old/0.pb.gz,old/1.pb.gz", "new/0.pb.gz,new/2.pb.gz", "-f", "json")
    assert done.code == 0
    payload = json.loads(done.out)["payload"]
    assert (payload["kind"], payload["captures"], payload["basis"]) == ("profile-diff", [2, 2], "captures")
    assert payload["labels"] == ["old/0.pb.gz and 1 more", "new/0.pb.gz and 1 more"]
    assert payload["rows"][0]["function"] == "shop.checkout.total"
    assert not any(row["file"].startswith("/") for row in payload["rows"])


def test_a_page_is_written_beside_reports(here: Path, run: Run) -> None:
    done = run("profile", "diff", "old/0.pb.gz", "new/0.pb.gz", "-o", "diff.html", "-o", "diff.md", "-q")
    assert done.code == 0
    assert (here / "diff.html").read_text("utf-8").startswith("<!doctype html>")
    assert "shop.checkout.total" in (here / "diff.md").read_text("utf-8")


def test_the_page_can_be_opened_at_once(here: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("webbrowser.open", lambda address: True)
    done = run("profile", "diff", "old", "new", "--web")
    assert done.code == 0
    assert "page    .perftool/pages/diff.html" in done.err.replace("\\", "/")
    assert (here / ".perftool" / "pages" / "diff.html").exists()


def test_the_latest_capture_can_be_a_side(here: Path, run: Run) -> None:
    files.write(shop(slow=90), here / ".perftool" / "captures" / "20261121-100000-run-cpu.pb.gz")
    done = run("profile", "diff", "old/0.pb.gz", "latest", "-f", "json")
    assert json.loads(done.out)["payload"]["labels"] == ["0.pb.gz", "20261121-100000-run-cpu.pb.gz"]
    assert json.loads(done.out)["payload"]["rows"][0]["function"] == "shop.checkout.total"


def test_a_capture_does_not_differ_from_itself(here: Path, run: Run) -> None:
    done = run("profile", "diff", "old/0.pb.gz", "old/0.pb.gz", "-f", "json")
    assert json.loads(done.out)["payload"]["labels"] == ["before", "after"]
    assert json.loads(done.out)["verdict"]["headline"] == "no function surely takes more or less CPU time"


def test_what_is_looked_at_can_be_chosen(here: Path, run: Run) -> None:
    done = run("profile", "diff", "old", "new", "--label", "thread=worker", "-f", "json")
    assert done.code == 0
    chosen = json.loads(done.out)["payload"]["before"]
    done = run("profile", "diff", "old", "new", "-f", "json")
    assert done.code == 0
    assert 0 < chosen < json.loads(done.out)["payload"]["before"]


def test_engines_that_see_different_things_are_doubted(here: Path, run: Run) -> None:
    from dataclasses import replace

    files.write(replace(shop(), engine="pyinstrument"), here / "wall.pb.gz")
    done = run("profile", "diff", "old/0.pb.gz", "wall.pb.gz")
    assert done.code == 0
    assert "taken by sampler and pyinstrument, which see different things" in done.out


def test_code_is_not_compared_between_two_pythons_without_a_word(here: Path, run: Run) -> None:
    from dataclasses import replace

    for name, python in (("a", "cpython 3.12"), ("b", "cpython 3.13"), ("c", "cpython 3.13")):
        files.write(replace(shop(), facts={"python": python}), here / f"{name}.pb.gz")
    differ = "taken under cpython 3.12 and cpython 3.13, whose byte code differs"
    assert differ in " ".join(run("profile", "diff", "a.pb.gz", "b.pb.gz").out.split())
    assert "byte code" not in run("profile", "diff", "b.pb.gz", "c.pb.gz").out
    assert "byte code" not in run("profile", "diff", "old/0.pb.gz", "c.pb.gz").out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere.pb.gz", "new"], 2, "nowhere.pb.gz"),
        (["empty", "new"], 2, "no capture in the folder empty"),
        (["old", "broken.pb.gz"], 3, "broken.pb.gz"),
        (["old", "new", "--value", "wall"], 2, "no values called 'wall' in common"),
        (["old", "new", "--per", "op"], 2, "how many operations"),
        (["old", "new", "-o", "diff.pb.gz"], 2, "diff.pb.gz: a difference is no capture"),
        (["old", "new", "--label", "thread"], 2, "--label 'thread' is not KEY=VALUE"),
        (["old", "new", "--label", "thread=none"], 3, "old: no cpu in it"),
        ([",", "new"], 2, "no capture is named"),
        (["old", "new", "-f", "gobench"], 2, "cannot show a report of kind 'profile-diff'"),
    ],
)
def test_wrong_input_is_one_line(here: Path, run: Run, arguments: list[str], code: int, message: str) -> None:
    (here / "empty").mkdir()
    (here / "broken.pb.gz").write_bytes(b"\x1f\x8b broken")
    done = run("profile", "diff", *arguments)
    assert done.code == code
    told = done.err.splitlines()
    assert message in told[0]
    assert len(told) <= 2
