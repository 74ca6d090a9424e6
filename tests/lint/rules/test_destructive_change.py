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


def test_a_schema_of_code_holds_no_rows():
    body = "RETURNS int LANGUAGE sql AS $$ SELECT 1 $$"
    code = {
        "replaceable/functions.sql": f"CREATE SCHEMA r; CREATE FUNCTION r.one() {body}; CREATE VIEW R.v AS SELECT 1"
    }
    drop = "DROP SCHEMA IF EXISTS r CASCADE"
    clean(RULE, drop, others=code)
    clean(RULE, f"{drop}; CREATE SCHEMA r; CREATE PROCEDURE r.p() LANGUAGE sql AS $$ SELECT 1 $$")
    finds(
        RULE, drop, others={"a.sql": "CREATE SCHEMA r; CREATE TYPE r.mood AS ENUM ('a'); CREATE VIEW s.v AS SELECT 1"}
    )
    finds(RULE, "DROP SCHEMA r, s CASCADE", others=code)
    for rows in ("TABLE r.t (a int)", "MATERIALIZED VIEW r.m AS SELECT 1 AS a", "TABLE r.u AS SELECT 1 AS a"):
        finds(RULE, drop, others=code | {"rows.sql": f"CREATE {rows}"})
    finds(RULE, drop, others=code | {"1.sql": "CREATE TABLE r.t (a int)", "2.sql": "DROP TABLE r.t"})


def test_cascade_takes_more_along():
    assert places(RULE, "DROP TYPE mood CASCADE -- x") == ["DROP TYPE mood CASCADE"]
    finds(RULE, "DROP EXTENSION citext CASCADE")
    clean(RULE, "DROP VIEW v CASCADE; DROP TYPE mood; DROP INDEX i; DROP TRIGGER g ON t CASCADE")
    clean(RULE, "CREATE TYPE mood AS ENUM ('a'); DROP TYPE mood CASCADE")


def test_the_columns_of_one_statement_are_one_finding():
    sql = 'ALTER TABLE t DROP COLUMN "Größe",\n  DROP CONSTRAINT c, DROP IF EXISTS b CASCADE'
    assert places(RULE, sql) == ['DROP COLUMN "Größe"']
    found = finds(RULE, sql).finding
    assert found.message == (
        "throws away every Größe and b of t, and CASCADE whatever depends on it; whatever still reads them fails"
    )
    assert found.help == "stop reading and writing them first, and drop them in a later release"
    assert places(RULE, "ALTER TABLE t DROP COLUMN a, b", "tsql") == ["DROP COLUMN a"]
    many = ", ".join(f"DROP COLUMN c{n}" for n in range(6))
    assert "every c0, c1, c2 and 3 more of t" in finds(RULE, f"ALTER TABLE t {many}").finding.message
    assert places(RULE, "ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP a, DROP b") == ["DROP b"]
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


def test_what_was_moved_before_is_not_thrown_away():
    sql = "UPDATE u SET admin = true FROM t WHERE u.id = t.id AND t.admin; ALTER TABLE t DROP COLUMN admin"
    assert finds(RULE, sql).finding.message == "whatever still reads admin of t fails"
    assert finds(RULE, "INSERT INTO u SELECT a FROM t; DROP TABLE t").finding.message == "whatever still reads t fails"
    assert "throws away" in finds(RULE, "INSERT INTO u VALUES (1); DROP TABLE t").finding.message


def test_sqlite_makes_a_table_anew_to_change_it():
    steps = {"1.sql": "CREATE TABLE _t_tmp (a int)", "3.sql": "ALTER TABLE _t_tmp RENAME TO t"}
    clean(RULE, "DROP TABLE t", "sqlite", path="2.sql", others=steps)
    finds(RULE, "DROP TABLE t", "sqlite", path="2.sql")
    finds(RULE, "DROP TABLE t", "postgres", path="2.sql", others=steps)
