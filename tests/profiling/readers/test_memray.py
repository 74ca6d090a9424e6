from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError
from perftool.profiling import files
from perftool.profiling.readers.memray import READER

if TYPE_CHECKING:
    from pathlib import Path

memray = pytest.importorskip("memray", reason="memray is not installed")


def test_files_are_known_by_their_first_bytes_packed_or_not(tmp_path: Path) -> None:
    for packed in (True, False):
        path = tmp_path / f"{packed}.anything"
        with memray.Tracker(destination=memray.FileDestination(path, compress_on_exit=packed)):
            kept = bytearray(100_000)
        assert READER.recognises(path.name, path.read_bytes())
        capture = files.read(path)
        assert capture.engine == "memray"
        assert capture.total(capture.index("alloc_space")) >= len(kept)


def test_others_are_not(tmp_path: Path) -> None:
    assert not READER.recognises("a.bin", b"\x1f\x8b")
    assert not READER.recognises("a.bin", b"")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"memray" + bytes(100))
    with pytest.raises(InputError, match=r"a.bin"):
        files.read(path)
