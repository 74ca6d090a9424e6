"""What the logs of all processes say together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.profiling.sampler_log import _told, collected

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "h\t1\t{pid}\t{parent}\t{at}\t100\t/usr/bin/python3\tapp.py\t--token=secret\n"
BODY = "f\twork\twork.py\t1\tpython\nn\t-1\t0\t5\nl\nl\tthread\t{thread}\nw\t0\t1\t2\t20000000\n"
FIGURES = "t\t{wall}\tprocess.cpu_ns\t20000000\tgc.max_ns\t{longest}\n"


def leave(folder: Path, pid: int, parent: int, at: int, *, thread: str = "MainThread", end: str = "e\n") -> None:
    text = HEAD.format(pid=pid, parent=parent, at=at) + BODY.format(thread=thread)
    text += FIGURES.format(wall=50, longest=pid) + end
    (folder / f"sampler-{pid}-{at}.log").write_text(text)


def test_processes_are_told_apart_and_added_up(tmp_path: Path) -> None:
    leave(tmp_path, 10, 1, 1000)
    leave(tmp_path, 20, 10, 1100)
    found = collected(tmp_path, {"side": "now"})
    assert found is not None
    assert [(one.pid, one.parent, one.command, one.samples) for one in found.processes] == [
        (10, 0, "app.py", 2),
        (20, 10, "app.py", 2),
    ]
    capture = found.capture
    assert {capture.labels[sample.labels] for sample in capture.samples} == {
        (("pid", "10"), ("side", "now")),
        (("pid", "20"), ("side", "now")),
    }
    assert (capture.started_ns, capture.duration_ns) == (1000, 150)
    assert capture.facts["process.cpu_ns"] == "40000000"
    assert capture.facts["gc.max_ns"] == "20"
    assert capture.doubts == ()


def test_a_process_of_two_lives_is_one(tmp_path: Path) -> None:
    leave(tmp_path, 10, 1, 1000)
    leave(tmp_path, 10, 1, 2000)
    found = collected(tmp_path, {})
    assert found is not None
    assert [(one.pid, one.samples) for one in found.processes] == [(10, 4)]
    assert found.capture.labels == ((),)


def test_threads_have_labels_where_there_are_several(tmp_path: Path) -> None:
    leave(tmp_path, 10, 1, 1000)
    leave(tmp_path, 10, 1, 2000, thread="bee")
    found = collected(tmp_path, {})
    assert found is not None
    assert {found.capture.labels[s.labels] for s in found.capture.samples} == {
        (("thread", "MainThread"),),
        (("thread", "bee"),),
    }


def test_who_did_not_end_is_said(tmp_path: Path) -> None:
    leave(tmp_path, 10, 1, 1000)
    leave(tmp_path, 20, 1, 1000, end="")
    found = collected(tmp_path, {})
    assert found is not None
    assert [code for code, _ in found.capture.doubts] == ["cut-short"]
    assert "1 of 2 processes" in found.capture.doubts[0][1]


def test_nothing_left_is_nothing(tmp_path: Path) -> None:
    assert collected(tmp_path, {}) is None
    (tmp_path / "sampler-1-1.log").write_text("h\t99\t1\t1\t1\t100\n")
    (tmp_path / "sampler-2-1.log").write_text("")
    assert collected(tmp_path, {}) is None


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("python -X dev -W error /srv/app.py --token=secret", "app.py"),
        ("python -u -m pytest -x", "-m pytest"),
        ("python -mpytest", "-m pytest"),
        ("python -c secret()", "-c …"),
        ("python -", "-"),
        ("python", "python"),
        ("python -B -c x --multiprocessing-fork", "multiprocessing child"),
    ],
)
def test_a_process_is_called_by_its_program_not_by_its_arguments(command: str, said: str) -> None:
    assert _told(tuple(command.split())) == said
    assert _told(("python", "-c", "from multiprocessing.resource_tracker import main;main(3)")) == (
        "multiprocessing resource tracker"
    )
