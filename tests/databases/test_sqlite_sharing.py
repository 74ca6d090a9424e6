"""A SQLite file belongs to one copy of SQLite at a time."""

from __future__ import annotations

import threading

import pytest

from perftool.databases.sqlite_sharing import Files
from perftool.errors import UnavailableError


def test_one_session_may_have_its_file_alone() -> None:
    files = Files()
    files.enter("shop.db", 0)
    with files.alone("./shop.db"):
        with pytest.raises(UnavailableError, match="is being read as Arrow"):
            files.enter("shop.db", 0)
        with pytest.raises(UnavailableError), files.alone("shop.db"):
            pass
        files.enter("other.db", 0)
    files.enter("shop.db", 0)
    with pytest.raises(UnavailableError, match="open elsewhere"), files.alone("shop.db"):
        pass
    files.leave("shop.db")
    with files.alone("shop.db"):
        pass


def test_who_opens_a_file_waits_for_its_turn() -> None:
    files = Files()
    files.enter("shop.db", 0)
    entered = threading.Event()

    def enter() -> None:
        files.enter("shop.db", 20)
        entered.set()

    other = threading.Thread(target=enter)
    with files.alone("shop.db"):
        other.start()
        assert not entered.is_set()
    assert entered.wait(20)
    other.join()
