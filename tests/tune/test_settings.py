"""Settings are tried on real databases: the same rows, nothing left behind, what wins measured again."""

from __future__ import annotations

import random
import sqlite3
import tomllib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.databases.settings_grid import grid, own, stored
from perftool.errors import InputError, UsageError
from perftool.tune import settings_arms, settings_tuning
from perftool.tune.settings_arms import Trial
from perftool.tune.settings_profile import lines
from tests.tune.shop import GROUPED, ROWS, made, tried

if TYPE_CHECKING:
    from perftool.bench.databases.statements import Query
    from perftool.model.tune import Candidate


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # One run of a statement is enough where nothing is decided by time.
    monkeypatch.setattr(settings_arms, "SAMPLE_S", 0.0)
    return made(tmp_path)


def named(candidates: tuple[Candidate, ...]) -> dict[str, Candidate]:
    return {one.name: one for one in candidates}


def test_every_candidate_is_measured_beside_what_is_in_use(shop: Path, tmp_path: Path) -> None:
    before = shop.read_bytes()
    done = tried(shop, f"-- name: grouped\n{GROUPED};\n-- name: one\nSELECT * FROM orders WHERE id = 7", tmp_path)
    found = named(done.payload.candidates)
    assert found["as it is"].ratio == 1.0
    assert {"cache_size=-64000", "mmap_size=268435456", "temp_store=2"} <= set(found)
    assert all(one.ratio is not None for one in done.payload.candidates)
    assert not any("synchronous" in name for name in found), "costs commits: not without being asked"
    whole = {m.case for m in done.measurements if m.gates}
    assert whole >= {"as it is", "temp_store=2"}
    assert {m.parameters.get("query") for m in done.measurements} == {None, "grouped", "one"}
    assert all(m.parameters["backend"] == "sqlite:shop.db" for m in done.measurements)
    assert done.payload.databases[0].durability["journal_mode"] == "delete"
    assert done.complete
    assert shop.read_bytes() == before


def test_what_changes_nothing_or_is_refused_is_not_measured(shop: Path, tmp_path: Path) -> None:
    more = (own("cache_size=-3000"), own("temp_store=nowhere"), own("no_such_pragma=1"))
    done = tried(shop, GROUPED, tmp_path, {"cache_size": "-3000"}, more=more)
    found = named(done.payload.candidates)
    assert found["cache_size=-3000"].reason == "is what is in use"
    assert found["no_such_pragma=1"].reason.startswith("not accepted: no SQLite pragma named")
    assert found["as it is"].ratio == 1.0


def test_a_setting_with_other_rows_never_wins(shop: Path, tmp_path: Path) -> None:
    sql = "-- name: names\nSELECT 'a' LIKE 'A', COUNT(*) FROM orders;\n-- name: other\nSELECT 1"
    done = tried(shop, sql, tmp_path, more=(own("case_sensitive_like=1"),))
    one = named(done.payload.candidates)["case_sensitive_like=1"]
    assert one.reason == "names gave other rows with it"
    assert one.ratio is None


def test_statements_that_vary_by_themselves_are_told(shop: Path, tmp_path: Path) -> None:
    done = tried(shop, "-- name: dice\nSELECT random()", tmp_path)
    assert [one.code for one in done.warnings] == ["answers-vary"]
    assert "dice" in done.warnings[0].message
    assert all(one.ratio is not None for one in done.payload.candidates)


def test_what_writes_runs_on_copies(shop: Path, tmp_path: Path) -> None:
    sql = "INSERT INTO orders (customer, amount) VALUES (1, 2.0); SELECT COUNT(*) FROM orders"
    done = tried(shop, sql, tmp_path, durability=True)
    found = named(done.payload.candidates)
    assert found["synchronous=0"].ratio is not None, found["synchronous=0"].reason
    assert "damaged" in found["synchronous=0"].risk
    assert not found["cache_size=-64000"].risk
    with closing(sqlite3.connect(shop)) as raw:
        assert raw.execute("SELECT COUNT(*) FROM orders").fetchone() == (ROWS,)


def test_risks_are_tried_only_where_something_is_written(shop: Path, tmp_path: Path) -> None:
    done = tried(shop, GROUPED, tmp_path, durability=True)
    assert not any(one.risk for one in done.payload.candidates)


def test_what_stays_in_the_file_is_tried_on_copies(shop: Path, tmp_path: Path) -> None:
    before = shop.read_bytes()
    done = tried(shop, GROUPED, tmp_path, stored=True, durability=True)
    found = named(done.payload.candidates)
    for name in ("VACUUM", "page_size=8192", "journal_mode=wal"):
        assert found[name].ratio is not None, found[name].reason
    assert shop.read_bytes() == before
    with closing(sqlite3.connect(next((tmp_path / "copies").glob("copy-*.sqlite")))) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    sizes = set()
    for path in (tmp_path / "copies").glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as raw:
            sizes.add(raw.execute("PRAGMA page_size").fetchone()[0])
    assert {1024, 4096, 8192, 16384} <= sizes


