import pytest

from perftool.lint.rules.set_not_null_scan import RULE, proves_not_null
from tests.lint.kit import clean, finds, places

CHECKED = "ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL)"
SET = "ALTER TABLE t ALTER COLUMN a SET NOT NULL"


def test_set_not_null_reads_the_table():
    one = finds(RULE, "ALTER TABLE app.t ALTER a SET NOT NULL")
    assert "ACCESS EXCLUSIVE" in one.finding.message
    assert "NULLs in a" in one.finding.message
    assert "CHECK (a IS NOT NULL) NOT VALID" in one.finding.help
    assert places(RULE, "ALTER TABLE t ADD b int,\n  ALTER COLUMN a SET NOT NULL") == ["ALTER COLUMN a SET NOT NULL"]
    finds(RULE, "ALTER TABLE t ADD COLUMN a int; UPDATE t SET a = 1; ALTER TABLE t ALTER COLUMN a SET NOT NULL")


def test_a_validated_check_proves_it():
    clean(RULE, f"{CHECKED} NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c; {SET}")
    clean(RULE, f"{CHECKED}; {SET}")
    finds(RULE, f"{CHECKED} NOT VALID; {SET}")
    finds(RULE, f"{CHECKED} NOT VALID; ALTER TABLE u VALIDATE CONSTRAINT c; ALTER TABLE t ALTER a SET NOT NULL")


def test_a_check_of_another_file_proves_it():
    clean(RULE, f"ALTER TABLE t VALIDATE CONSTRAINT c; {SET}")
    clean(RULE, SET, schema=f"CREATE TABLE t (a int); {CHECKED}; ALTER TABLE t DROP CONSTRAINT c")
    finds(RULE, SET, schema="CREATE TABLE t (a int, CHECK (a > 0))")


def test_a_column_that_is_not_null_already_is_not_read():
    made = {"migrations/1.up.sql": "CREATE TABLE t (id uuid PRIMARY KEY, a text NOT NULL, b text)"}
    here = "migrations/3.up.sql"
    clean(RULE, "ALTER TABLE t ALTER COLUMN a TYPE varchar(9), ALTER COLUMN a SET NOT NULL", path=here, others=made)
    finds(RULE, "ALTER TABLE t ALTER COLUMN b SET NOT NULL", path=here, others=made)
    dropped = made | {"migrations/2.up.sql": "ALTER TABLE t ALTER COLUMN a DROP NOT NULL"}
    finds(RULE, SET, path=here, others=dropped)
    again = made | {"migrations/2.up.sql": "ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a text"}
    finds(RULE, SET, path=here, others=again)
    renamed = "ALTER TABLE t ADD COLUMN c text; ALTER TABLE t DROP COLUMN a; ALTER TABLE t RENAME COLUMN c TO a"
    finds(RULE, SET, path=here, others=made | {"migrations/2.up.sql": renamed})
    moved = {"migrations/1.up.sql": "CREATE TABLE s (c text NOT NULL); ALTER TABLE s RENAME COLUMN c TO a"}
    clean(RULE, SET, path=here, others=moved | {"migrations/2.up.sql": "ALTER TABLE s RENAME TO t"})


def test_tables_that_nobody_uses_are_fine():
    clean(RULE, f"CREATE TABLE t (a int); {SET}")
    clean(RULE, f"CREATE TEMP TABLE t (a int); {SET}")


def test_other_changes_are_fine():
    clean(RULE, "ALTER TABLE t ALTER COLUMN a DROP NOT NULL, ALTER COLUMN a SET DEFAULT 1")
    clean(RULE, "ALTER TABLE t ALTER COLUMN a int NOT NULL", "tsql")


def test_not_null_as_a_constraint():
    finds(RULE, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a")
    clean(RULE, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID")


@pytest.mark.parametrize(
    ("check", "proved"),
    [
        ("a IS NOT NULL", True),
        ("((A is not null))", True),
        ('"a" IS NOT NULL AND b > 0', True),
        ("b BETWEEN 1 AND 2 AND (c > 0 AND a IS NOT NULL)", True),
        ("a IS NOT NULL OR b > 0", False),
        ("a > 0", False),
        ("b IS NOT NULL", False),
        ("NOT (a IS NOT NULL)", False),
        ("(a IS NOT NULL) IS FALSE", False),
        ("", False),
    ],
)
def test_proofs(check: str, proved: bool):
    assert proves_not_null(check, "a") is proved


def test_one_alter_reads_the_table_once():
    both = "ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN b SET NOT NULL"
    assert places(RULE, both) == ["ALTER COLUMN a SET NOT NULL"]
    finds(RULE, f"{both}; ALTER TABLE t ALTER COLUMN c SET NOT NULL", count=2)
    finds(RULE, f"{SET}; ALTER TABLE u ALTER COLUMN a SET NOT NULL", count=2)
    proved = "ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL)"
    assert places(RULE, f"{proved}; {both}") == ["ALTER COLUMN b SET NOT NULL"]


def test_what_takes_a_migration_back_is_left_alone():
    clean(RULE, SET, path="migrations/1_a/down.sql")
    clean(RULE, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a", path="migrations/1_a.down.sql")


def test_a_required_column_without_a_value_means_no_rows():
    needed = "ADD COLUMN b jsonb NOT NULL"
    clean(RULE, f"ALTER TABLE t {needed}, ALTER COLUMN a SET NOT NULL")
    clean(RULE, f"ALTER TABLE t ALTER COLUMN a SET NOT NULL, {needed}")
    clean(RULE, f"ALTER TABLE t {needed}; {SET}")
    clean(RULE, f"ALTER TABLE t {needed}, ADD CONSTRAINT n NOT NULL a")
    finds(RULE, f"ALTER TABLE t {needed} DEFAULT '{{}}', ALTER COLUMN a SET NOT NULL")
    finds(RULE, "ALTER TABLE t ADD COLUMN b int, ALTER COLUMN a SET NOT NULL")
    finds(RULE, f"ALTER TABLE u {needed}; {SET}")
    finds(RULE, f"{SET}; ALTER TABLE t {needed}")
