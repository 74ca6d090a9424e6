"""Dialect names: sqlglot's own, and the other names that people give them."""

from __future__ import annotations

import functools
from typing import Final

from perftool.errors import UsageError

ALIASES: Final = {
    "ansi": "",
    "default": "",
    "generic": "",
    "sql": "",
    "cockroach": "postgres",
    "cockroachdb": "postgres",
    "greenplum": "postgres",
    "pg": "postgres",
    "postgresql": "postgres",
    "timescaledb": "postgres",
    "mariadb": "mysql",
    "tidb": "mysql",
    "memsql": "singlestore",
    "azuresql": "tsql",
    "mssql": "tsql",
    "sqlserver": "tsql",
    "synapse": "tsql",
    "plsql": "oracle",
    "sparksql": "spark",
    "sqlite3": "sqlite",
}

KNOWN: Final = (
    "",
    "athena",
    "bigquery",
    "clickhouse",
    "databricks",
    "doris",
    "dremio",
    "drill",
    "druid",
    "duckdb",
    "dune",
    "exasol",
    "fabric",
    "hive",
    "materialize",
    "mysql",
    "oracle",
    "postgres",
    "presto",
    "redshift",
    "risingwave",
    "singlestore",
    "snowflake",
    "spark",
    "spark2",
    "sqlite",
    "starrocks",
    "tableau",
    "teradata",
    "trino",
    "tsql",
)


@functools.lru_cache(maxsize=256)
def canonical(name: str) -> str:
    """Return the dialect that ``name`` means; "" is sqlglot's own permissive mixture.

    raises: UsageError naming the nearest dialect.
    """
    key = name.strip().lower()
    key = ALIASES.get(key, key)
    if key in KNOWN:
        return key
    import difflib

    names = sorted({*KNOWN, *ALIASES} - {""})
    close = difflib.get_close_matches(key, names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else "known: " + ", ".join(n for n in KNOWN if n)
    raise UsageError(f"no SQL dialect named {name!r}", hint=hint)


def label(name: str) -> str:
    """Return the name of a canonical dialect for people: "generic" for ""."""
    return name or "generic"
