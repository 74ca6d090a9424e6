import pytest

from perftool.lint.rules.destructive_change import RULE
from tests.lint.kit import clean, finds, places


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql", "sqlite", "oracle", "snowflake", "bigquery", ""])
def test_what_is_thrown_away_in_every_dialect(dialect: str):
    assert "all rows of t" in finds(RULE, "DROP TABLE t", dialect).finding.message
    assert "every a of t" in finds(RULE, "ALTER TABLE t DROP COLUMN a", dialect).finding.message
    assert "all rows of app.t" in finds(RULE, "TRUNCATE TABLE app.t", dialect).finding.message


def test_schemas_and_databases():
    assert "everything in schema s" in finds(RULE, "DROP SCHEMA IF EXISTS s CASCADE").finding.message
    finds(RULE, "DROP DATABASE d", "mysql")


def test_cascade_takes_more_along():
    assert places(RULE, "DROP TYPE mood CASCADE -- x") == ["DROP TYPE mood CASCADE"]
    finds(RULE, "DROP EXTENSION citext CASCADE")
    clean(RULE, "DROP VIEW v CASCADE; DROP TYPE mood; DROP INDEX i; DROP TRIGGER g ON t CASCADE")
    clean(RULE, "CREATE TYPE mood AS ENUM ('a'); DROP TYPE mood CASCADE")


def test_each_clause_stands_for_itself():
    sql = 'ALTER TABLE t DROP COLUMN "Größe",\n  DROP CONSTRAINT c, DROP IF EXISTS b CASCADE'
    assert places(RULE, sql) == ['DROP COLUMN "Größe"', "DROP IF EXISTS b CASCADE"]
    assert places(RULE, "ALTER TABLE t DROP COLUMN a, b", "tsql") == ["DROP COLUMN a", "b"]
    clean(RULE, "ALTER TABLE t DROP c, CONSTRAINT d", "tsql")
    finds(RULE, "DROP TABLE a, b")


def test_taking_a_migration_back_is_meant_to():
    clean(RULE, "DROP TABLE t; ALTER TABLE u DROP COLUMN a; TRUNCATE t", path="db/migrations/1_x.down.sql")
    clean(RULE, "DROP TABLE t", path="migrations/down.sql")
    clean(RULE, "TRUNCATE t", path="db/seeds/users.sql")


def test_what_the_file_made_itself():
    clean(RULE, "CREATE TABLE t (a int); TRUNCATE t; DROP TABLE t")
    clean(RULE, "CREATE TEMP TABLE t (a int); ALTER TABLE t DROP COLUMN a; DROP TABLE t")
    clean(RULE, "ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a")
    clean(RULE, "DROP TEMPORARY TABLE IF EXISTS t", "mysql")
    clean(RULE, "DROP FOREIGN TABLE t")
    assert "rows of b" in finds(RULE, "CREATE TABLE a (x int); DROP TABLE a, b").finding.message


def test_tables_that_are_rebuilt():
    clean(
        RULE,
        "CREATE TABLE new_t (a int); INSERT INTO new_t SELECT a FROM t; DROP TABLE t; ALTER TABLE new_t RENAME TO t",
        "sqlite",
    )
    clean(RULE, "ALTER TABLE t RENAME TO t_old; CREATE TABLE t (a int); DROP TABLE t_old")
    clean(RULE, "CREATE TABLE t_backup AS SELECT a FROM t; DROP TABLE t")
    clean(RULE, 'CREATE TABLE "temporary_User" (a int); DROP TABLE "User"', "sqlite")
    finds(RULE, "DROP TABLE t; CREATE TABLE t (a int)")
    finds(RULE, "CREATE TABLE user_settings (a int); DROP TABLE settings")
    finds(RULE, "CREATE TABLE new (a int); DROP TABLE old")
