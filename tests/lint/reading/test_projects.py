from __future__ import annotations

from pathlib import Path

import pytest

from perftool.lint.reading.projects import SILENT, Projects


def told(folder: Path, name: str, text: str) -> tuple[str, str]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return Projects(folder).told(folder / "a.sql")


@pytest.mark.parametrize(
    ("name", "text", "dialect"),
    [
        ("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev:\n      type: snowflake\n", "snowflake"),
        ("requirements.txt", "dbt-core==1.9\ndbt-bigquery>=1.9\n", "bigquery"),
        ("requirements.txt", "dbt-core==1.9\ndbt-utils\n", ""),
        ("pyproject.toml", '[tool.x]\ndialect = "nope"\n[tool.sqlfluff.core]\ndialect = "redshift"\n', "redshift"),
        ("pyproject.toml", '[project]\ndependencies = ["dbt-postgres~=1.9"]\n', "postgres"),
        (".sqlfluff", "[sqlfluff]\ntemplater = jinja\ndialect = sparksql\n[sqlfluff:rules]\n", "spark"),
        (".squawk.toml", "", "postgres"),
        (
            "schema.prisma",
            'generator c {\n provider = "x"\n}\ndatasource db {\n  provider = "postgresql"\n}\n',
            "postgres",
        ),
        ("prisma/schema.prisma", 'datasource db {\n  url = env("U")\n  provider = "sqlserver"\n}\n', "tsql"),
        ("migration_lock.toml", '# do not edit\nprovider = "mysql"\n', "mysql"),
        ("knexfile.js", "module.exports = { development: { client: 'better-sqlite3' } }", "sqlite"),
        ("knexfile.ts", "{ dev: { client: 'sqlite3' }, production: { client: 'pg' } }", ""),
        ("drizzle.config.ts", 'export default { dialect: "turso" }', "sqlite"),
        ("sqlc.yaml", 'version: "2"\nsql:\n  - engine: "postgresql"\n  - engine: postgresql\n', "postgres"),
        ("sqlc.json", '{"packages": [{"engine": "mysql"}]}', "mysql"),
        ("alembic.ini", "[alembic]\nsqlalchemy.url = postgresql+psycopg://u:p@h/d\n", "postgres"),
        ("alembic.ini", "[alembic]\nsqlalchemy.url = driver://user:pass@localhost/dbname\n", ""),
        ("flyway.conf", "flyway.url=jdbc:oracle:thin:@//h/x\n", "oracle"),
        ("flyway.toml", '[environments.x]\nurl = "jdbc:mariadb://h/x"\n', "mysql"),
        ("liquibase.properties", "url: jdbc:sqlserver://h;d=x\n", "tsql"),
        ("sqitch.conf", "[core]\n\tengine = pg\n", "postgres"),
        ("atlas.hcl", 'env "local" {\n  dev = "docker://postgres/16/dev"\n}\n', "postgres"),
        ("ormconfig.json", '{"type": "postgres"}', "postgres"),
        ("config/database.yml", "default: &d\n  adapter: mysql2\n  pool: 5\n", "mysql"),
        (
            "profiles.yml",
            "shop:\n  outputs:\n    dev: {type: duckdb, path: x}\n    p:\n      type: somethingelse\n",
            "duckdb",
        ),
    ],
)
def test_tools_tell_the_database_they_are_set_to(tmp_path: Path, name: str, text: str, dialect: str) -> None:
    found, reason = told(tmp_path, name, text)
    assert found == dialect
    assert bool(dialect) == bool(reason)
    if dialect:
        assert reason.endswith(f"in {Path(name).name} says so")


def test_the_nearest_folder_that_tells_counts_and_none_above_the_root(tmp_path: Path) -> None:
    (tmp_path / ".squawk.toml").write_text("")
    deep = tmp_path / "root" / "app" / "db"
    deep.mkdir(parents=True)
    inside = Projects(tmp_path / "root")
    assert inside.told(deep / "a.sql") == SILENT
    (tmp_path / "root" / "sqlc.yaml").write_text("engine: mysql")
    above = Projects(tmp_path / "root")
    assert above.told(deep / "a.sql").dialect == "mysql"
    assert above.told(deep / "b.sql") is above.told(deep / "a.sql")
    (deep.parent / "knexfile.js").write_text("client: 'pg'")
    assert Projects(tmp_path / "root").told(deep / "a.sql").dialect == "postgres"
    assert Projects(tmp_path).told(tmp_path / "a.sql").dialect == "postgres"


def test_tools_that_disagree_tell_nothing(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / ".squawk.toml").write_text("")
    told(tmp_path / "app", "sqlc.yaml", "engine: mysql")
    assert told(tmp_path / "app", "knexfile.js", "client: 'pg'") == SILENT
    assert Projects(tmp_path).told(tmp_path / "app" / "a.sql") == SILENT


def test_what_cannot_be_read_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "sqlc.yaml").mkdir()
    assert Projects(tmp_path).told(tmp_path / "a.sql") == SILENT
    assert Projects(tmp_path / "nowhere").told(tmp_path / "nowhere" / "a.sql") == SILENT
