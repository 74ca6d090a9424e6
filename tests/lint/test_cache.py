import sqlite3
from pathlib import Path

import pytest

from perftool.lint.cache import ANY, FORMAT, Cache, statements_kept

KEY = b"k" * 16
OTHER = b"o" * 16
YESTERDAY = "PRAGMA application_id = 1"  # the day on which old rows were looked for last


def test_what_is_kept_is_found_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lint.sqlite"
    cache = Cache(path)
    assert cache.store == ""
    cache.keep_statement(KEY, b"record")
    cache.keep_file(KEY, record=b"file", definitions=b"defined", dialect="postgres")
    cache.keep_file(OTHER, judged=b"findings", voted="mysql")
    cache.keep_judged(KEY, b"state", b"judged")
    cache.close()
    again = Cache(path)
    assert again.store == str(path)
    assert statements_kept(again.store, [OTHER, KEY]) == {KEY: b"record"}
    assert again.files([OTHER, KEY, b"unknown"]) == {
        KEY: (True, b"state", "postgres", None),
        OTHER: (False, ANY, "", "mysql"),
    }
    assert again.records([KEY])[KEY] == b"file"
    assert again.definitions([KEY])[KEY] == b"defined"
    assert again.judged([KEY, OTHER]) == {KEY: b"judged", OTHER: b"findings"}
    assert again.note == ""
    again.close()


def test_many_keys_are_asked_for_at_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c")
    keys = [number.to_bytes(16, "big") for number in range(1500)]
    for key in keys:
        cache.keep_file(key, record=key)
    cache.flush()
    assert cache.records(keys) == {key: key for key in keys}
    cache.close()


def test_a_file_kept_anew_has_not_been_judged(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c")
    cache.keep_file(KEY, record=b"one")
    cache.keep_judged(KEY, b"state", b"judged")
    cache.flush()
    cache.keep_file(KEY, record=b"two")
    cache.flush()
    assert cache.files([KEY])[KEY].state is None
    cache.close()


def test_without_a_path_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cache = Cache(None)
    cache.keep_statement(KEY, b"record")
    cache.keep_file(KEY, record=b"file")
    cache.flush()
    assert not cache.persistent
    assert not cache.files([KEY])
    assert not cache.records([KEY])
    cache.touch([KEY])
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
    assert statements_kept(again.store, [KEY]) == {KEY: b"record"}
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
    found = statements_kept(str(path), [number.to_bytes(16, "big") for number in range(3000)])
    assert set(found.values()) <= {b"r" * 300}
    for number in range(3000):
        cache.keep_statement(number.to_bytes(16, "big"), b"s" * 300)
    cache.flush()
    # When it is opened, or else when a page is missed.
    assert "made again" in cache.note or "nothing is kept" in cache.note
    cache.close()


def test_another_format_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "c"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    cache = Cache(path)
    assert cache.note == "the cache c is of another version: it is made again"
    cache.close()


def test_a_place_that_cannot_be_written_costs_the_cache_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "c")
    assert "cannot use the cache" in cache.note
    assert not cache.persistent
    cache.keep_statement(KEY, b"record")
    cache.flush()
    cache.close()


def test_two_runs_at_once_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "c"
    one, two = Cache(path), Cache(path)
    one.keep_statement(KEY, b"one")
    one.flush()
    assert statements_kept(str(path), [KEY]) == {KEY: b"one"}
    two.keep_statement(OTHER, b"two")
    two.flush()
    assert statements_kept(str(path), [KEY, OTHER]) == {KEY: b"one", OTHER: b"two"}
    one.close()
    two.close()


def test_what_was_not_used_for_long_goes(tmp_path: Path) -> None:
    path = tmp_path / "c"
    cache = Cache(path)
    cache.keep_file(KEY, record=b"old")
    cache.keep_file(OTHER, record=b"new")
    cache.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE files SET used = used - 60 WHERE key = ?", [KEY])
        connection.execute(YESTERDAY)
    connection.close()
    Cache(path).close()
    cache = Cache(path)
    assert list(cache.files([KEY, OTHER])) == [OTHER]
    cache.close()


def test_what_is_asked_for_stays(tmp_path: Path) -> None:
    path = tmp_path / "c"
    cache = Cache(path)
    cache.keep_file(KEY, record=b"old")
    cache.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE files SET used = used - 20")
        connection.execute(YESTERDAY)
    connection.close()
    cache = Cache(path)
    cache.touch([KEY])
    cache.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE files SET used = used - 20")
        connection.execute(YESTERDAY)
    connection.close()
    Cache(path).close()
    cache = Cache(path)
    assert KEY in cache.files([KEY])
    cache.close()
