"""What becomes of queries when something goes wrong on a real server? Each fault is made to happen.

    python -m docs.evidence.databases.faults [WORD ...]

prints a table: the fault, what ought to follow, what did, and the line that perftool said. PostgreSQL and MariaDB are
started by it, from local binaries. With WORDs only faults whose name holds one of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psutil

from tests.servers.mariadb import MariaDB
from tests.servers.postgresql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 90.0
QUERIES = 600
MANY = "SELECT i, md5(i::text), now() FROM generate_series(1, 30000000) AS g(i)"
MANY_MARIADB = "SELECT seq, md5(seq), now() FROM seq_1_to_30000000"


class Seen(NamedTuple):
    """What happened: whether it is what ought to, in words, and the line that was said."""

    good: bool
    what: str
    said: str = ""


class Fault(NamedTuple):
    """Something that goes wrong, and what ought to follow."""

    name: str
    wanted: str
    run: Callable[[Stage], Seen]


class Stage(NamedTuple):
    """Where faults are played: the servers, and a folder."""

    postgresql: PostgreSQL
    mariadb: MariaDB
    folder: Path

    def start(self, *words: str, **more: object) -> subprocess.Popen[bytes]:
        """Start perftool."""
        command = [sys.executable, "-m", "perftool", *words]
        given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": self.folder, **more}
        return subprocess.Popen(command, **given)  # type: ignore[call-overload,no-any-return]


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Wait for the end; returns the exit code and what was said on standard error."""
    try:
        _, said = process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return -99, "it hung"
    return process.returncode, said.decode()


def line(said: str) -> str:
    """Return the line that tells of the fault."""
    lines = [one for one in said.splitlines() if "error" in one or one.startswith("✗")]
    return (lines or said.splitlines() or [""])[0].strip()[:150]


def calm(said: str) -> bool:
    """Say whether there is no traceback and no bug in what was said."""
    return "Traceback" not in said and "bug in perftool" not in said and "hunter2" not in said


def grown(path: Path, size: int) -> bool:
    """Wait until a file beside ``path`` whose name begins like it has so many bytes."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if any(one.stat().st_size >= size for one in path.parent.glob(f"*{path.name}*")):
            return True
        time.sleep(0.02)
    return False


def kill(server: PostgreSQL | MariaDB) -> None:
    """Kill a server with all its processes: those of PostgreSQL would first finish what they send."""
    for child in psutil.Process(server.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    server.kill()


def killed_mid_stream(stage: Stage, which: str) -> Seen:
    """Kill the server when rows are being written."""
    server, sql = (stage.postgresql, MANY) if which == "postgresql" else (stage.mariadb, MANY_MARIADB)
    target = stage.folder / f"{which}.csv"
    database = "postgres" if which == "postgresql" else "mysql"
    process = stage.start("query", "stream", server.url(database), sql, "--to", target.name)
    running = grown(target, 1 << 20)
    kill(server)
    code, said = ended(process)
    server.start()
    left = [path.name for path in stage.folder.glob(f"*{target.name}*")]
    good = running and code == 4 and not left and calm(said)
    return Seen(good, f"exit {code}, left behind: {', '.join(left) or 'nothing'}", line(said))


def killed_mid_batch(stage: Stage, which: str) -> Seen:
    """Kill the server among many queries, and do not start it again before their end."""
    server = stage.postgresql if which == "postgresql" else stage.mariadb
    sleep = "SELECT pg_sleep(0.05)" if which == "postgresql" else "SELECT sleep(0.05)"
    database = "postgres" if which == "postgresql" else "mysql"
    queries = stage.folder / f"{which}.ndjson"
    queries.write_text("".join(json.dumps({"id": str(n), "query": sleep}) + "\n" for n in range(QUERIES)))
    results = stage.folder / f"{which}-results.ndjson"
    process = stage.start(
        "query", "batch", queries.name, "--source", server.url(database), "--jobs", "4", "--to", results.name
    )
    time.sleep(3)
    kill(server)
    code, said = ended(process)
    server.start()
    lines = [json.loads(one) for one in results.read_text().splitlines()] if results.exists() else []
    statuses: dict[str, int] = {}
    for one in lines:
        statuses[one["status"]] = statuses.get(one["status"], 0) + 1
    ids = {one["id"] for one in lines}
    good = code == 1 and len(lines) == len(ids) == QUERIES and statuses.get("ok", 0) > 0 and calm(said)
    return Seen(good, f"exit {code}, {len(lines)} of {QUERIES} outcomes: {statuses}", line(said))


def killed_mid_transaction(stage: Stage, which: str) -> Seen:
    """Kill the server between two writes of a transaction."""
    server = stage.postgresql if which == "postgresql" else stage.mariadb
    database = "postgres" if which == "postgresql" else "mysql"
    server.execute("DROP TABLE IF EXISTS kept", database)
    server.execute("CREATE TABLE kept (i int)", database)
    sleep = "SELECT pg_sleep(30)" if which == "postgresql" else "SELECT sleep(30)"
    process = stage.start(
        *("query", "run", server.url(database), "--write", "--transaction"),
        *("INSERT INTO kept VALUES (1)", sleep, "INSERT INTO kept VALUES (2)"),
    )
    time.sleep(3)
    kill(server)
    code, said = ended(process)
    server.start()
    rows = server.execute("SELECT count(*) FROM kept", database)[0][0]
    good = code in (1, 4) and rows == 0 and calm(said)
    return Seen(good, f"exit {code}, {rows} rows committed", line(said))


@contextlib.contextmanager
def held(url: str, number: int) -> Iterator[int]:
    """Hold connections open; the block's value is how many could be opened."""
    from perftool.databases import open_database
    from perftool.errors import PerftoolError

    with open_database(url) as database, contextlib.ExitStack() as stack:
        opened = 0
        for _ in range(number):
            try:
                session = database.session()
            except PerftoolError:
                break
            stack.callback(session.close)
            opened += 1
        yield opened


