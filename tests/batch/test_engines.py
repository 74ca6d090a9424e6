from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from perftool.batch.engines.polyglot import SECOND, Polyglot
from perftool.batch.engines.sqlglot import Sqlglot
from perftool.errors import InputError, UnavailableError

if TYPE_CHECKING:
    from perftool.sql.nodes import Node


class Second:
    """A second opinion that refuses what holds "no"."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def trees(self, text: str) -> list[Node]:
        return []

    def validate(self, text: str) -> None:
        self.asked.append(text)
        if "no" in text:
            raise InputError("refused")

    def stats(self) -> dict[str, float]:
        return {"own": 1.0}


def test_the_parser_waits_in_its_pool() -> None:
    engine = Sqlglot("postgres")
    engine.validate("SELECT 1")
    assert len(engine.trees("SELECT 1; SELECT 2")) == 2
    with pytest.raises(InputError):
        engine.validate("SELECT (")
    assert engine.stats() == {"pool_gets": 3.0, "pool_hits": 3.0}


def test_a_missing_extra_is_said_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polyglot_sql", None)
    with pytest.raises(UnavailableError) as told:
        Polyglot("postgres", Second())
    assert told.value.hint == "pip install 'perftool[fast]'"


def test_what_it_refuses_is_asked_again() -> None:
    pytest.importorskip("polyglot_sql")
    second = Second()
    engine = Polyglot("postgres", second)
    engine.validate("SELECT a FROM t")
    assert second.asked == []
    engine.validate("SELEC (")
    with pytest.raises(InputError):
        engine.validate("no (")
    assert second.asked == ["SELEC (", "no ("]
    assert engine.stats() == {"own": 1.0, SECOND: 2.0}


def test_a_dialect_that_it_does_not_know_is_left_to_the_second() -> None:
    pytest.importorskip("polyglot_sql")
    second = Second()
    Polyglot("risingwave-to-be", second).validate("SELECT 1")
    assert second.asked == ["SELECT 1"]
