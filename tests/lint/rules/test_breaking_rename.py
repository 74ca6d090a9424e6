import pytest

from perftool.lint.rules.breaking_rename import RULE
from tests.lint.kit import clean, finds, places


@pytest.mark.parametrize(
    ("sql", "dialect", "what"),
    [
        ("ALTER TABLE t RENAME COLUMN a TO b", "postgres", "t.a"),
        ('ALTER TABLE app.t RENAME "a" TO "B"', "postgres", "app.t.a"),
        ("ALTER VIEW v RENAME TO w", "postgres", "view v"),
        ("ALTER SCHEMA s RENAME TO z", "postgres", "schema s"),
        ("RENAME TABLE t TO u", "mysql", "table t"),
        ("ALTER TABLE t CHANGE a b INT", "mysql", "t.a"),
        ("ALTER TABLE t RENAME u", "mysql", "table t"),
        ("EXEC sp_rename 'dbo.t.a', 'b', 'COLUMN'", "tsql", "dbo.t.a"),
        ("EXEC sp_rename @objname = N'[dbo].[t]', @newname = N'u'", "tsql", "table t"),
        ("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'", "postgres", "mood"),
    ],
)
def test_what_an_application_reads_by_name(sql: str, dialect: str, what: str):
    assert what in finds(RULE, sql, dialect).finding.message


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("ALTER INDEX i RENAME TO j", "postgres"),
        ("ALTER TABLE t RENAME CONSTRAINT c TO d", "postgres"),
        ("ALTER TYPE mood RENAME TO feeling", "postgres"),
        ("ALTER TABLE t RENAME INDEX i TO j", "mysql"),
        ("ALTER TABLE t CHANGE a a BIGINT", "mysql"),
        ("EXEC sp_rename 'dbo.t.i', 'j', 'INDEX'", "tsql"),
        ("EXEC sp_rename 'PK_t', 'PK_u'", "tsql"),
        ("ALTER TABLE t RENAME COLUMN a TO a_unused", "postgres"),
        ("ALTER TABLE t RENAME TO t_old", "postgres"),
        ("RENAME TABLE t TO t_1, t_new TO t", "mysql"),
        ("CREATE TABLE t (a int); ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t RENAME TO u", "postgres"),
        ("ALTER TABLE t ADD COLUMN a int; ALTER TABLE t RENAME COLUMN a TO b", "postgres"),
    ],
)
def test_what_nobody_misses(sql: str, dialect: str):
    clean(RULE, sql, dialect)


def test_taking_a_migration_back_is_meant_to():
    clean(RULE, "ALTER TABLE t RENAME COLUMN a TO b", path="migrations/7.down.sql")


def test_tests_fixtures_and_stubs_are_nobody_elses():
    for path in ("tests/rename.sql", "fixtures/7.sql", "stubs/alter.stub.sql"):
        clean(RULE, "ALTER TABLE t RENAME COLUMN a TO b; ALTER VIEW v RENAME TO w", path=path)
        clean(RULE, "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'", path=path)
        clean(RULE, "ALTER TABLE t CHANGE a b INT", "mysql", path=path)


def test_where_it_stands():
    assert places(RULE, "RENAME TABLE a TO b, `ü` TO d", "mysql") == ["a TO b", "`ü` TO d"]


def test_an_application_and_its_own_file_change_at_once():
    clean(RULE, "ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME COLUMN a TO b", "sqlite")