def connection_limit(stage: Stage, which: str) -> Seen:
    """Take every connection that the server gives, and ask for one more."""
    server = stage.postgresql if which == "postgresql" else stage.mariadb
    url = server.url("postgres" if which == "postgresql" else "mysql")
    with held(url, 60) as opened:
        code, said = ended(stage.start("query", "run", url, "SELECT 1"))
    good = code == 4 and opened < 60 and calm(said)
    return Seen(good, f"exit {code} with {opened} connections open", line(said))


def deadlock(stage: Stage) -> Seen:
    """Let two transactions wait for each other."""
    server = stage.postgresql
    server.execute("DROP TABLE IF EXISTS pair")
    server.execute("CREATE TABLE pair (i int PRIMARY KEY, n int)")
    server.execute("INSERT INTO pair VALUES (1, 0), (2, 0)")
    update = "UPDATE pair SET n = n + 1 WHERE i = {}"

    def crossing(first: int, second: int) -> subprocess.Popen[bytes]:
        words = [update.format(first), "SELECT pg_sleep(1.5)", update.format(second)]
        return stage.start("query", "run", server.url(), "--write", "--transaction", *words)

    both = [crossing(1, 2), crossing(2, 1)]
    found = [ended(process) for process in both]
    total = server.execute("SELECT sum(n) FROM pair")[0][0]
    codes = sorted(code for code, _ in found)
    said = next((said for code, said in found if code), found[0][1])
    # Each transaction adds two, wholly or not at all.
    good = total == 2 * codes.count(0) and codes[0] == 0 and all(calm(said) for _, said in found)
    return Seen(good, f"exits {codes}, {total} of 4 updates committed", line(said))


def statement_timeout(stage: Stage) -> Seen:
    """Run a statement without end, with a limit."""
    told = []
    good = True
    shop = stage.folder / "shop.db"
    if not shop.exists():
        import sqlite3

        with contextlib.closing(sqlite3.connect(shop)) as made:
            made.execute("CREATE TABLE t (i)")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    waits = {
        stage.postgresql.url(): "SELECT pg_sleep(30)",
        stage.mariadb.url("mysql"): "SELECT count(*) FROM seq_1_to_10000000 a, seq_1_to_1000000 b",
        "shop.db": endless,
        "duckdb:": "SELECT count(*) FROM range(1000000000000) WHERE range % 7 = 3",
    }
    for url, sql in waits.items():
        began = time.monotonic()
        code, said = ended(stage.start("query", "run", url, sql, "--timeout", "300ms"))
        took = time.monotonic() - began
        good = good and code == 1 and took < 15 and calm(said)
        told.append(f"{url.split(':')[0]} exit {code}")
    return Seen(good, ", ".join(told), line(said))


def disk_full(stage: Stage) -> Seen:
    """Write to a file system of 2 MiB."""
    small = stage.folder / "small"
    small.mkdir()
    mounted = not subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small], check=False).returncode
    if not mounted:
        return Seen(good=False, what="no small disk could be made here")
    try:
        found = []
        said = ""
        for name in ("rows.csv", "rows.ndjson", "rows.parquet", "rows.arrow", "rows.json.gz"):
            code, said = ended(stage.start("query", "stream", stage.postgresql.url(), MANY, "--to", f"small/{name}"))
            left = [path.name for path in small.iterdir()]
            found.append((code, left, calm(said)))
        good = all(code == 5 and not left and quiet for code, left, quiet in found)
        codes = sorted({code for code, _, _ in found})
        return Seen(
            good,
            f"exits {codes} for five formats, left behind: {[name for _, names, _ in found for name in names]}",
            line(said),
        )
    finally:
        subprocess.run(["umount", small], check=True)


