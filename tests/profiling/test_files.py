"""Captures in files: told by content when read, by name when written, refused in one line otherwise."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.errors import InputError, OutputError, UsageError
from perftool.profiling import files, opened
from tests.profiling.damage import read_or_refused
from tests.profiling.drawn import example, heap

if TYPE_CHECKING:
    from pathlib import Path


def test_every_written_format_that_is_read_is_told_by_its_content(tmp_path: Path) -> None:
    readable = {reader.name for reader in files.readable()}
    for writer in files.formats():
        if writer.name not in readable:
            continue
        path = tmp_path / "capture"
        files.write(example(), path, writer.name)
        assert files.read(path).total() == example().total(), writer.name
        packed = tmp_path / "packed"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        if writer.name != "pprof":
            assert files.read(packed) == files.read(path), writer.name


@pytest.mark.parametrize(
    ("name", "format_name"),
    [
        ("a.pb.gz", "pprof"),
        ("a.PPROF", "pprof"),
        ("a.collapsed", "collapsed"),
        ("a.folded.txt", "collapsed"),
        ("a.speedscope.json", "speedscope"),
        ("a.trace.json", "chrome"),
    ],
)
def test_name_asks_for_a_format(tmp_path: Path, name: str, format_name: str) -> None:
    assert files.write(heap(), tmp_path / name).name == format_name
    assert (tmp_path / name).read_bytes() == files.encode(heap(), format_name)


def test_unknown_names_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.xyz: no format of profiles has this suffix") as refused:
        files.write(heap(), tmp_path / "a.xyz")
    assert ".pb.gz" in (refused.value.hint or "")
    assert not list(tmp_path.iterdir())
    with pytest.raises(UsageError, match="no format of profiles named 'pproof'") as unknown:
        files.encode(heap(), "pproof")
    assert unknown.value.hint == "did you mean 'pprof'?"


def test_what_is_no_profile_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Dear diary,\nnothing here.\n")
    with pytest.raises(InputError, match=r"a\.txt: not a profile in a known format") as refused:
        files.read(path)
    assert "pprof" in (refused.value.hint or "")
    path.write_text("")
    with pytest.raises(InputError, match=r"a\.txt: the file is empty"):
        files.read(path)


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot open .*gone\.pb\.gz: no such file"):
        files.read(tmp_path / "gone.pb.gz")
    with pytest.raises(UsageError, match="is a directory"):
        files.read(tmp_path)


def test_damaged_packing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pb.gz"
    whole = files.encode(example(), "pprof")
    for damaged in (whole[:-12], whole[:40], whole[:40] + b"\xff" * 40, whole[:3]):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match=r"a\.pb\.gz: what is packed in it is damaged: "):
            files.read(path)


def test_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_BYTES", 1 << 20)
    path = tmp_path / "a.pb.gz"
    path.write_bytes(gzip.compress(bytes(50 << 20), 1))
    with pytest.raises(InputError, match="holds more than 1 MiB"):
        files.read(path)


def test_what_is_packed_too_tightly_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "_SMALL_BYTES", 1 << 20)
    path = tmp_path / "a.speedscope.json.gz"
    path.write_bytes(gzip.compress(b'{"type": "sampled", "samples": [' + b"[]," * (1 << 20)))
    with pytest.raises(InputError, match="unpacks to more than 300 times its size"):
        files.read(path)


@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read_or_refused(files.read, tmp_path_factory.getbasetemp() / "any", data)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot write"):
        files.write(heap(), tmp_path / "file" / "a.pb.gz")
