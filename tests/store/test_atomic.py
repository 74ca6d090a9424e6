"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from perftool.errors import OutputError
from perftool.store import atomic


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "report.json"
    atomic.write_bytes(path, b"one")
    atomic.write_bytes(path, b"two")
    assert contents(path.parent) == {"report.json": b"two"}


def test_keeps_the_mode_of_the_replaced_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"")
    path.chmod(0o640)
    atomic.write_bytes(path, b"x")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (Path, "replace")), full)
    with pytest.raises(OutputError, match="no space left on device") as caught:
        atomic.write_bytes(path, b"new")
    assert caught.value.hint
    assert contents(tmp_path) == {"report.json": b"old"}


def test_interrupt_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        atomic.write_bytes(tmp_path / "report.json", b"new")
    assert contents(tmp_path) == {}


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = os.fsync, []

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.EINVAL, "no")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    atomic.write_bytes(tmp_path / "report.json", b"x")
    assert len(calls) == 2
    assert contents(tmp_path) == {"report.json": b"x"}


def test_a_folder_as_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a directory"):
        atomic.write_bytes(tmp_path, b"x")


def test_a_file_as_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot write"):
        atomic.write_bytes(tmp_path / "file" / "report.json", b"x")


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_symbolic_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    link = tmp_path / "latest.json"
    link.symlink_to(real)
    atomic.write_bytes(link, b"x")
    assert link.is_symlink()
    assert real.read_bytes() == b"x"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux' device files")
def test_a_device_is_written_not_replaced() -> None:
    atomic.write_bytes(Path(os.devnull), b"x")
    assert not Path(os.devnull).is_file()
    with pytest.raises(OutputError, match="no space left"):
        atomic.write_bytes(Path("/dev/full"), b"x")


def test_pieces_are_written_as_one_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    atomic.write_pieces(path, (bytes([65 + number]) for number in range(3)))
    assert contents(tmp_path) == {"report.json": b"ABC"}


def test_what_fails_while_pieces_are_made_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def pieces() -> object:
        yield b"new"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        atomic.write_pieces(path, pieces())  # type: ignore[arg-type]
    assert contents(tmp_path) == {"report.json": b"old"}
