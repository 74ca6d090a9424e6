"""Batches on a real PostgreSQL: what is cancelled there, retried, and told when the server dies."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from perftool.clock import SystemClock
from perftool.databases import open_database
from perftool.events import Silent
from perftool.model.database import PoolSettings
from perftool.queries.batch import Batch, Plan
from perftool.queries.batch_lines import Sink
from perftool.queries.batch_requests import Reading
from perftool.queries.batch_sources import Sources
from perftool.queries.batch_totals import Totals

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from perftool.databases import Database
    from tests.servers.postgresql import PostgreSQL

pytestmark = pytest.mark.xdist_group("postgresql")
OF_SLEEPERS = "FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()"

#: What a client hears of an ended session: the server's last word, or that the connection broke before it came.
LOST = {"57P01", "08006"}


class Worked:
    """A batch that ran, and the results that it wrote."""

    def __init__(
        self,
        url: str,
        entries: list[dict[str, Any]],
        plan: Plan,
        *,
        write: bool = False,
        connect_timeout_s: float = 5.0,
    ) -> None:
        def opened(given: str) -> Database:
            return open_database(
                given, pool=PoolSettings(maximum=plan.jobs), write=write, connect_timeout_s=connect_timeout_s
            )

        text = "\n".join(json.dumps(entry) for entry in entries).encode()
        clock = SystemClock()
        self.sources = Sources(opened, {"shop": url})
        self.totals = Totals(clock.monotonic())
        self.file = io.BytesIO()
        queries = Reading(self.sources.dialect).stream(io.BytesIO(text), "in", "ndjson")
        sink = Sink(self.file, name="out")
        self.batch = Batch(queries, self.sources, plan, sink, self.totals, clock=clock, listener=Silent())

    def run(self, meanwhile: Callable[[], None] | None = None) -> list[dict[str, Any]]:
        beside = threading.Thread(target=meanwhile) if meanwhile is not None else None
        try:
            if beside is not None:
                beside.start()
            self.batch.run()
        finally:
            if beside is not None:
                beside.join()
            self.sources.close()
        return [json.loads(line) for line in self.file.getvalue().splitlines()]


def wait_until(true: Callable[[], object]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)


def sleeping(server: PostgreSQL) -> int:
    return int(server.execute(f"SELECT count(*) {OF_SLEEPERS}")[0][0])


def test_the_first_failure_cancels_the_others_on_the_server(postgresql: PostgreSQL, postgresql_url: str) -> None:
    entries = [{"query": "SELECT pg_sleep(30)"} for _ in range(3)]
    entries += [{"id": "bad", "query": "SELECT 1 / (2 - count(*)) FROM pg_sleep(0.2), generate_series(1, 2)"}]
    entries += [{"query": "SELECT 1"} for _ in range(20)]
    found = Worked(postgresql_url, entries, Plan(jobs=4, stop_on_error=True)).run()
    statuses = sorted(one["status"] for one in found if one["status"] != "skipped")
    assert statuses == ["cancelled", "cancelled", "cancelled", "failed"]
    assert {one["code"] for one in found if one["status"] == "cancelled"} == {"57014"}
    wait_until(lambda: sleeping(postgresql) == 0)


def test_each_query_has_its_time(postgresql: PostgreSQL, postgresql_url: str) -> None:
    entries = [{"id": "slow", "query": "SELECT pg_sleep(30)"}, {"id": "own", "query": "SELECT 1", "timeout": "9s"}]
    found = {one["id"]: one["status"] for one in Worked(postgresql_url, entries, Plan(timeout_s=0.1)).run()}
    assert found == {"slow": "timeout", "own": "ok"}
    assert sleeping(postgresql) == 0


def test_lost_connections_are_replaced_and_counted(postgresql: PostgreSQL, postgresql_url: str) -> None:
    """What only reads is run again when its session was ended (57P01)."""

    def end_sessions() -> None:
        wait_until(lambda: sleeping(postgresql) == 2)
        postgresql.execute(f"SELECT pg_terminate_backend(pid) {OF_SLEEPERS}")

    entries = [{"id": number, "query": "SELECT pg_sleep(0.3)"} for number in range(4)]
    worked = Worked(postgresql_url, entries, Plan(jobs=2))
    found = worked.run(end_sessions)
    assert [one["status"] for one in found] == ["ok"] * 4
    assert sum(one["retries"] for one in found) == 2
    codes = worked.batch.retrier.figures().by_code
    assert set(codes) <= LOST
    assert sum(codes.values()) == 2
    assert "; 2 were retried" in worked.totals.verdict().headline


def test_what_may_have_written_is_not_run_again(postgresql: PostgreSQL, postgresql_url: str) -> None:
    def end_session() -> None:
        wait_until(lambda: sleeping(postgresql) == 1)
        postgresql.execute(f"SELECT pg_terminate_backend(pid) {OF_SLEEPERS}")

    worked = Worked(postgresql_url, [{"query": "SELECT pg_sleep(9)"}], Plan(jobs=1), write=True)
    (found,) = worked.run(end_session)
    assert (found["status"], found["retries"]) == ("failed", 0)
    assert found["code"] in LOST


def test_a_server_that_dies_loses_no_line(postgresql: PostgreSQL, postgresql_url: str) -> None:
    """Every query that was read has its line, none hangs, and each that failed says why."""
    entries = [{"id": number, "query": "SELECT pg_sleep(0.05)"} for number in range(24)]
    worked = Worked(postgresql_url, entries, Plan(jobs=4))

    def kill() -> None:
        wait_until(lambda: worked.totals.done >= 4)
        postgresql.kill()

    try:
        found = worked.run(kill)
    finally:
        postgresql.start()
    assert sorted(int(one["id"]) for one in found) == list(range(24))
    assert {one["status"] for one in found} == {"ok", "failed"}
    assert all(one["error"] for one in found if one["status"] == "failed")
    assert worked.totals.verdict().outcome == "fail"
    assert worked.batch.unreachable() is None


@pytest.mark.skipif(os.name != "posix", reason="signals are sent on POSIX only")
def test_ctrl_c_cancels_on_the_server(postgresql: PostgreSQL, postgresql_url: str, tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").write_text("")
    (tmp_path / "slow.sql").write_text("SELECT pg_sleep(30);\n" * 9)
    command = [sys.executable, "-m", "perftool", "query", "batch", "slow.sql", "-s", "env:SHOP", "--to", "r.ndjson"]
    environment = {**os.environ, "SHOP": postgresql_url}
    with subprocess.Popen(
        [*command, "-j", "2"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_until(lambda: sleeping(postgresql) == 2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "interrupted after 2 queries" in out
    found = [json.loads(line) for line in (tmp_path / "r.ndjson").read_text().splitlines()]
    assert [one["status"] for one in found] == ["cancelled", "cancelled"], out + err + str(found)
    assert sleeping(postgresql) == 0


def test_nobody_who_answers_holds_up_no_batch() -> None:
    """A server that takes connections and never speaks costs its time-out once, not for every query."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/shop"
        worked = Worked(url, [{"query": "SELECT 1"}] * 200, Plan(jobs=2), connect_timeout_s=2.0)
        found = worked.run()
    assert [one["status"] for one in found] == ["failed"] * 200
    assert sum(one["wait_s"] > 1 for one in found) <= 4
    assert worked.batch.unreachable() is not None
