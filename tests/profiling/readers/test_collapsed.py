"""Collapsed stacks of flamegraph.pl and of py-spy, whose command lines go over several lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.errors import InputError
from perftool.profiling import files, opened
from perftool.profiling.capture import SAMPLES, Function
from perftool.profiling.readers.collapsed import read, recognises
from tests.profiling.damage import damaged, read_or_refused
from tests.profiling.drawn import weights

DATA = Path(__file__).parents[2] / "data" / "profiles"
THREADS = (DATA / "py-spy-threads.txt").read_bytes()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "a.folded"
    path.write_bytes(text.encode())
    return path


def test_plain_stacks(tmp_path: Path) -> None:
    path = written(
        tmp_path, "# made by hand\n\nmain;work 3\r\nmain;work;std::f(int) (inlined) 4\nmain;work 5\nalone 1\n"
    )
    capture = files.read(path)
    assert capture.value_types == (SAMPLES,)
    own, total = weights(capture)
    assert own == {"work": 8, "std::f(int) (inlined)": 4, "alone": 1}
    assert total["main"] == 12
    kinds = {one.name: one.kind for one in capture.functions}
    assert kinds == {"main": "python", "work": "python", "std::f(int) (inlined)": "native", "alone": "python"}


def test_py_spy_processes_and_threads_are_labels() -> None:
    capture = files.read(DATA / "py-spy-threads.txt")
    assert capture.total() == sum(
        int(line.rsplit(b" ", 1)[1]) for line in THREADS.splitlines() if line.rsplit(b" ", 1)[-1].isdigit()
    )
    assert set(capture.labels) == {
        (),
        (("pid", "13753"), ("thread", "MainThread")),
        (("pid", "13753"), ("thread", "my worker")),
        # The child's command line is three lines long.
        (("pid", "13759"), ("thread", "13759")),
    }
    names = {one.name for one in capture.functions}
    assert {
        "run.<module>",
        "work.main",
        "json.encoder.JSONEncoder.encode",
        "importlib._bootstrap._find_and_load",
    } <= names
    assert not any(name.startswith(("process", "thread (")) for name in names)


def test_py_spy_native_frames() -> None:
    capture = files.read(DATA / "py-spy-native.txt")
    by_name = {one.name: one for one in capture.functions}
    assert by_name["thread_run"] == Function("thread_run", "/usr/lib/libpython3.11.so.1.0", kind="native")
    assert by_name["work.W.spin"] == Function("work.W.spin", "/app/pkg/work.py")
    lines = {
        capture.frames[at].line for stack in capture.stacks for at in stack if "spin" in capture.function_of(at).name
    }
    assert lines == {5, 6} or lines == {6}


def test_samples_without_a_stack(tmp_path: Path) -> None:
    path = tmp_path / "raw.txt"
    path.write_bytes(b" 3\n<module> (a.py:1) 55\nthread (7): Main 2\n")
    capture = files.read(path)
    assert weights(capture)[0] == {"unknown": 5, "a.<module>": 55}
    assert Function("unknown", kind="marker") in capture.functions


def test_place_may_hold_brackets_and_blanks(tmp_path: Path) -> None:
    path = written(tmp_path, "operator()(int) (/a (1)/b c.cpp:12);f (a.py:3) 1\n")
    capture = read(path)
    assert capture.functions == (
        Function("operator()(int)", "/a (1)/b c.cpp", kind="native"),
        Function("a.f", "a.py"),
    )
    assert [frame.line for frame in capture.frames] == [12, 3]


def test_hostile_command_line(tmp_path: Path) -> None:
    command = 'python -c x = "a"; y = 5\nprint("process 7") 3\nz = "\n'
    path = written(tmp_path, f'process 12:"{command}";f (a.py:1) 4\nprocess 12:"";g (a.py:2) 6\n')
    capture = read(path)
    own, _ = weights(capture)
    assert own["a.g"] == 6
    assert capture.total() == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("main;work 3\nno weight\n", r"a\.folded:2: not a stack: 'weight' at its end is no whole number"),
        ("main;work 1.5\n", r"a\.folded:1: not a stack: '1\.5' at its end"),
        ("main;work 99999999999999999999\n", r"a\.folded:1: not a stack"),
        ("# nothing\n\n", "there is no stack in it"),
    ],
)
def test_what_is_no_stack_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(written(tmp_path, text))


def test_endless_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.folded:1: a stack of more than 4 MiB"):
        read(written(tmp_path, "f;" * (3 << 20)))


def test_too_many_frames_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_FRAMES", 100)
    with pytest.raises(InputError, match=r"a\.folded:2: more stacks than perftool reads"):
        read(written(tmp_path, "f;" * 60 + "g 1\n" + "g;" * 60 + "f 1\n"))


@settings(deadline=None, max_examples=150)
@given(data=damaged(THREADS))
def test_damaged_files_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read_or_refused(read, tmp_path_factory.getbasetemp() / "damaged.folded", data)


@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read_or_refused(read, tmp_path_factory.getbasetemp() / "any.folded", data)


def test_recognises_by_content() -> None:
    assert recognises("out.txt", b"main;work 3\n<module> (a.py:1) 4\n")
    assert recognises("out.txt", THREADS)
    assert recognises("x.folded", b"anything")
    for text in (b"", b"{\n", b"main;work\n", b"a 1\0", b"main 1\nnot a stack\n", b'{"a": 1}'):
        assert not recognises("out.txt", text)
    long = b"main;work 3\n" * 10_000
    assert recognises("out.txt", long[: opened.HEAD_BYTES])


def test_real_py_spy(tmp_path: Path) -> None:
    target = tmp_path / "spin.py"
    target.write_text(
        "import time\ndef spin():\n    end = time.time() + 1\n    while time.time() < end: sum(range(999))\nspin()\n"
    )
    out = tmp_path / "raw.txt"
    py_spy = Path(sys.executable).with_name("py-spy")
    if not py_spy.exists():
        pytest.skip("py-spy is not installed beside this Python")
    command = [py_spy, "record", "-r", "50", "--format", "raw", "-o", out, "--", sys.executable, target]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode or not out.exists() or not out.stat().st_size:
        pytest.skip(f"py-spy cannot look into a process here: {done.stderr.strip()[-200:]}")
    capture = files.read(out)
    _, total = weights(capture)
    assert 0 < total["spin.spin"] <= capture.total()
