"""``perftool query run`` and ``batch`` on SQLite: what is shown, kept, refused, and how it ends."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def shop(project: Path) -> Path:
    path = project / "shop.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, total REAL, note TEXT)")
        rows = [(f"c{i}", i * 1.5, None if i % 2 else "") for i in range(50)]
        database.executemany("INSERT INTO orders (customer, total, note) VALUES (?, ?, ?)", rows)
    return path


def kept(project: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((project / ".perftool" / "reports").glob("*.json"))]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.usefixtures("shop")
class TestRun:
    def test_rows_are_shown_and_not_kept(self, run: Run, project: Path) -> None:
        ran = run("query", "run", "shop.db", "SELECT id, customer, note FROM orders", "--limit", "2")
        assert ran.code == 0
        assert ran.out.splitlines()[:5] == [
            "id  customer  note", " 1  c0        ''", " 2  c1        NULL", "", "48 more rows (--limit shows more)",
        ]  # fmt: skip
        assert "✓ 1 statement on sqlite:shop.db: 50 rows" in ran.out
        assert all(part in ran.out for part in ("connect", "wait", "first row", "fetch", "format"))
        (report,) = kept(project)
        assert report["payload"]["results"][0]["rows"] == 50
        assert report["payload"]["results"][0]["shown"] == []
        assert "c0" not in json.dumps(report)
        ran = run("query", "run", "shop.db", "SELECT id FROM orders", "-f", "json", "-n", "1")
        assert json.loads(ran.out)["payload"]["results"][0]["shown"] == [[1]]

    def test_a_fault_is_pointed_at(self, run: Run) -> None:
        ran = run("query", "run", "shop.db", "SELECT 1", "SELECT id,\n  nope\nFROM orders", "SELECT 2")
        assert ran.code == 1
        assert "✗ sql-2:2:3: no such column: nope (SQLITE_ERROR)" in ran.out
        assert "  2 │   nope\n    │   ━━━━" in ran.out
        assert "✗ 1 of 3 statements failed on sqlite:shop.db\n" in ran.out.replace("  ", "\n")
        assert run("query", "run", "shop.db", "SELEC 1", "-q").code == 1

    def test_files_have_their_lines(self, run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (project / "report.sql").write_text("-- all\nSELECT 1;\n\nSELECT * FORM orders;\n")
        ran = run("query", "run", "shop.db", "report.sql", "-f", "json")
        found = json.loads(ran.out)
        assert [one["name"] for one in found["payload"]["results"]] == ["report.sql:2", "report.sql:4"]
        span = found["diagnostics"][0]["span"]
        assert (span["line"], span["column"], span["end_column"]) == (4, 10, 14)
        assert (project / "report.sql").read_bytes()[span["start"] : span["end"]] == b"FORM"
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"SELECT 40 + 2 AS answer")))
        assert "answer\n    42\n" in run("query", "run", "shop.db", "-").out

    def test_nothing_is_written_unasked(self, run: Run) -> None:
        refused = run("query", "run", "shop.db", "DELETE FROM orders")
        assert refused.code == 1
        assert "--write" in refused.out
        assert "50 rows changed" in run("query", "run", "shop.db", "DELETE FROM orders", "--write").out

    @pytest.mark.parametrize(("words", "left"), [((), 49), (("--transaction",), 50)])
    def test_a_failure_ends_what_writes(self, run: Run, shop: Path, words: tuple[str, ...], left: int) -> None:
        statements = ("DELETE FROM orders WHERE id = 1", "SELECT nope", "DELETE FROM orders")
        ran = run("query", "run", "shop.db", *statements, "--write", *words)
        assert ran.code == 1
        assert "1 of 3 statements failed on sqlite:shop.db, 1 behind not run" in ran.out
        with closing(sqlite3.connect(shop)) as database:
            assert database.execute("SELECT count(*) FROM orders").fetchone() == (left,)

    def test_repeated_runs_can_be_compared(self, run: Run, project: Path) -> None:
        for name, column in (("a", "id"), ("b", "id + 0")):
            sql = f"SELECT * FROM orders WHERE {column} = 7"
            ran = run("query", "run", "shop.db", sql, "-r", "6", "--counters", "-o", f"{name}.json", "-q")
            assert ran.code == 0
        measured = json.loads((project / "a.json").read_text())["measurements"]
        assert {one["unit"]: len(one["values"]) for one in measured if not one["exact"]} == {
            "connect-sec/op": 1, "wait-sec/op": 6, "sec/op": 6, "first-row-sec/op": 6, "fetch-sec/op": 6,
            "format-sec/op": 6,
        }  # fmt: skip
        judged = run("compare", "a.json", "b.json")
        assert judged.code == 1
        assert "-steps/op" in judged.out

    def test_plans_and_parameters(self, run: Run) -> None:
        sql = "SELECT * FROM orders WHERE id = 7"
        assert "SEARCH orders USING INTEGER PRIMARY KEY" in run("query", "run", "shop.db", sql, "--explain").out
        assert "/op: " in run("query", "run", "shop.db", sql, "--explain=analyze").out
        ran = run("query", "run", "shop.db", "SELECT ? + 1 AS n, ? AS t", "-p", "41", "-p", "it's")
        assert " n  t\n42  it's\n" in ran.out

    @pytest.mark.parametrize(
        ("words", "code", "said"),
        [
            (("missing.db", "SELECT 1"), 2, "missing.db"),
            (("shop.db",), 2, "nothing to run"),
            (("shop.db", "nofile.sql"), 2, "'SELECT 1'"),
            (("shop.db", "/* nothing */"), 3, "no statement"),
            (("@shop", "SELECT 1"), 2, "[[database]]"),
            (("shop.txt", "SELECT 1"), 2, "no database URL"),
            (("shop.db", "SELECT 1", "--set", "cache"), 2, "KEY=VALUE"),
            (("shop.db", "SELECT 1", "--timeout", "soon"), 2, "--timeout"),
            (("shop.db", "SELECT 1", "SELECT 2", "-p", "1"), 2, "--param"),
            (("shop.db", "SELECT 1", "--explain=all"), 2, "--explain=analyze"),
        ],
    )
    def test_what_cannot_be_meant(self, run: Run, words: tuple[str, ...], code: int, said: str) -> None:
        ran = run("query", "run", *words)
        assert ran.code == code
        assert said in ran.err
        assert ran.out == ""

    def test_too_long(self, run: Run) -> None:
        endless = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r"
        ran = run("query", "run", "shop.db", endless, "--timeout", "50ms", "-f", "json")
        assert ran.code == 1
        assert json.loads(ran.out)["payload"]["results"][0]["status"] == "timeout"

    def test_the_configuration_names_databases(self, run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (project / "perftool.toml").write_text(
            '[[database]]\nname = "shop"\nurl = "shop.db"\nwrite = true\nsettings = ["cache_size=-4000"]\n'
        )
        (project / "below").mkdir()
        monkeypatch.chdir(project / "below")
        ran = run("query", "run", "@shop", "PRAGMA cache_size", "DELETE FROM orders WHERE id = 1")
        assert ran.code == 0
        assert "-4000" in ran.out
        assert "did you mean 'shop'?" in run("query", "run", "@shpo", "SELECT 1").err


@pytest.mark.usefixtures("shop")
class TestBatch:
    def test_every_query_has_its_line(self, run: Run, project: Path) -> None:
        entries = [
            {"id": "all", "table": "orders", "source": "shop"},
            {"id": "bad", "query": "SELECT nope FROM orders", "source": "shop"},
            {"query": "SELECT 1", "source": "sqlite:///shop.db"},
            {"id": 4, "query": "SELECT 1", "source": "shpo"},
            {"id": "none"},
            {"id": "one", "query": "SELECT ? AS x", "parameters": [7]},
        ]
        text = "\n".join(json.dumps(entry) for entry in entries)
        (project / "queries.ndjson").write_text(text + "\nnot json\n")
        ran = run(
            "query", "batch", "queries.ndjson", "--source", "shop=shop.db", "--to", "results.ndjson", "--rows",
            "--order", "input",
        )  # fmt: skip
        assert ran.code == 1
        found = lines(project / "results.ndjson")
        assert [(one["number"], one["id"], one["status"]) for one in found] == [
            (1, "all", "ok"), (2, "bad", "failed"), (3, "queries.ndjson:3", "ok"), (4, "4", "failed"),
            (5, "none", "failed"), (6, "one", "ok"), (7, "queries.ndjson:7", "failed"),
        ]  # fmt: skip
        assert [one["source"] for one in found[:3]] == ["shop", "shop", "sqlite:shop.db"]
        assert len(found[0]["values"]) == found[0]["rows"] == 50
        assert found[0]["bytes"] > 0
        assert (found[5]["columns"], found[5]["values"]) == (["x"], [[7]])
        assert "no such column: nope" in found[1]["error"]
        assert "did you mean 'shop'?" not in ran.out
        assert "4 of 7 queries failed on 2 databases in " in ran.out
        (report,) = kept(project)
        assert report["payload"]["statuses"] == {"failed": 4, "ok": 3}
        assert report["payload"]["to"] == "results.ndjson"
        assert {one["unit"] for one in report["measurements"]} == {"sec/op", "wait-sec/op", "queries/s"}

    def test_sql_and_lists(self, run: Run, project: Path) -> None:
        (project / "checks.sql").write_text("SELECT 1;\nSELECT 2;\n")
        (project / "list.json").write_text('{"queries": [{"id": "x", "query": "SELECT 3"}]}')
        ran = run("query", "batch", "checks.sql", "list.json", "-s", "shop.db", "--to", "-", "-j", "1")
        assert ran.code == 0
        assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["checks.sql:1", "checks.sql:2", "x"]
        assert "✓ 3 queries on sqlite:shop.db in " in ran.err

    def test_the_first_failure_can_end_it(self, run: Run, project: Path) -> None:
        text = "SELECT 1;\nSELECT nope;\n" + "SELECT 2;\n" * 50
        (project / "checks.sql").write_text(text)
        ran = run("query", "batch", "checks.sql", "-s", "shop.db", "--stop-on-error", "-j", "1", "--to", "r.ndjson")
        assert ran.code == 1
        assert "stopped because checks.sql:2" in ran.out
        assert [one["status"] for one in lines(project / "r.ndjson")] == ["ok", "failed"]

    @pytest.mark.parametrize(
        ("words", "code", "said"),
        [
            ((), 2, "nothing to read"),
            (("missing.ndjson",), 2, "no such file"),
            (("q.txt",), 2, "--input-format"),
            (("q.txt", "--input-format", "csv"), 2, "csv"),
            (("q.json", "-s", "shop.db"), 3, "JSON"),
            (("q.sql", "-s", "shop.db", "--rows"), 2, "--to"),
            (("q.sql", "-s", "shop.db", "--rate", "fast"), 2, "--rate"),
            (("q.sql", "-s", "shop.db", "--order", "any"), 2, "--order"),
            (("q.sql", "-s", "a=shop.db", "-s", "a=shop.db"), 2, "'a'"),
            (("q.sql", "-s", "shop.db", "--to", "q.sql"), 2, "read and written"),
        ],
    )
    def test_what_cannot_be_meant(self, run: Run, project: Path, words: tuple[str, ...], code: int, said: str) -> None:
        for name in ("q.txt", "q.json", "q.sql"):
            (project / name).write_text("SELECT 1;\n")
        ran = run("query", "batch", *words)
        assert ran.code == code, ran.out + ran.err
        assert said in ran.err

    def test_no_query_is_no_success(self, run: Run, project: Path) -> None:
        (project / "none.ndjson").write_text("\n")
        assert run("query", "batch", "none.ndjson", "-s", "shop.db").code == 3

    def test_a_full_disk_is_told(self, run: Run, project: Path) -> None:
        (project / "q.sql").write_text("SELECT 1;\n" * 20)
        ran = run("query", "batch", "q.sql", "-s", "shop.db", "--to", "/dev/full")
        assert ran.code == 5
        assert "no space left on device" in ran.err
