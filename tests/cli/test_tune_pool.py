"""``perftool tune pool``: sizes tried on a file, the profile that it writes, and who honours that."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

FAST = ("--sizes", "1,2", "--rounds", "6", "--duration", "10ms")


@pytest.fixture
def shop(project: Path) -> Path:
    with sqlite3.connect(project / "shop.db") as made:
        made.execute("CREATE TABLE stock (id INTEGER PRIMARY KEY, n INTEGER)")
        made.executemany("INSERT INTO stock VALUES (?, ?)", [(i, i % 7) for i in range(100)])
    made.close()
    (project / "q.sql").write_text("SELECT sum(n) FROM stock;\n")
    (project / "w.sql").write_text("INSERT INTO stock (n) VALUES (1);\n")
    return project


def test_a_size_is_recommended_written_and_honoured(shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("tune", "pool", "shop.db", "--workload", "q.sql", *FAST, "--rate", "5", "--write", "shop",
               "--format", "json")  # fmt: skip
    assert done.code == 0, done.err
    report = json.loads(done.out)
    payload = report["payload"]
    assert (payload["subject"], payload["target"], payload["recommended"]) == ("pool", "sqlite:shop.db, q.sql", 1)
    assert [one["size"] for one in payload["points"]] == [1, 2]
    assert {m["unit"] for m in report["measurements"]} == {"statements/s", "hold-p95-sec", "wait-p95-sec"}
    assert str(shop) not in done.out
    text = (shop / "profiles" / "shop.toml").read_text()
    assert text.endswith("[pool]\nmaximum = 1\n")
    assert "query batch --profile shop" in done.err

    again = run("tune", "pool", "shop.db", "--workload", "q.sql", *FAST, "--write", "shop")
    assert (again.code, "--replace" in again.err) == (2, True)

    monkeypatch.setenv("PERFTOOL_PROFILE", "shop")
    (shop / "batch.sql").write_text("SELECT 1; SELECT 2; SELECT 3;")
    batch = run("query", "batch", "batch.sql", "--source", "shop.db", "--jobs", "4", "--format", "json")
    pools = json.loads(batch.out)["payload"]["pools"]
    assert [one["settings"]["maximum"] for one in pools] == [1]


def test_two_runs_are_compared(shop: Path, run: Run) -> None:
    for name in ("a", "b"):
        assert run("tune", "pool", "shop.db", "--workload", "q.sql", *FAST, "--output", f"{name}.json").code == 0
    done = run("compare", "a.json", "b.json", "--format", "text")
    assert done.code in (0, 1, 3)  # rounds this short may leave all undecided
    assert "size=2" in done.out
    assert "hold p95" in done.out or "hold-p95-sec" in done.out


def test_statements_that_write_need_to_be_let(shop: Path, run: Run) -> None:
    refused = run("tune", "pool", "shop.db", "--workload", "w.sql", *FAST)
    assert refused.code == 2
    assert "w.sql:1: INSERT writes" in refused.err
    assert run("tune", "pool", "shop.db", "--workload", "w.sql", *FAST, "--commit").code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--workload", "absent.sql"), "absent.sql: no such file"),
        (("--workload", "q.sql", "--sizes", "1,x"), "not a list of numbers"),
        (("--workload", "q.sql", "--sizes", "0"), "from 1 to 1,000"),
        (("--workload", "q.sql", "--min-effect", "much"), "--min-effect much"),
        (("--workload", "q.sql", "--write", "../x"), "not the name of a profile"),
    ],
)
def test_wrong_options_are_told_at_once(shop: Path, run: Run, options: tuple[str, ...], said: str) -> None:
    done = run("tune", "pool", "shop.db", *options)
    assert done.code == 2
    assert said in done.err


def test_a_password_is_told_nowhere(shop: Path, run: Run) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'perftool[postgres]'")
    done = run("--debug", "tune", "pool", "postgresql://app:hunter2-planted@127.0.0.1:1/shop", "--workload", "q.sql")
    assert done.code == 4
    assert "hunter2" not in done.out + done.err
