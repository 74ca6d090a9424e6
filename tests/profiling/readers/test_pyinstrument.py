"""Sessions that pyinstrument saved are read as it wrote them; damaged ones are refused in one line."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.errors import InputError
from perftool.profiling import files
from perftool.profiling.readers.pyinstrument import READER
from perftool.profiling.sessions import decoded

if TYPE_CHECKING:
    from pathlib import Path

pyinstrument = pytest.importorskip("pyinstrument")


class Inner:
    def work(self) -> int:
        return sum(map(self.one, range(20_000)))

    def one(self, number: int) -> int:
        return number * number


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    profiler = pyinstrument.Profiler(interval=0.0005, async_mode="disabled")
    profiler.start()
    for _ in range(10):
        Inner().work()
    path = tmp_path_factory.mktemp("sessions") / "one.pyisession"
    profiler.stop().save(path)
    return path


def test_reads_a_real_session(session: Path) -> None:
    capture = files.read(session)
    raw = json.loads(session.read_text())
    assert capture.engine == "pyinstrument"
    assert capture.total(0) == len(raw["frame_records"])
    assert capture.total(1) == pytest.approx(sum(seconds for _, seconds in raw["frame_records"]) * 1e9, rel=1e-6)
    names = {one.name.partition("test_pyinstrument.")[2] for one in capture.functions}
    assert {"Inner.work", "Inner.one"} <= names
    assert capture.period == 500_000


def test_builtins_are_native_and_markers_are_none(tmp_path: Path) -> None:
    path = tmp_path / "made.pyisession"
    records = [
        [
            ["<module>\0/app/run.py\x001\x01l3", "work\0/app/run.py\x005\x01cThing\x01l6", "sleep\0<built-in>\x000"],
            0.25,
        ],
        [["<module>\0/app/run.py\x001\x01l3", "[await]"], 0.5],
    ]
    path.write_text(json.dumps({"start_time": 1.0, "duration": 1.0, "frame_records": records, "start_call_stack": []}))
    capture = files.read(path)
    assert [(one.name, one.kind) for one in capture.functions] == [
        ("run.<module>", "python"), ("run.Thing.work", "python"), ("sleep", "native"), ("[await]", "marker"),
    ]  # fmt: skip
    assert capture.total() == 750_000_000


def test_other_json_is_not_its_own() -> None:
    assert not READER.recognises("one.json", b'{"shared": {"frames": []}}')
    assert not READER.recognises("one.pyisession", b"")


@given(st.integers(0, 400), st.binary(max_size=6))
def test_damaged_sessions_are_read_or_refused(at: int, put: bytes) -> None:
    good = json.dumps(
        {"start_time": 1.0, "duration": 1.0, "frame_records": [[["a\0b\x001"], 1]], "start_call_stack": []}
    ).encode()
    bad = good[:at] + put + good[at + len(put) :]
    with contextlib.suppress(InputError):
        decoded(bad, name="one.pyisession")


def test_the_refusal_names_the_file() -> None:
    with pytest.raises(InputError, match=r"^one\.pyisession: no session of pyinstrument: [^\n]+$"):
        decoded(b"{", name="one.pyisession")
