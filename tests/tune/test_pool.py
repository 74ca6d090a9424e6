"""Pool sizes tried on a real database, with everything that may go wrong meanwhile."""

from __future__ import annotations

import _thread
import random
import signal
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.databases.statements import queries
from perftool.clock import SystemClock
from perftool.databases import open_database
from perftool.databases.faults import CannotConnectError, Fault, StatementError
from perftool.errors import InputError, UsageError
from perftool.events import Progress, Silent
from perftool.tune import pool_profile
from perftool.tune.pool import Plan, Tried, tune

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from perftool.databases import Database


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Database]:
    with sqlite3.connect(tmp_path / "shop.db") as made:
        made.execute("CREATE TABLE stock (id INTEGER PRIMARY KEY, n INTEGER)")
        made.executemany("INSERT INTO stock VALUES (?, ?)", [(i, i % 7) for i in range(100)])
    made.close()
    with open_database(str(tmp_path / "shop.db")) as database:
        yield database


def tried(database: Database, tmp_path: Path, sql: str = "SELECT sum(n) FROM stock;", listener: Any = None,
          **how: Any) -> Tried:  # fmt: skip
    (tmp_path / "shop.sql").write_text(sql)
    plan = Plan(**{"sizes": (1, 2), "threads": 3, "rounds": 2, "duration_s": 0.02, **how})
    return tune(
        database,
        queries(tmp_path / "shop.sql"),
        "shop.sql",
        plan,
        random=random.Random(7),
        clock=SystemClock(),
        listener=listener or Silent(),
    )


def test_every_size_is_driven_in_every_round(shop: Database, tmp_path: Path) -> None:
    found = tried(shop, tmp_path, arrival_rate=10.0)
    payload = found.payload
    assert [one.size for one in payload.points] == [1, 2]
    assert all(one.rate > 0 and one.threads == 3 for one in payload.points)
    assert payload.recommended == 1
    assert found.complete
    assert {(m.unit, m.parameters["size"], m.blocks) for m in found.measurements} >= {("statements/s", "2", (0, 1))}
    assert {one.code for one in found.warnings} >= {"pool-embedded"}
    figures = payload.points[1].pool
    assert figures is not None
    assert figures.created == 2
    assert len(figures.shares) == 3
    assert threading.active_count() == 1 or not [t for t in threading.enumerate() if t.name.startswith("drive")]


def test_statements_may_write_only_when_that_is_said(shop: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="UPDATE writes"):
        tried(shop, tmp_path, "UPDATE stock SET n = 1;")


def test_a_statement_that_fails_is_named(shop: Database, tmp_path: Path) -> None:
    with pytest.raises(StatementError, match=r"shop\.sql:2: .*nowhere"):
        tried(shop, tmp_path, "SELECT 1;\nSELECT * FROM nowhere;")


def limited(database: Database, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    real: Callable[[], Any] = database.session
    opened: list[Any] = []

    def session() -> Any:
        opened[:] = [one for one in opened if one.ping()]
        if len(opened) >= most:
            raise CannotConnectError(Fault("limit", "53300", "sorry, too many clients already", transient=True))
        opened.append(real())
        return opened[-1]

    monkeypatch.setattr(database, "session", session)


def test_sizes_that_the_database_refuses_are_left_out(
    shop: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = shop.facts()
    monkeypatch.setattr(shop, "facts", lambda: facts)
    limited(shop, monkeypatch, 2)
    found = tried(shop, tmp_path, sizes=(1, 2, 4, 8))
    assert [one.size for one in found.payload.points] == [1, 2]
    (doubt,) = [one for one in found.warnings if one.code == "pool-size-refused"]
    assert doubt.message == "4 connections: sorry, too many clients already"
    limited(shop, monkeypatch, 0)
    with pytest.raises(InputError, match="too many clients already before anything was measured"):
        tried(shop, tmp_path)


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;"


def test_statements_that_do_not_end_are_stopped(shop: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no statement finished within 0\.02 s"):
        tried(shop, tmp_path, ENDLESS)


def test_an_interrupt_stops_statements_that_run(shop: Database, tmp_path: Path) -> None:
    # A signal, where _thread.interrupt_main would not end a wait.
    threading.Timer(0.2, signal.pthread_kill, (threading.get_ident(), signal.SIGINT)).start()
    with pytest.raises(InputError, match="interrupted before anything was measured"):
        tried(shop, tmp_path, ENDLESS, duration_s=600.0)


class _Interrupting(Silent):
    """Interrupts when so many sizes are done."""

    def __init__(self, after: int) -> None:
        self.after = after

    def progress(self, event: Progress) -> None:
        if event.done == self.after:
            _thread.interrupt_main()


def test_an_interrupt_keeps_what_was_measured(shop: Database, tmp_path: Path) -> None:
    found = tried(shop, tmp_path, listener=_Interrupting(3), rounds=50)
    assert not found.complete
    assert found.verdict.reasons == ("interrupted: fewer rounds than planned",)
    assert sum(len(m.values) for m in found.measurements if m.unit == "statements/s") == 3
    with pytest.raises(InputError, match="interrupted before anything was measured"):
        tried(shop, tmp_path, listener=_Interrupting(0))


def test_the_profile_says_what_it_stands_on(shop: Database, tmp_path: Path) -> None:
    payload = tried(shop, tmp_path).payload
    pool_profile.write(tmp_path / "shop.toml", payload, facts=["Measured today."])
    text = (tmp_path / "shop.toml").read_text()
    assert text.startswith('description = "Connections to sqlite:shop.db, shop.sql"\n')
    assert text.endswith(f"[pool]\nmaximum = {payload.recommended}\n")
    assert "# Measured today." in text
