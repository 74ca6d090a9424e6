"""pprof files of others: Go's own, merged ones, damaged ones, and ones that want to be too large."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.errors import InputError
from perftool.profiling import files, opened
from perftool.profiling.capture import ALLOC_SPACE, CPU, INUSE_SPACE, SAMPLES, Capture, Function, ValueType
from perftool.profiling.protobuf import block, number, packed
from perftool.profiling.readers.pprof import read, recognises
from perftool.profiling.writers.pprof import write
from tests.profiling.damage import damaged, read_or_refused
from tests.profiling.drawn import example, weights
from tests.profiling.go_pprof import top, with_go

DATA = Path(__file__).parents[2] / "data" / "profiles"
OURS = write(example())
STRINGS = ("", "cpu", "nanoseconds", "f", "a.py", "key", "text")


def written(tmp_path: Path, *parts: bytes, strings: tuple[str, ...] = STRINGS) -> Path:
    path = tmp_path / "hand.pb"
    table = b"".join(block(6, text.encode()) for text in strings)
    path.write_bytes(b"".join(parts) + table)
    return path


CPU_TYPE = block(1, number(1, 1) + number(2, 2))
FUNCTION = block(5, number(1, 1) + number(2, 3) + number(4, 4))
LOCATION = block(4, number(1, 1) + block(4, number(1, 1) + number(2, 7)))


@with_go
def test_go_cpu_file(tmp_path: Path) -> None:
    path = DATA / "go-cpu.pb.gz"
    capture = files.read(path)
    assert capture.value_types == (SAMPLES, CPU)
    assert capture.default == 1
    assert capture.period == 10_000_000
    assert capture.duration_ns > 500_000_000
    assert set(capture.labels) == {(), (("endpoint", "/spin"),)}
    own, total = weights(capture)
    assert {name: (own[name], total[name]) for name in total} == top(path, unit="ns", folder=tmp_path)
    # What the compiler inlined is a frame of its own.
    assert 0 < total["main.half"] < total["main.main.func1"]
    spin = next(one for one in capture.functions if one.name == "main.spin")
    assert spin == Function("main.spin", "./main.go", 13, "native")


@with_go
def test_go_heap_file(tmp_path: Path) -> None:
    path = DATA / "go-heap.pb.gz"
    capture = files.read(path)
    assert [one.kind for one in capture.value_types] == [
        "alloc_objects",
        "alloc_space",
        "inuse_objects",
        "inuse_space",
    ]
    assert capture.value_types[capture.default] == INUSE_SPACE
    for kind in (INUSE_SPACE, ALLOC_SPACE):
        own, total = weights(capture, capture.index(kind.kind))
        said = top(f"-sample_index={kind.kind}", path, unit="B", folder=tmp_path)
        assert {name: (own[name], total[name]) for name in total if total[name]} == said
    assert any(("bytes", "65536") in labels for labels in capture.labels)


@with_go
def test_what_go_writes_back_is_read_the_same(tmp_path: Path) -> None:
    capture = files.read(DATA / "go-cpu.pb.gz")
    path = tmp_path / "again.pb.gz"
    files.write(capture, path)
    again = files.read(path)
    assert again == capture


def test_numbers_may_be_packed_or_not(tmp_path: Path) -> None:
    one_by_one = block(2, number(1, 1) + number(1, 1) + number(2, 5))
    together = block(2, block(1, packed((1, 1))) + block(2, packed((6,))))
    capture = read(written(tmp_path, CPU_TYPE, one_by_one, together, LOCATION, FUNCTION))
    assert capture.total() == 11
    assert capture.stacks == ((0, 0),)


def test_times_become_nanoseconds_and_numbers_text(tmp_path: Path) -> None:
    label = block(3, number(1, 5) + number(3, 2048) + number(4, 6))
    sample = block(2, number(1, 1) + number(2, 3) + label)
    strings = ("", "wall", "milliseconds", "f", "a.py", "size", "kilobytes")
    capture = read(written(tmp_path, CPU_TYPE, sample, LOCATION, FUNCTION, strings=strings))
    assert capture.value_types == (ValueType("wall", "nanoseconds"),)
    assert capture.total() == 3_000_000
    assert capture.labels == ((), (("size", "2048 kilobytes"),))


def test_addresses_without_names_are_shown(tmp_path: Path) -> None:
    mapping = block(3, number(1, 1) + number(5, 4))
    location = block(4, number(1, 1) + number(2, 1) + number(3, 0xBEEF))
    sample = block(2, number(1, 1) + number(2, 3))
    capture = read(written(tmp_path, CPU_TYPE, sample, mapping, location))
    assert capture.functions == (Function("0xbeef", "a.py", kind="native"),)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], "names no type of value"),
        ([CPU_TYPE, block(2, number(1, 1))], "a sample has 0 values, there are 1 types"),
        ([CPU_TYPE, block(2, number(1, 9) + number(2, 1))], "goes through location 9"),
        ([CPU_TYPE, FUNCTION, LOCATION, LOCATION], "two locations have the number 1"),
        ([CPU_TYPE, LOCATION], "function 1 is asked for"),
        ([CPU_TYPE, FUNCTION, FUNCTION], "two functions have the same number"),
        ([block(1, number(1, 99))], "string 99 is asked for"),
        ([CPU_TYPE, b"\x12\x7f"], "does not fit"),
        ([CPU_TYPE, b"\x13"], "wire type 3"),
        ([CPU_TYPE, b"\x02\x00"], "the number 0"),
    ],
)
def test_damage_is_told_with_its_place(tmp_path: Path, parts: list[bytes], said: str) -> None:
    with pytest.raises(InputError, match=r"hand\.pb: a damaged pprof file, at byte \d+ of \d+") as refused:
        read(written(tmp_path, *parts))
    assert said in refused.value.message


@settings(deadline=None, max_examples=150)
@given(data=st.one_of(damaged(OURS), damaged(gzip.decompress(OURS)).map(gzip.compress)))
def test_damaged_files_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read_or_refused(read, tmp_path_factory.getbasetemp() / "damaged.pb.gz", data)


def test_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_BYTES", 1 << 20)
    path = tmp_path / "bomb.pb.gz"
    path.write_bytes(gzip.compress(CPU_TYPE + bytes(3 << 20)))
    with pytest.raises(InputError, match=r"bomb\.pb\.gz: holds more than 1 MiB"):
        read(path)


def test_too_many_entries_and_frames_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_ENTRIES", 100)
    sample = block(2, number(1, 1) + number(2, 5))
    with pytest.raises(InputError, match="more than 100 entries"):
        read(written(tmp_path, CPU_TYPE, FUNCTION, LOCATION, sample * 200))
    monkeypatch.setattr(opened, "MOST_FRAMES", 100)
    deep = block(2, block(1, packed([1] * 200)) + number(2, 5))
    with pytest.raises(InputError, match="more than 100 frames"):
        read(written(tmp_path, CPU_TYPE, FUNCTION, LOCATION, deep))


def test_recognises_by_content() -> None:
    assert recognises("profile", gzip.decompress(OURS)[: opened.HEAD_BYTES])
    assert recognises("heap", gzip.decompress((DATA / "go-heap.pb.gz").read_bytes()))
    assert recognises("broken.pb.gz", b"what?")
    for text in (b"\n", b"\nmain;work 3\n", b'{"a": 1}', b"main;work 12\n", b"memray\0\0"):
        assert not recognises("profile", text)


def test_note_of_a_newer_version_is_passed_over(tmp_path: Path) -> None:
    newer = gzip.decompress(OURS).replace(b'"version":1', b'"version":9')
    path = tmp_path / "newer.pb.gz"
    path.write_bytes(newer)
    capture: Capture = read(path)
    assert capture.engine == "pprof"
    assert capture.total() == example().total()