def busy_on_server(stage: Stage) -> int:
    """Return how many statements on our large table run on the server."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series%30000000%'"
    # This look is one of them.
    return int(stage.postgresql.execute(sql)[0][0]) - 1


def reader_leaves(stage: Stage) -> Seen:
    """Close the pipe after the first row."""
    process = stage.start("query", "stream", stage.postgresql.url(), MANY, "--as", "ndjson")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    began = time.monotonic()
    process.wait(PATIENCE_S)
    until = time.monotonic() + 10
    while (busy := busy_on_server(stage)) and time.monotonic() < until:
        time.sleep(0.1)
    assert process.stderr is not None
    said = process.stderr.read().decode()
    took = time.monotonic() - began
    good = process.returncode == 0 and not busy and took < 20 and calm(said)
    return Seen(
        good, f"exit {process.returncode} after {took:.1f} s, {busy} statements still run on the server", line(said)
    )


def resident(pid: int) -> int:
    """Return the resident bytes of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def reader_stops(stage: Stage) -> Seen:
    """Read nothing for six seconds, then all."""
    sql = MANY.replace("30000000", "1000000")
    process = stage.start("query", "stream", stage.postgresql.url(), sql, "--as", "csv", stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    time.sleep(2)
    before = resident(process.pid)
    time.sleep(6)
    after = resident(process.pid)
    count = sum(1 for _ in process.stdout)
    process.wait(PATIENCE_S)
    total = count + len(lines)
    grew = (after - before) / 2**20
    good = process.returncode == 0 and total == 1_000_001 and grew < 2
    return Seen(
        good, f"exit {process.returncode}, all {total - 1:,} rows afterwards, memory grew by {grew:.1f} MiB meanwhile"
    )


def many_checkouts(stage: Stage) -> Seen:
    """Have 16 threads take 625 connections each, from a pool of four."""
    from perftool.databases import open_database
    from perftool.model.database import PoolSettings

    settings = PoolSettings(maximum=4, timeout_s=60, leak_s=30)
    with open_database(stage.postgresql.url(), pool=settings) as database:

        def work() -> None:
            for _ in range(625):
                with database.connect() as connection:
                    connection.execute("SELECT 1")

        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        figures = database.figures()
    stayed = [
        r[0] for r in stage.postgresql.execute("SELECT pid FROM pg_stat_activity WHERE application_name ~ 'perftool'")
    ]
    good = (
        figures.checkouts == 10_000
        and figures.in_use == 0
        and not figures.leaks
        and figures.created <= 4
        and not any(thread.is_alive() for thread in threads)
        and not stayed
    )
    wait = figures.wait
    spread = f", wait p50 {wait.p50 * 1e3:.2f} ms, p95 {wait.p95 * 1e3:.2f} ms" if wait else ""
    return Seen(
        good, f"{figures.checkouts:,} checkouts, {figures.created} connections, {len(figures.leaks)} leaks{spread}"
    )


FAULTS = [
    Fault("PostgreSQL killed mid-stream", "exit 4, no file", lambda s: killed_mid_stream(s, "postgresql")),
    Fault("MariaDB killed mid-stream", "exit 4, no file", lambda s: killed_mid_stream(s, "mariadb")),
    Fault("PostgreSQL killed mid-batch", f"exit 1, {QUERIES} outcomes", lambda s: killed_mid_batch(s, "postgresql")),
    Fault("MariaDB killed mid-batch", f"exit 1, {QUERIES} outcomes", lambda s: killed_mid_batch(s, "mariadb")),
    Fault("PostgreSQL killed mid-transaction", "nothing committed", lambda s: killed_mid_transaction(s, "postgresql")),
    Fault("MariaDB killed mid-transaction", "nothing committed", lambda s: killed_mid_transaction(s, "mariadb")),
    Fault("PostgreSQL connection limit", "exit 4", lambda s: connection_limit(s, "postgresql")),
    Fault("MariaDB connection limit", "exit 4", lambda s: connection_limit(s, "mariadb")),
    Fault("deadlock", "a transaction is there wholly or not at all", deadlock),
    Fault("statement time-out on four systems", "exit 1 each", statement_timeout),
    Fault("disk full on output", "exit 5, no file", disk_full),
    Fault("the reader leaves", "exit 0, the query is stopped on the server", reader_leaves),
    Fault("the reader stops reading", "memory flat, all rows afterwards", reader_stops),
    Fault("10,000 checkouts under 16 threads", "no leak, at most 4 connections", many_checkouts),
]


def main() -> int:
    """Play the faults that the command line names, all without."""
    words = sys.argv[1:]
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    bad = 0
    sys.stdout.write("| fault | wanted | seen | said |\n|---|---|---|---|\n")
    with PostgreSQL() as postgresql, MariaDB() as mariadb, tempfile.TemporaryDirectory() as folder:
        stage = Stage(postgresql, mariadb, Path(folder))
        for fault in chosen:
            try:
                seen = fault.run(stage)
            except Exception as error:  # noqa: BLE001 - one fault must not hide the others
                seen = Seen(good=False, what=f"{type(error).__name__}: {error}")
            bad += not seen.good
            mark = "✓" if seen.good else "✗"
            sys.stdout.write(f"| {fault.name} | {fault.wanted} | {mark} {seen.what} | {seen.said} |\n")
            sys.stdout.flush()
    sys.stdout.write(f"\n{len(chosen) - bad} of {len(chosen)} as wanted\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
