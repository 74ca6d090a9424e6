"""Settings of PostgreSQL sessions, on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.databases import open_database
from perftool.errors import UsageError
from perftool.tune import settings_arms
from tests.tune.shop import GROUPED, tried

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("postgresql")
WRITING = "INSERT INTO orders VALUES (1, 2, 3.0)"


@pytest.fixture
def url(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings_arms, "SAMPLE_S", 0.0)
    with open_database(postgresql_url, write=True) as database, database.connect() as connection:
        connection.execute("DROP TABLE IF EXISTS orders")
        connection.execute(
            "CREATE TABLE orders AS SELECT i AS id, i % 97 AS customer, i / 3.0::float8 AS amount "
            "FROM generate_series(1, 500) AS i"
        )
    return postgresql_url


def test_candidates_are_settings_of_the_session(url: str, tmp_path: Path) -> None:
    done = tried(url, GROUPED, tmp_path)
    found = {one.name: one for one in done.payload.candidates}
    assert found["jit=off"].ratio is not None, found["jit=off"].reason
    assert found["work_mem=64MB"].settings == {"work_mem": "64MB"}
    assert "synchronous_commit=off" not in found
    assert done.driver == "postgresql"
    assert "hunter2" not in repr(done)


def test_what_writes_to_a_server_has_to_be_said(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        tried(url, WRITING, tmp_path, durability=True)
    assert caught.value.hint is not None
    assert "--commit" in caught.value.hint
    done = tried(url, WRITING, tmp_path, durability=True, commit=True)
    found = {one.name: one for one in done.payload.candidates}
    assert found["synchronous_commit=off"].ratio is not None
    assert "lost" in found["synchronous_commit=off"].risk
    assert [one.code for one in done.warnings] == ["writes-shared"]
    with open_database(url) as database, database.connect() as connection:
        assert connection.execute("SELECT COUNT(*) FROM orders").rows[0][0] > 500
