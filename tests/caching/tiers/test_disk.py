"""The disk tier: what others planted is neither executed nor given out."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from perftool.caching.api import TierError, TierOptions
from perftool.caching.opening import open_tier
from perftool.caching.tiers import disk
from perftool.caching.tiers.disk import _Closer
from tests.caching.bombs import Bomb, planted

if TYPE_CHECKING:
    from pathlib import Path

diskcache = pytest.importorskip("diskcache")


@pytest.mark.parametrize("filler", [0, 100_000], ids=["in the database", "in a file"])
def test_a_planted_pickle_is_a_miss(tmp_path: Path, filler: int) -> None:
    trace, folder = tmp_path / "trace", tmp_path / "cache"
    raw = planted(trace)
    with closing(diskcache.Cache(str(folder))) as theirs:
        theirs["pickled"] = [Bomb(trace), "x" * filler]
        theirs["raw"] = raw
        theirs["text"] = "x" * filler
        theirs["number"] = 1
    with closing(open_tier("disk", TierOptions(folder=folder))) as tier:
        for key in ("pickled", "raw", "text", "number"):
            assert tier.get(key) is None
            assert tier.get(key) is None
        assert not trace.exists()
        figures = tier.figures()
        assert (figures.refused, figures.hits, figures.misses) == (4, 0, 8)
        tier.put("pickled", b"ours", None)
        assert tier.get("pickled") == (b"ours", None)


def test_a_file_elsewhere_is_neither_read_nor_removed(tmp_path: Path) -> None:
    folder, secret = tmp_path / "cache", tmp_path / "secret.val"
    secret.write_bytes(b"x")
    with closing(open_tier("disk", TierOptions(folder=folder))) as tier:
        tier.put("a", b"x" * 100_000, None)
        with closing(sqlite3.connect(folder / "cache.db")) as database, database:
            database.execute("update Cache set filename = '../secret.val'")
        assert tier.get("a") is None
        tier.put("a", b"new", None)
        assert tier.figures().refused == 1
    assert secret.exists()


def test_survives_the_process_that_wrote(tmp_path: Path) -> None:
    with closing(open_tier("disk", TierOptions(folder=tmp_path))) as tier:
        tier.put("a", b"one", None)
    with closing(open_tier("disk", TierOptions(folder=tmp_path))) as tier:
        assert tier.get("a") == (b"one", None)
        assert tier.figures().entries == 1


def test_a_damaged_value_is_a_miss(tmp_path: Path) -> None:
    with closing(open_tier("disk", TierOptions(folder=tmp_path))) as tier:
        tier.put("a", b"x" * 100_000, None)
        (file,) = tmp_path.rglob("*.val")
        file.write_bytes(file.read_bytes()[:-1] + b"y")
        assert tier.get("a") is None
        assert tier.figures().refused == 1


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(TierError):
        open_tier("disk", TierOptions(folder=tmp_path / "cache"))


def test_a_thread_that_ends_closes_its_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[int] = []

    class Watched(_Closer):
        def __del__(self) -> None:
            closed.append(threading.get_ident())
            super().__del__()

    monkeypatch.setattr(disk, "_Closer", Watched)
    with closing(disk.Disk(TierOptions(folder=tmp_path))) as tier:
        thread = threading.Thread(target=tier.put, args=("a", b"one", None))
        thread.start()
        thread.join()
        # In the thread itself: elsewhere SQLite's library refuses to.
        assert closed == [thread.ident]
        assert tier.get("a") == (b"one", None)
    assert closed == [thread.ident, threading.get_ident()]
