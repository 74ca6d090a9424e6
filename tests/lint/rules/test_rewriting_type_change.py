import pytest

from perftool.lint.rules.rewriting_type_change import RULE
from tests.lint.kit import clean, finds, places


def change(old: str, new: str, using: str = "") -> tuple[str, dict[str, str]]:
    sql = f"ALTER TABLE t ALTER COLUMN a TYPE {new}{' USING ' + using if using else ''}"
    return sql, {"schema": f"CREATE TABLE t (a {old})"} if old else {}


@pytest.mark.parametrize(
    ("old", "new", "using"),
    [
        ("int", "bigint", ""),
        ("serial", "bigint", ""),
        ("varchar(20)", "varchar(10)", ""),
        ("text", "varchar(10)", ""),
        ("char(5)", "text", ""),
        ("numeric(10, 2)", "numeric(12, 4)", ""),
        ("timestamp(6)", "timestamp(3)", ""),
        ("timestamp", "date", ""),
        ("int", "text", ""),
        ("text", "text", "trim(a)"),
        ("varchar(20)", "text", "a::int::text"),
        ("text", '"Mood"', 'a::"Mood"'),
        ("", "bigint", ""),
        ("", "uuid", "a::uuid"),
        ("", "timestamptz", ""),
        ("", "text", "upper(a)"),
    ],
)
def test_rows_are_written_anew(old: str, new: str, using: str):
    sql, more = change(old, new, using)
    one = finds(RULE, sql, **more)
    assert "ACCESS EXCLUSIVE" in one.finding.message


@pytest.mark.parametrize(
    ("old", "new", "using"),
    [
        ("int", "integer", ""),
        ("varchar(20)", "character varying(40)", ""),
        ("varchar(20)", "text", ""),
        ("character varying", "text", "a::text"),
        ("text", "varchar", 'CAST("a" AS varchar)'),
        ("numeric(10, 2)", "decimal(12, 2)", ""),
        ("numeric(10, 2)", "numeric", ""),
        ("timestamp(3)", "timestamp", ""),
        ("timestamptz(3)", "timestamp(6) with time zone", ""),
        ("text", "citext", ""),
        ("varchar(5)[]", "text[]", ""),
        ("bit varying(4)", "varbit(8)", ""),
        ("cidr", "inet", ""),
        # Nothing tells what these were: they may only widen.
        ("", "text", ""),
        ("", "varchar(255)", "(a)"),
        ("", "numeric(12, 2)", ""),
        ("", "timestamp(6)", ""),
    ],
)
def test_rows_stay_as_they_are(old: str, new: str, using: str):
    sql, more = change(old, new, using)
    clean(RULE, sql, **more)


def test_the_message_says_what_changes():
    sql, more = change("int", "bigint")
    assert finds(RULE, sql, **more).finding.message.endswith("a goes from int to bigint")
    assert finds(RULE, sql).finding.message.endswith("a becomes bigint")
    assert places(RULE, 'ALTER TABLE "Ü" ADD b int,\n ALTER COLUMN a TYPE bigint') == ["ALTER COLUMN a TYPE bigint"]


def test_time_zones():
    sql, more = change("timestamp", "timestamptz")
    assert "SET timezone = 'UTC'" in finds(RULE, sql, **more).finding.help
    clean(RULE, f"SET TIME ZONE 'UTC'; {sql}", **more)
    clean(RULE, f"SET timezone TO 'UTC'; {sql}", **more)
    finds(RULE, f"SET timezone = 'UTC'; {sql} USING a AT TIME ZONE 'UTC'", **more)


def test_types_change_more_than_once():
    first, second = "ALTER TABLE t ALTER COLUMN a TYPE varchar(20)", "ALTER TABLE t ALTER COLUMN a TYPE text"
    clean(RULE, f"{first}; {second}", schema="CREATE TABLE t (a varchar(10))")
    assert places(RULE, f"{first}; {second}", schema="CREATE TABLE t (a int)") == [first[14:]]
    clean(
        RULE, "ALTER TABLE t ADD COLUMN a varchar(9); ALTER TABLE t ALTER a TYPE text", schema="CREATE TABLE t (b int)"
    )


def test_where_nobody_waits():
    clean(RULE, "CREATE TABLE t (a int); ALTER TABLE t ALTER COLUMN a TYPE bigint")
    clean(RULE, "ALTER TABLE t ALTER COLUMN a SET DEFAULT 1")
    clean(RULE, "ALTER TABLE t ALTER COLUMN a TYPE int", path="migrations/4.down.sql")
    clean(RULE, "ALTER TABLE t MODIFY COLUMN a BIGINT", "mysql")
