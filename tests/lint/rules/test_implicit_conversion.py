import pytest

from perftool.lint.rules.implicit_conversion import RULE
from tests.lint.kit import clean, finds, fixed, places

SCHEMA = "CREATE TABLE u (id int, phone varchar(20), code char(5))"


def where(test: str) -> str:
    return f"SELECT id FROM u WHERE {test}"


def test_postgres_refuses_what_others_convert():
    refused = finds(RULE, where("phone = 5551234"), schema=SCHEMA).finding
    assert refused.severity == "error"
    assert refused.message == "fails: phone is varchar(20), which PostgreSQL does not compare with a number"
    slow = finds(RULE, where("phone = 5551234"), "mysql", schema=SCHEMA).finding
    assert slow.severity is None
    assert "every row of u" in slow.message
    assert refused.safe
    assert not slow.safe


def test_the_number_is_quoted():
    sql = f"{SCHEMA};\nSELECT 1 FROM u AS é WHERE é.phone = 5551234 /* x */ AND 12345 = code"
    assert fixed(RULE, sql).endswith("WHERE é.phone = '5551234' /* x */ AND '12345' = code")
    assert places(RULE, sql) == ["é.phone = 5551234", "12345 = code"]
    assert fixed(RULE, f"{SCHEMA}; {where('phone IN (1, 2)')}", "mysql").endswith("phone IN ('1', '2')")


@pytest.mark.parametrize("test", ["phone = 1.50", "phone = 007", "phone IN (1, 2.5)"])
def test_what_has_several_spellings_is_a_hint(test):
    found = finds(RULE, where(test), "mysql", schema=SCHEMA).finding
    assert not found.edits
    assert "quotes" in found.help


def test_wide_strings_convert_narrow_columns_of_sql_server():
    schema = "CREATE TABLE u (id int, phone varchar(20), name nvarchar(20))"
    sql = where("phone = N'555'")
    assert "to nvarchar" in finds(RULE, sql, "tsql", schema=schema).finding.message
    assert fixed(RULE, sql, "tsql", schema=schema) == where("phone = '555'")
    assert not finds(RULE, where("phone = N'é'"), "tsql", schema=schema).finding.edits
    clean(RULE, where("name = N'x' AND phone = '5'"), "tsql", schema=schema)


def test_only_known_texts_are_converted():
    clean(RULE, where("phone = 5551234"))
    clean(RULE, where("id = 5 AND phone = '5' AND phone = $1 AND length(phone) = 5"), schema=SCHEMA)
    clean(RULE, where("phone = 5"), "sqlite", schema=SCHEMA)
    clean(
        RULE, where("phone = 5"), "mysql", schema="CREATE TABLE other.u (phone varchar(9)); CREATE TABLE u (phone int)"
    )
    clean(RULE, "UPDATE u SET phone = 5 WHERE id = 1", "mysql", schema=SCHEMA)
    clean(RULE, "SELECT phone = 5 FROM u", "mysql", schema=SCHEMA)
    clean(RULE, "WITH u AS (SELECT 1 AS phone) SELECT phone FROM u WHERE phone = 5", "mysql", schema=SCHEMA)


def test_columns_of_joins_are_told_apart():
    finds(RULE, "SELECT 1 FROM t JOIN u ON u.id = t.u AND u.phone = 5", "mysql", schema=SCHEMA)
    finds(RULE, "SELECT 1 FROM t JOIN u ON u.id = t.u WHERE u.phone = 5", "mysql", schema=SCHEMA)
    clean(RULE, "SELECT 1 FROM t JOIN u ON u.id = t.u WHERE t.phone = 5", "mysql", schema=SCHEMA)
    clean(RULE, "SELECT 1 FROM t JOIN u ON u.id = t.u WHERE phone = 5", "mysql", schema=SCHEMA)
    clean(RULE, "UPDATE t SET a = 1 FROM u WHERE phone = 5", schema=SCHEMA)
    finds(RULE, "UPDATE u SET id = 1 WHERE u.phone = 5", schema=SCHEMA)
    finds(RULE, "DELETE FROM u WHERE phone = 5", schema=SCHEMA)


def test_the_bracket_of_a_list_belongs_to_it():
    assert places(RULE, "SELECT id FROM t WHERE a IN (1, 2 )", schema="CREATE TABLE t (id int, a text)") == [
        "a IN (1, 2 )"
    ]


def test_tests_and_tables_of_one_name_are_left_alone():
    schema = "CREATE TABLE t (id int, a text)"
    finds(RULE, "SELECT id FROM t WHERE a = 1", schema=schema)
    clean(RULE, "SELECT id FROM t WHERE a = 1", schema=schema, path="tests/a.sql")
    clean(RULE, "SELECT id FROM t WHERE a = 1", schema=schema + "; CREATE TABLE t (a int, b int)")
    clean(RULE, "SELECT id FROM t WHERE a = 1", schema="CREATE TABLE t (a int, b int);" + schema)
