"""What the path of a file tells about it: what it is for, and what engine it is meant for."""

from __future__ import annotations

import re
from typing import Final

_SEEDS: Final = re.compile(
    r"(?:^|[/._-])(?:seeds?|fixtures?|tests?|testdata|samples?|demo|mocks?|stubs?)(?:[/._-]|$)", re.IGNORECASE
)
_MIGRATIONS: Final = re.compile(
    r"(?:^|/)(?:migrations?|migrate|db/(?:changelog|changes|versions)|flyway|liquibase|alembic/versions|schema_changes)/"
    r"|(?:^|/)[VUR]\d[\w.]*__[^/]+\.sql$|\.(?:up|down)\.sql$",
    re.IGNORECASE,
)
_DOWN: Final = re.compile(
    r"(?:[._-](?:down|undo|rollback|revert)\.sql$)|(?:(?:^|/)(?:down|undo|rollback|revert)\.sql$)|(?:^|/)U\d[\w.]*__[^/]+\.sql$",
    re.IGNORECASE,
)

_ONLINE: Final = re.compile(r"(?:^|[/._-])(?:cockroach(?:db)?|crdb)(?:[/._-]|$)", re.IGNORECASE)


def is_migration(path: str) -> bool:
    """Say whether the path (with /) is one where migrations lie: a folder's or a file's name tells."""
    return _MIGRATIONS.search(path) is not None


def changes_online(path: str) -> bool:
    """Say whether the path names an engine that reads like PostgreSQL and changes schemas without its locks.

    source: CockroachDB documentation, "Online Schema Changes"
    """
    return _ONLINE.search(path) is not None


def is_down(path: str) -> bool:
    """Say whether the file as a whole takes a migration back."""
    return _DOWN.search(path) is not None


def is_seed(path: str) -> bool:
    """Say whether the path is one of seed data, fixtures or tests."""
    return _SEEDS.search(path) is not None
