import sqlite3
from pathlib import Path

import pytest

from perftool.lint.cache import FORMAT, Cache

KEY = b"k" * 16
OTHER = b"o" * 16


def test_what_is_kept_is_found_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lint.sqlite"
    cache = Cache(path)
    cache.keep_statement(KEY, b"record")
    assert cache.statements([KEY, OTHER]) == {KEY: b"record"}
    cache.keep_file(KEY, b"file", defines=True)
    cache.keep_judged(KEY, b"state", b"judged")
    cache.close()
    again = Cache(path)
    assert again.statements([OTHER, KEY]) == {KEY: b"record"}
    known = again.file(KEY)
    assert known is not None
    assert (known.defines, known.state, again.record(KEY), again.judged(KEY)) == (True, b"state", b"file", b"judged")
    assert again.file(OTHER) is None
    assert again.note == ""
    again.close()


def test_a_file_kept_anew_has_not_been_judged(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c")
    cache.keep_file(KEY, b"one", defines=False)
    cache.keep_judged(KEY, b"state", b"judged")
    cache.keep_file(KEY, b"two", defines=False)
    known = cache.file(KEY)
    assert known is not None
    assert known.state is None
    cache.close()


def test_without_a_path_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cache = Cache(None)
    cache.keep_statement(KEY, b"record")
    assert cache.statements([KEY]) == {KEY: b"record"}
    assert not cache.persistent
    cache.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "c"
    path.write_bytes(damage)
    cache = Cache(path)
    cache.keep_statement(KEY, b"record")
    cache.close()
    assert ("damaged" in cache.note) == bool(damage)
    again = Cache(path)
    assert again.statements([KEY]) == {KEY: b"record"}
    again.close()


def test_a_file_damaged_in_its_middle_is_found_out_sooner_or_later(tmp_path: Path) -> None:
    path = tmp_path / "c"
    cache = Cache(path)
    for number in range(3000):
        cache.keep_statement(number.to_bytes(16, "big"), b"r" * 300)
    cache.close()
    data = bytearray(path.read_bytes())
    data[8192 : len(data) // 2] = b"\xff" * (len(data) // 2 - 8192)
    path.write_bytes(data)
    cache = Cache(path)
    found = cache.statements(number.to_bytes(16, "big") for number in range(3000))
    assert set(found.values()) <= {b"r" * 300}
    cache.keep_statement(KEY, b"record")
    assert cache.statements([KEY]) == {KEY: b"record"}
    cache.close()


def test_another_format_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "c"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    cache = Cache(path)
    assert "made again" in cache.note
    cache.close()


def test_a_place_that_cannot_be_written_costs_the_cache_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "c")
    assert "cannot use the cache" in cache.note
    cache.keep_statement(KEY, b"record")
    assert cache.statements([KEY]) == {KEY: b"record"}
    cache.close()


def test_two_runs_at_once_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "c"
    one, two = Cache(path), Cache(path)
    one.keep_statement(KEY, b"one")
    one.flush()
    assert two.statements([KEY]) == {KEY: b"one"}
    two.keep_statement(OTHER, b"two")
    two.flush()
    assert one.statements([OTHER]) == {OTHER: b"two"}
    one.close()
    two.close()


def test_what_was_not_used_for_long_goes(tmp_path: Path) -> None:
    path = tmp_path / "c"
    cache = Cache(path)
    cache.keep_file(KEY, b"old", defines=False)
    cache.keep_file(OTHER, b"new", defines=False)
    cache.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE files SET used = used - 60 WHERE key = ?", [KEY])
    connection.close()
    Cache(path).close()
    cache = Cache(path)
    assert cache.file(KEY) is None
    assert cache.file(OTHER) is not None
    cache.close()


def test_what_is_asked_for_stays(tmp_path: Path) -> None:
    path = tmp_path / "c"
    cache = Cache(path)
    cache.keep_file(KEY, b"old", defines=False)
    cache.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE files SET used = used - 20")
    connection.close()
    cache = Cache(path)
    cache.touch([KEY])
    cache.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE files SET used = used - 20")
    connection.close()
    Cache(path).close()
    cache = Cache(path)
    assert cache.file(KEY) is not None
    cache.close()
