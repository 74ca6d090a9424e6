from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from perftool.errors import InputError
from perftool.sql import opening, source
from perftool.sql.opening import opened, streamed
from perftool.sql.source import Source
from perftool.sql.stretches import Stretched


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(opening, "LARGE", 10)
    return tmp_path / "a.sql"


def test_a_large_file_is_read_in_stretches_and_a_small_one_whole(path: Path) -> None:
    path.write_bytes(b"select 1;\nselect 2")
    with opened(path, name="a.sql") as text:
        assert isinstance(text, Stretched)
        assert [(one.text, one.line) for one in text.statements()] == [("select 1", 1), ("select 2", 2)]
    path.write_bytes(b"select 1")
    with opened(path, name="a.sql") as text:
        assert isinstance(text, Source)


def test_a_large_file_of_utf16_is_read_whole_or_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes("\ufeffselect 1".encode("utf-16-le"))
    with opened(path, name="a.sql") as text:
        assert [one.text for one in text.statements()] == ["select 1"]
    monkeypatch.setattr(source, "LARGEST_UTF16", 4)
    monkeypatch.setattr(opening, "LARGEST_UTF16", 4)
    with pytest.raises(InputError, match="UTF-16 and larger"), opened(path, name="a.sql"):
        pass


def test_what_fails_while_a_file_is_open_is_not_laid_at_its_door(path: Path) -> None:
    path.write_bytes(b"select 1")
    with pytest.raises(ConnectionError), opened(path, name="a.sql"):
        raise ConnectionError


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.sql").touch()
    with opened(tmp_path / "a.sql", name="a.sql") as text:
        assert list(text.statements()) == []


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x\.sql"), opened(tmp_path / "x.sql", name="x.sql"):
        pass
    with pytest.raises(InputError, match="folder"), opened(tmp_path, name="x"):
        pass


def test_a_pipe_is_read_whole() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"select 1; select 2")
    os.close(writer)
    try:
        with opened(Path(f"/dev/fd/{reader}"), name="pipe") as text:
            assert len(list(text.statements())) == 2
    finally:
        os.close(reader)


def test_a_pipe_that_gives_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perftool.sql.opening.LARGEST_STREAM", 9)
    assert len(list(streamed(io.BytesIO(b"select 1;"), name="stdin").statements())) == 1
    with pytest.raises(InputError, match="stdin gives more than"):
        streamed(io.BytesIO(b"select 10;"), name="stdin")
