"""``perftool bench`` on databases, from argument to gate."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.databases import running
from perftool.model.comparison import ComparisonPayload
from perftool.store import reports
from tests.servers.running import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.report import Report
    from tests.servers.postgresql import PostgreSQL

SHORT = ("--count", "1", "--samples", "1", "--min-time", "0.1ms", "--no-latency")
QUERY = "-- name: one_customer\nSELECT * FROM orders WHERE customer = 17;\n"


@pytest.fixture
def shop(project: Path) -> Path:
    with sqlite3.connect(project / "shop.db") as connection:
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER)")
        connection.executemany("INSERT INTO orders VALUES (?, ?)", [(i, i % 97) for i in range(5000)])
        connection.execute("CREATE INDEX by_customer ON orders (customer)")
    connection.close()
    (project / "q.sql").write_text(QUERY)
    return project / "shop.db"


def latest(folder: Path) -> Report:
    return reports.read(folder / ".perftool" / "reports" / "latest.json")


def counted(report: Report) -> dict[str, float]:
    return {one.unit: one.values[0] for one in report.measurements if one.exact}


def altered(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


def test_a_dropped_index_fails_on_counters_alone_with_one_sample(run: Any, shop: Path, project: Path) -> None:
    first = run("bench", "db", "shop.db", "--queries", "q.sql", "--filter", "read=all", *SHORT, "--format", "json")
    assert first.code == 0, first.err
    (project / "before.json").write_text(first.out)
    before = latest(project)
    assert before.payload.databases[0].label == "sqlite:shop.db"  # type: ignore[union-attr]
    assert "synchronous" in before.payload.databases[0].durability  # type: ignore[union-attr]
    again = run("bench", "db", "sqlite:///shop.db", "--queries", ".", "--filter", "read=all", *SHORT)
    assert again.code == 0, again.err
    assert counted(latest(project)) == counted(before) != {}
    assert run("compare", "before.json", "latest").code == 0
    altered(shop, "DROP INDEX by_customer")
    assert run("bench", "db", "shop.db", "--queries", "q.sql", "--filter", "read=all", *SHORT).code == 0
    judged = run("compare", "before.json", "latest", "--format", "json")
    assert judged.code == 1
    payload = reports.decode(judged.out.encode(), name="comparison").payload
    assert isinstance(payload, ComparisonPayload)
    failed = {
        table.unit
        for table in payload.tables
        for row in table.rows
        for cell in row.cells
        if cell is not None and cell.change is not None and cell.change.outcome == "fail"
    }
    assert failed
    assert failed <= set(counted(before))


def test_databases_stand_side_by_side_and_different_rows_are_told(run: Any, shop: Path, project: Path) -> None:
    other = project / "other.db"
    other.write_bytes(shop.read_bytes())
    altered(other, "DELETE FROM orders WHERE id > 2500")
    done = run("bench", "db", "shop.db", "other.db", "--queries", "q.sql", *SHORT)
    assert done.code == 0, done.err
    found = latest(project)
    assert {(one.group, one.subject) for one in found.payload.conclusions} == {  # type: ignore[union-attr]
        (f"one_customer {read}", f"sqlite:{name}.db") for read in running.READINGS for name in ("shop", "other")
    }
    assert "rows-differ" in {doubt.code for doubt in found.warnings}
    assert "time relative to sqlite:shop.db" in done.out


def test_settings_stand_side_by_side(run: Any, shop: Path, project: Path) -> None:
    listed = run("bench", "db", "shop.db", "--queries", "q.sql", "--set", "cache_size=-100,-8000", "--list")
    assert "db/one_customer/backend=sqlite:shop.db/cache_size=-8000/read=cold" in listed.out.splitlines()
    assert len(listed.out.splitlines()) == 6
    assert not (project / ".perftool").exists()
    assert run("bench", "db", "shop.db", "--queries", "q.sql", "--set", "cache_size", "--list").code == 2


def test_a_database_of_the_configuration_is_named_with_its_settings(run: Any, shop: Path, project: Path) -> None:
    (project / "perftool.toml").write_text(
        '[[database]]\nname = "shop"\nurl = "sqlite:///shop.db"\nsettings = ["cache_size=-512"]\n'
    )
    done = run("bench", "@shop", "--queries", "q.sql", "--filter", "read=all", *SHORT)
    assert done.code == 0, done.err
    (facts,) = latest(project).payload.databases  # type: ignore[union-attr]
    assert (facts.label, facts.settings["cache_size"]) == ("sqlite:shop.db", "-512")
    assert "shop" in run("bench", "@shap", "--queries", "q.sql").err


def test_writes_want_a_word_and_leave_nothing(run: Any, shop: Path, project: Path) -> None:
    (project / "q.sql").write_text("DELETE FROM orders WHERE customer = 17")
    refused = run("bench", "db", "shop.db", "--queries", "q.sql", *SHORT)
    assert refused.code == 2
    assert "--write" in refused.err
    before = shop.read_bytes()
    done = run("bench", "db", "shop.db", "--queries", "q.sql", "--write", *SHORT)
    assert done.code == 0, done.err
    assert counted(latest(project))
    with sqlite3.connect(shop) as connection:
        assert connection.execute("SELECT COUNT(*) FROM orders").fetchone() == (5000,)
    connection.close()
    assert len(shop.read_bytes()) == len(before)
    (project / "q.sql").write_text("DROP TABLE orders")
    assert run("bench", "db", "shop.db", "--queries", "q.sql", "--write", *SHORT).code == 3


def test_what_is_missing_costs_its_own_cases_only(run: Any, shop: Path, project: Path) -> None:
    (project / "q.sql").write_text(QUERY + "SELECT * FROM nowhere;\n")
    done = run("bench", "db", "shop.db", "absent.db", "--queries", "q.sql", "--filter", "read=all", *SHORT)
    skipped = {(one.case, one.parameters["backend"]): one.reason for one in latest(project).payload.skipped}  # type: ignore[union-attr]
    assert set(skipped) == {
        ("one_customer", "sqlite:absent.db"), ("q.sql#2", "sqlite:absent.db"), ("q.sql#2", "sqlite:shop.db"),
    }  # fmt: skip
    assert "no such file" in skipped["one_customer", "sqlite:absent.db"]
    assert "nowhere" in skipped["q.sql#2", "sqlite:shop.db"]
    assert done.code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("db",), "needs a database"),
        (("db", "shop.db"), "--queries"),
        (("shop.db",), "--queries"),
        (("sql-parse", "shop.db"), "no suite that uses one"),
        (("db", "shop.db", "--queries", "absent.sql"), "no such file"),
        (("db", "shop.db", "--queries", "q.sql", "--scale", "0"), "above 0"),
        (("db", "nosql://x/y", "--queries", "q.sql"), "nosql"),
        (("db", "shop.db", "--queries", "q.sql", "--vs", "HEAD"), "a database is none"),
        (("db-backends", "--vs", "HEAD"), "only a plain run"),
        (("db-backends", "shop.db"), "--write"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_runs(
    run: Any,
    shop: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    refused = run("bench", *arguments)
    assert refused.code == 2
    assert said in refused.err


@pytest.mark.xdist_group("postgresql")
def test_postgresql_the_same_and_its_password_stays_hidden(
    run: Any,
    project: Path,
    postgresql: PostgreSQL,
) -> None:
    with postgresql.fresh_database() as name:
        postgresql.execute(
            "CREATE TABLE orders AS SELECT i AS id, i % 97 AS customer FROM generate_series(1, 20000) AS i", name
        )
        postgresql.execute("CREATE INDEX by_customer ON orders (customer)", name)
        postgresql.execute("VACUUM ANALYZE orders", name)
        (project / "q.sql").write_text(QUERY)
        asked = ("bench", "db", postgresql.url(name), "--queries", "q.sql", "--filter", "read=all", *SHORT)
        first = run(*asked, "-o", "before.json", "-o", "before.html")
        assert first.code == 0, first.err
        before = counted(latest(project))
        assert before
        assert run(*asked).code == 0
        assert counted(latest(project)) == before
        postgresql.execute("DROP INDEX by_customer", name)
        last = run(*asked)
        judged = run("compare", "before.json", "latest")
        assert judged.code == 1
        assert run("bench", "db", postgresql.url(name, password="wrong-" + PASSWORD), "--queries", "q.sql").code != 0
    shown = [first.out, first.err, last.out, last.err, judged.out, (project / "before.html").read_text()]
    shown += [path.read_text() for path in (project / ".perftool" / "reports").glob("*.json")]
    assert not any(PASSWORD in text or "127.0.0.1" in text for text in shown)
    assert not [key for key in os.environ if key.startswith("_PERFTOOL_DATABASE_")]
