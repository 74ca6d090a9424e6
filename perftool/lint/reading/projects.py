"""Tell which database a project says that it is for: what its tools are set to beside its SQL."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.errors import UsageError
from perftool.lint.reading.dialects import Detected
from perftool.sql.dialects import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SILENT: Final = Detected("", "")

_LARGEST: Final = 256 << 10
# How tools call databases that we call otherwise.
_NAMES: Final = {
    "better-sqlite3": "sqlite", "mysql2": "mysql", "oracledb": "oracle", "libsql": "sqlite", "turso": "sqlite",
    "aurora-mysql": "mysql", "aurora-postgres": "postgres", "postgis": "postgres", "jdbcsqlite": "sqlite",
    "motherduck": "duckdb", "trilogy": "mysql",
}  # fmt: skip


class _Sign(NamedTuple):
    """A file that tells a database: what it is, and the pattern of the name in it; none means that one itself."""

    tool: str
    pattern: re.Pattern[str] | None
    dialect: str = ""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.MULTILINE)


_URL: Final = r"(?:jdbc:)?([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:"
_ADAPTERS: Final = _pattern(
    r"\bdbt-(athena|bigquery|clickhouse|databricks|duckdb|fabric|mysql|oracle|postgres|redshift|snowflake|spark|sqlserver|trino)"
    r"(?![\w-])"
)
_SQLFLUFF: Final = _pattern(r"^\[(?:tool\.)?sqlfluff(?:\.core)?\][^\[]*?^dialect\s*=\s*[\"']?(\w+)")
_SQLC: Final = _pattern(r"[\"']?\bengine[\"']?\s*:\s*[\"']?(\w+)")
_KNEX: Final = _pattern(r"\bclient\s*:\s*[\"']([\w-]+)")
_DRIZZLE: Final = _pattern(r"\bdialect\s*:\s*[\"']([\w-]+)")
_SIGNS: Final[Mapping[str, tuple[_Sign, ...]]] = {
    "profiles.yml": (_Sign("dbt", _pattern(r"[\s{,]type:\s*[\"']?(\w+)")),),
    "requirements.txt": (_Sign("dbt", _ADAPTERS),),
    "pyproject.toml": (_Sign("sqlfluff", _SQLFLUFF), _Sign("dbt", _ADAPTERS)),
    ".sqlfluff": (_Sign("sqlfluff", _SQLFLUFF),),
    "setup.cfg": (_Sign("sqlfluff", _SQLFLUFF),),
    ".squawk.toml": (_Sign("squawk", None, "postgres"),),
    "schema.prisma": (_Sign("Prisma", _pattern(r"^datasource\s+\w+\s*\{[^}]*?^\s*provider\s*=\s*\"(\w+)\"")),),
    "migration_lock.toml": (_Sign("Prisma", _pattern(r"^provider\s*=\s*\"(\w+)\"")),),
    "knexfile.js": (_Sign("Knex", _KNEX),),
    "knexfile.ts": (_Sign("Knex", _KNEX),),
    "drizzle.config.ts": (_Sign("Drizzle", _DRIZZLE),),
    "drizzle.config.js": (_Sign("Drizzle", _DRIZZLE),),
    "sqlc.yaml": (_Sign("sqlc", _SQLC),),
    "sqlc.yml": (_Sign("sqlc", _SQLC),),
    "sqlc.json": (_Sign("sqlc", _SQLC),),
    "alembic.ini": (_Sign("Alembic", _pattern(rf"^sqlalchemy\.url\s*=\s*{_URL}//")),),
    "flyway.conf": (_Sign("Flyway", _pattern(rf"^(?:flyway\.)?url\s*=\s*{_URL}")),),
    "flyway.toml": (_Sign("Flyway", _pattern(rf"^\s*url\s*=\s*[\"']{_URL}")),),
    "liquibase.properties": (_Sign("Liquibase", _pattern(rf"^(?:liquibase\.command\.)?url\s*[:=]\s*{_URL}")),),
    "sqitch.conf": (_Sign("Sqitch", _pattern(r"^\s*engine\s*=\s*(\w+)")),),
    "atlas.hcl": (_Sign("Atlas", _pattern(r"=\s*\"(?:docker://)?([a-z][a-z0-9]*)(?:://|/)")),),
    "ormconfig.json": (_Sign("TypeORM", _pattern(r"\"type\"\s*:\s*\"([\w-]+)\"")),),
    "database.yml": (_Sign("Rails", _pattern(r"^\s+adapter:\s*[\"']?(\w+)")),),
}
SPEAKING: Final = tuple(_SIGNS)
"""Names of files that tell a database."""

BESIDE: Final = ("config", "prisma")
"""Folders whose files speak for the folder that they are in, those that are called ``BESIDE_FILES``."""

BESIDE_FILES: Final = ("database.yml", "schema.prisma")


class Projects:
    """What projects below the folder ``root`` say, each folder looked into once."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.abspath(root)
        self._told: dict[str, Detected] = {}

    def told(self, path: Path) -> Detected:
        """Return the dialect that the nearest folder above ``path`` tells, and by which file; SILENT where none does.

        A folder whose files tell several databases tells nothing, and ends the search.
        """
        return self._of(os.path.dirname(os.path.abspath(path)))

    def _of(self, folder: str) -> Detected:
        known = self._told.get(folder)
        if known is not None:
            return known
        inside = folder == self._root or folder.startswith(self._root.rstrip(os.sep) + os.sep)
        found = _looked_into(folder) if inside else SILENT
        if found is None:
            above = os.path.dirname(folder)
            found = self._of(above) if folder != self._root and above != folder else SILENT
        self._told[folder] = found
        return found


def _looked_into(folder: str) -> Detected | None:
    """Return what the files of a folder tell; SILENT where they disagree, None where none tells."""
    told = list(_told(folder))
    dialects = {dialect for dialect, _ in told}
    if not told:
        return None
    if len(dialects) > 1:
        return SILENT
    return Detected(told[0][0], f"{told[0][1]} says so")


def _told(folder: str) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(folder) as listing:
            names = {entry.name for entry in listing}
    except OSError:
        return
    places = [(name, os.path.join(folder, name)) for name in _SIGNS if name in names]
    for beside in BESIDE:
        if beside in names:
            places += [(name, os.path.join(folder, beside, name)) for name in BESIDE_FILES]
    for name, place in places:
        try:
            with open(place, encoding="utf-8", errors="replace") as file:
                text = file.read(_LARGEST)
        except OSError:
            continue
        for sign in _SIGNS[name]:
            for dialect in _named(sign, text):
                yield dialect, f"{sign.tool} in {name}"


def _named(sign: _Sign, text: str) -> Iterator[str]:
    if sign.pattern is None:
        yield sign.dialect
        return
    for word in sign.pattern.findall(text):
        try:
            dialect = canonical(_NAMES.get(word.lower(), word))
        except UsageError:
            continue
        if dialect:
            yield dialect
