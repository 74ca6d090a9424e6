"""``perftool query stream`` as it is typed: formats, pipes that close, full disks, Ctrl-C."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from perftool.store import reports

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

PERFTOOL = (sys.executable, "-m", "perftool")
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'row ' || i AS t FROM n"
STREAM = ("query", "stream", "shop.db")


@pytest.fixture
def shop(project: Path) -> Path:
    """A project with a small SQLite database."""
    with sqlite3.connect(project / "shop.db") as connection:
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, price REAL)")
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(1, "a,b", 1.5), (2, None, 2.0), (3, "", None)])
    connection.close()
    return project


ALL = "SELECT * FROM orders"
WANTED = [
    {"id": 1, "name": "a,b", "price": 1.5},
    {"id": 2, "name": None, "price": 2.0},
    {"id": 3, "name": "", "price": None},
]


def test_rows_go_to_standard_output_and_the_report_beside_them(shop: Path, run: Run) -> None:
    ran = run(*STREAM, ALL)
    assert ran.code == 0
    assert [json.loads(line) for line in ran.out.splitlines()] == WANTED
    assert "✓ 3 rows of sqlite:shop.db as ndjson" in ran.err
    assert "report  .perftool" in ran.err


def test_the_suffix_tells_format_and_compression(shop: Path, run: Run) -> None:
    ran = run(*STREAM, ALL, "--to", "out/orders.csv.gz", "-o", "report.json")
    assert ran.code == 0
    assert gzip.decompress((shop / "out/orders.csv.gz").read_bytes()) == b'id,name,price\n1,"a,b",1.5\n2,,2\n3,"",\n'
    report = reports.read(shop / "report.json")
    assert {one.unit for one in report.measurements} >= {"rows/s", "B/s", "sec/op", "cpu-sec/op", "first-row-sec/op"}
    assert "rows/s (higher is better)" in run("compare", "report.json", "report.json").out
    assert run(*STREAM, ALL, "--to", "o.json").code == 0
    assert json.loads((shop / "o.json").read_bytes()) == WANTED
    run(*STREAM, "SELECT * FROM orders WHERE 0", "--to", "o.json")
    assert json.loads((shop / "o.json").read_bytes()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((ALL, "--to", "orders.xyz"), 2, "tells no format of rows"),
        ((ALL, "--as", "cvs"), 2, "did you mean 'csv'"),
        ((ALL, "--path", "copy"), 2, "--path copy"),
        ((ALL, "--path", "sideways"), 2, "no such path"),
        ((ALL, "--to", "o.parquet", "--compress", "gzip"), 2, "parquet compresses by itself"),
        ((ALL, "--compress", "rar"), 2, "no such compression"),
        ((ALL, "--level", "3"), 2, "--level is for a compression"),
        ((ALL, "--compress", "gzip", "--level", "11"), 2, "from 1 to 9"),
        ((ALL, "--format", "json"), 2, "would mix the report with the rows"),
        (("SELECT 1; SELECT 2",), 2, "2 statements"),
        (("SELECT nope FROM orders",), 3, "no such column: nope"),
        ((ALL, "--to", "/dev/full/x.csv"), 5, "cannot write"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    shop: Path, run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = run(*STREAM, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert sorted(os.listdir(shop)) == [".git", "shop.db"]


def test_a_statement_that_gives_no_rows_is_refused(shop: Path, run: Run) -> None:
    ran = run(*STREAM, "DELETE FROM orders", "--write", "--to", "o.csv")
    assert ran.code == 2
    assert "DELETE gives no rows" in ran.err
    assert not (shop / "o.csv").exists()
    assert run(*STREAM, "DELETE FROM orders RETURNING id", "--write", "--to", "o.csv").code == 0
    assert (shop / "o.csv").read_bytes() == b"id\n1\n2\n3\n"


def test_head_ends_the_query_quietly(shop: Path) -> None:
    with subprocess.Popen([*PERFTOOL, *STREAM, ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline()) == {"i": 1, "t": "row 1"}
        process.stdout.close()
        assert process.wait(20) == 0
        assert process.stderr.read() == b""


def test_a_reader_that_stops_reading_is_waited_for(shop: Path) -> None:
    with subprocess.Popen([*PERFTOOL, *STREAM, ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        if sys.platform == "linux":
            before = -1
            # It works no more: nothing is gathered behind the full pipe.
            while (now := cpu_ticks(process.pid)) != before:
                before = now
                time.sleep(0.1)
        assert process.poll() is None
        process.stdout.close()
        assert process.wait(20) == 0


def cpu_ticks(pid: int) -> int:
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(") ")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_stream_leaves_no_file(shop: Path, number: signal.Signals) -> None:
    with subprocess.Popen([*PERFTOOL, *STREAM, ENDLESS, "--to", "o.csv"], stderr=subprocess.PIPE) as process:
        limit = time.monotonic() + 20
        while not any(path.stat().st_size for path in shop.glob(".o.csv.*.tmp")):
            assert time.monotonic() < limit
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(20) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b"perftool: interrupted\n"
    assert sorted(os.listdir(shop)) == [".git", "shop.db"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_is_an_output_error(shop: Path) -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run([*PERFTOOL, *STREAM, ENDLESS], stdout=full, stderr=subprocess.PIPE)
    assert ran.returncode == 5
    assert ran.stderr.startswith(b"perftool: error: cannot write to standard output: no space left on device")


def test_a_partial_file_is_kept_on_request(shop: Path, run: Run) -> None:
    sql = ENDLESS.replace("SELECT i,", "SELECT abs(CASE i WHEN 5000 THEN -9223372036854775807 - 1 ELSE i END) AS i,")
    ran = run(*STREAM, sql, "--to", "o.ndjson", "--keep-partial")
    assert ran.code == 3
    assert "which are in o.ndjson.partial" in ran.err
    assert (shop / "o.ndjson.partial").exists()
    assert not (shop / "o.ndjson").exists()
    ran = run(*STREAM, sql, "--to", "o.csv")
    assert "o.csv was not written" in ran.err
