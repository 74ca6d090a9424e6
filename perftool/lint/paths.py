"""What the path of a file tells about it: what it is for, and what engine it is meant for."""

from __future__ import annotations

import re
from typing import Final

_SEED: Final = r"(?:seeds?|fixtures?|tests?|testdata|samples?|demo|mocks?|stubs?|(?:test|seed|sample)[_-]data)"
# A folder called so, or whose last word says it (unit_tests/), and files that begin or end with it (test_a.sql,
# 02_seeds.sql, a.fixture.sql): in the middle of a name it tells what the file is about (add_test_results.sql).
_SEEDS: Final = re.compile(
    rf"(?:^|/)(?:[^/]*[._-])?{_SEED}_*(?:/|$)|(?:^|/)(?:[vur]?\d[\d._-]*)?{_SEED}[._-][^/]*$|[._-]{_SEED}\.[^./]+$",
    re.IGNORECASE,
)
_OUTSIDE: Final = re.compile(r"(?:/|[a-z]:|\.\.(?:/|$))", re.IGNORECASE)
_MIGRATIONS: Final = re.compile(
    r"(?:^|/)(?:migrations?|migrate|db/(?:changelog|changes|versions)|flyway|liquibase|alembic/versions|schema_changes)/"
    r"|(?:^|/)[VUR]\d[\w.]*__[^/]+\.sql$|\.(?:up|down)\.sql$",
    re.IGNORECASE,
)
# A whole name, or behind a mark: undo.sql, 1_users.down.sql; not breakdown.sql.
_DOWN: Final = re.compile(r"(?:.*[._-])?(?:down|undo|rollback|revert)\.sql|u\d[\w.]*__.+\.sql", re.DOTALL)
_LAST: Final = ("down.sql", "undo.sql", "rollback.sql", "revert.sql")

_ONLINE: Final = re.compile(r"(?:^|[/._-])(?:cockroach(?:db)?|crdb)(?:[/._-]|$)", re.IGNORECASE)
_SQLITE: Final = re.compile(r"(?:^|[/._-])sqlite3?(?:[/._-]|$)", re.IGNORECASE)
_MODELS: Final = re.compile(r"(?:^|/)(?:models|macros|snapshots)/")
_UPGRADES: Final = re.compile(r"\d--\d[^/]*\.sql$")


def is_migration(path: str) -> bool:
    """Say whether the path (with /) is one where migrations lie: a folder's or a file's name tells."""
    return _MIGRATIONS.search(path) is not None


def changes_online(path: str) -> bool:
    """Say whether the path names an engine that reads like PostgreSQL and changes schemas without its locks.

    source: CockroachDB documentation, "Online Schema Changes"
    """
    return _ONLINE.search(path) is not None


def names_sqlite(path: str) -> bool:
    """Say whether the path names SQLite, whatever dialect the configuration gives: 1_users.sqlite3.up.sql."""
    return _SQLITE.search(path) is not None


def is_model(path: str) -> bool:
    """Say whether the path is one of dbt's: what is written there makes tables anew, which have no indexes."""
    return _MODELS.search(path) is not None


def is_upgrade(path: str) -> bool:
    """Say whether the file takes an extension of PostgreSQL from one version to another: name--1.0--1.1.sql."""
    return _UPGRADES.search(path) is not None


def is_down(path: str) -> bool:
    """Say whether the file as a whole takes a migration back."""
    name = path[path.rfind("/") + 1 :].lower()
    return (name.endswith(_LAST) or name.startswith("u")) and _DOWN.fullmatch(name) is not None


def is_seed(path: str) -> bool:
    """Say whether the path is one of seed data, fixtures or tests; of one outside the project the file's name tells."""
    told = path.rpartition("/")[2] if _OUTSIDE.match(path) else path
    return _SEEDS.search(told) is not None
