"""Where streams go: whole or not at all, and said clearly when that place is full."""

from __future__ import annotations

import os
import resource
from typing import TYPE_CHECKING

import pytest

from perftool.errors import OutputError
from perftool.queries.compression import compressor, split
from perftool.queries.sinks import ConsumerGoneError, FileSink, Packing, PipeSink, RemoteSink, is_url, opened, shown_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rows.csv"
    sink = opened(str(path))
    sink.write(b"a\n")
    assert not path.exists()
    sink.restart()
    sink.write(b"b\n")
    sink.commit()
    sink.discard()
    assert path.read_bytes() == b"b\n"
    assert os.listdir(path.parent) == ["rows.csv"]


def test_what_is_discarded_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"old")
    sink = FileSink(path)
    sink.write(b"new")
    assert sink.discard() == ""
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["rows.csv"]


def test_a_partial_file_is_kept_on_request_under_its_own_name(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "rows.csv")
    sink.write(b"new")
    assert sink.discard(keep=True) == str(tmp_path / "rows.csv.partial")
    assert os.listdir(tmp_path) == ["rows.csv.partial"]


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file of this process may be larger than a page."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_grows_too_large_is_refused_and_goes(tmp_path: Path, small_files: None) -> None:
    sink = FileSink(tmp_path / "rows.csv")
    with pytest.raises(OutputError, match=r"cannot write .*rows.csv: file too large"):
        sink.write(b"x" * 8192)
    sink.discard()
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    sink = opened("/dev/full")
    assert sink.lasting
    with pytest.raises(OutputError, match="no space left"):
        sink.write(b"x" * 8192)
    sink.discard()
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(OutputError, match="no space left"):
        PipeSink(full).write(b"x")


def test_a_reader_that_has_gone_is_noticed() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb", buffering=0) as pipe:
        sink = PipeSink(pipe)
        assert sink.descriptor == writing
        with pytest.raises(ConsumerGoneError):
            sink.write(b"x")


def test_urls_of_fsspec_are_written_whole_or_not_at_all() -> None:
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    sink = RemoteSink("memory://shop/rows.csv")
    sink.write(b"a")
    sink.discard()
    assert not system.exists("/shop/rows.csv")
    sink = RemoteSink("memory://shop/rows.csv")
    sink.write(b"a")
    sink.restart()
    sink.write(b"b")
    sink.commit()
    sink.discard()
    assert system.cat("/shop/rows.csv") == b"b"
    with pytest.raises(OutputError, match=r"cannot write nowhere://x"):
        RemoteSink("nowhere://x")


def test_urls_are_shown_without_who_logs_in() -> None:
    assert shown_url("s3://key:secret@bucket/rows.csv?token=x") == "s3://bucket/rows.csv"
    assert is_url("s3://bucket/x")
    assert not is_url("c://x")
    assert not is_url("rows.csv")


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_compression_goes_piece_by_piece(kind: str, tmp_path: Path) -> None:
    if kind == "zstd":
        pytest.importorskip("zstandard")
    sink = FileSink(tmp_path / "rows")
    packing = Packing(sink, compressor(kind))
    for number in range(20_000):
        packing.write(f"row {number}\n".encode())
    packing.finish()
    sink.commit()
    data = (tmp_path / "rows").read_bytes()
    assert packing.size == len(data) < 100_000
    assert unpacked(kind, data) == b"".join(f"row {number}\n".encode() for number in range(20_000))


def unpacked(kind: str, data: bytes) -> bytes:
    if kind == "gzip":
        import gzip

        return gzip.decompress(data)
    import zstandard

    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def test_suffixes_tell_the_compression() -> None:
    assert split("rows.csv.GZ") == ("rows.csv", "gzip")
    assert split("rows.csv.zst") == ("rows.csv", "zstd")
    assert split("rows.csv") == ("rows.csv", "")