def test_duckdb_has_its_own_and_leaves_no_instance_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    assert {"threads=1", "preserve_insertion_order=false"} <= {one.name for one in grid("duckdb", cores=2)}
    # Each measurement opens the file anew: one candidate is enough to see it.
    monkeypatch.setattr(settings_tuning, "grid", lambda *_, cores: [own("threads=1")])
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as raw:
        raw.execute("CREATE TABLE orders AS SELECT i AS id, i % 7 AS customer, i / 3.0 AS amount FROM range(500) t(i)")
    done = tried(path, "INSERT INTO orders VALUES (1, 2, 3.0)", tmp_path)
    found = named(done.payload.candidates)
    assert found["threads=1"].ratio is not None, found["threads=1"].reason
    with duckdb.connect(str(path)) as raw:
        assert raw.execute("SELECT COUNT(*) FROM orders").fetchone() == (500,)


def planned(factors: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let statements take a time that settings decide, within one per cent."""
    chance = random.Random(3)

    def timed(self: Trial, connection: Any, query: Query, loops: int, timeout_s: float | None) -> float:
        found = 0.1 * chance.uniform(0.99, 1.01)
        for name in connection.access.settings:
            found *= factors.get(name, 1.0)
        return found

    monkeypatch.setattr(Trial, "_timed", timed)


TWO = "-- name: grouped\nSELECT customer, COUNT(*) FROM orders GROUP BY customer;\n-- name: one\nSELECT 1"


def test_the_best_is_measured_again_and_what_got_slower_is_said(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned({"mmap_size": 0.7, "temp_store": 2.0}, monkeypatch)
    done = tried(shop, TWO, tmp_path, {"busy_timeout": "100"}, rounds=12)
    assert done.payload.winner == "mmap_size=268435456, measured again"
    assert done.verdict.headline.startswith("mmap_size=268435456: 30.")
    assert "surely slower: temp_store=2 (× 2.0" in done.payload.why
    found = named(done.payload.candidates)
    assert found["temp_store=2"].note.startswith("slower: ")
    assert found["mmap_size=268435456"].note.startswith("faster: ")
    assert [one.name for one in done.chosen] == ["mmap_size=268435456"]
    written = tomllib.loads("\n".join(lines(done, {"busy_timeout": "100"}, ["Measured."])))
    assert written["database_settings"] == {"sqlite": ["busy_timeout=100", "mmap_size=268435456"]}


def test_all_together_are_taken_where_they_beat_the_best_alone(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned({"mmap_size": 0.7, "cache_size": 0.8}, monkeypatch)
    done = tried(shop, TWO, tmp_path, rounds=12)
    assert done.payload.winner.startswith("together: mmap_size=268435456, cache_size=")
    assert len(done.chosen) == 2, "one for each setting: of two cache sizes the better"
    assert done.payload.candidates[-1].ratio == pytest.approx(0.56, rel=0.02)


def test_nothing_wins_by_chance(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned({}, monkeypatch)
    done = tried(shop, TWO, tmp_path, rounds=12)
    assert done.payload.winner == "as it is"
    assert done.chosen == ()
    assert done.verdict.headline.startswith("keep it as it is: nothing is surely faster")


def test_what_was_only_lucky_does_not_win(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    factors = {"mmap_size": 0.7}
    planned(factors, monkeypatch)
    again = settings_tuning.Tuning._again
    monkeypatch.setattr(
        settings_tuning.Tuning, "_again", lambda self, *found: (factors.clear(), again(self, *found))[1]
    )
    done = tried(shop, TWO, tmp_path, rounds=12)
    assert done.payload.winner == "as it is"
    assert done.payload.why == "what looked faster did not when it was measured again"


def test_what_stays_in_the_file_is_no_setting_of_a_profile(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned({}, monkeypatch)
    done = tried(shop, TWO, tmp_path, stored=True)
    page = next(one for one in stored("sqlite", "delete", durability=False) if one.name == "page_size=8192")
    text = "\n".join(lines(replace(done, chosen=(page,)), {}, []))
    assert "#   PRAGMA page_size = 8192;" in text
    assert "database_settings" not in tomllib.loads(text)


def test_an_interrupted_trial_says_what_it_has(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned({"mmap_size": 0.5}, monkeypatch)
    rounds = []

    def interrupted(self: Trial, number: int, *more: Any) -> None:
        rounds.append(number)
        if number == 7:
            raise KeyboardInterrupt
        measured(self, number, *more)

    measured = Trial._round
    monkeypatch.setattr(Trial, "_round", interrupted)
    done = tried(shop, TWO, tmp_path, rounds=12)
    assert not done.complete
    assert done.verdict.outcome == "warn"
    assert done.chosen == ()
    assert len(done.measurements[0].values) == 7


def test_a_statement_that_fails_as_it_is_is_the_commands_failure(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        tried(shop, "SELECT * FROM nowhere", tmp_path)


def test_a_database_in_memory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        tried(Path(":memory:"), "SELECT 1", tmp_path)
