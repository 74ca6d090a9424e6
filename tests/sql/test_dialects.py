from __future__ import annotations

import pytest

from perftool.errors import UsageError
from perftool.sql.dialects import ALIASES, KNOWN, canonical, label
from perftool.sql.lexis import lexis
from perftool.sql.parsing import Engine


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PostgreSQL", "postgres"),
        ("mssql", "tsql"),
        ("mariadb", "mysql"),
        (" ansi ", ""),
        ("", ""),
        ("duckdb", "duckdb"),
    ],
)
def test_names(name: str, meant: str) -> None:
    assert canonical(name) == meant


def test_unknown_name_gives_the_nearest() -> None:
    with pytest.raises(UsageError) as failed:
        canonical("postgress")
    assert failed.value.hint == "did you mean 'postgres'?"
    with pytest.raises(UsageError) as failed:
        canonical("klingon")
    assert "bigquery" in (failed.value.hint or "")


@pytest.mark.parametrize("name", KNOWN)
def test_sqlglot_knows_every_dialect(name: str) -> None:
    assert Engine(name).parse("SELECT 1")
    assert lexis(name)
    assert label(name)


def test_aliases_lead_to_known_names() -> None:
    assert set(ALIASES.values()) <= set(KNOWN)
    assert not set(ALIASES) & set(KNOWN)
