from perftool.lint.rules.function_on_join_key import RULE
from tests.lint.kit import clean, finds, places


def join(on: str, kind: str = "JOIN") -> str:
    return f"SELECT a.id FROM a {kind} b ON {on}"


def test_the_joined_table_cannot_be_looked_up():
    assert places(RULE, join("upper(a.code) = upper(b.code)")) == ["upper(a.code) = upper(b.code)"]
    assert places(RULE, join("b.day > 1 AND a.day = date_trunc('day', b.ts) WHERE a.x = 1")) == [
        "a.day = date_trunc('day', b.ts)"
    ]
    found = finds(RULE, "SELECT 1 FROM a LEFT JOIN app.items i ON CAST(i.n AS int) = a.n").finding
    assert "CAST(i.n AS int) for every row of app.items" in found.message
    assert found.help == "store the key as it is compared, or index CAST(n AS int)"


def test_a_plain_key_looks_rows_up():
    clean(RULE, join("a.code = b.code AND upper(a.x) = upper(b.x)"))
    clean(RULE, join("upper(a.code) = b.code"))
    clean(RULE, join("a.code = b.code AND lower(b.kind) = 'x'"))
    clean(RULE, join("upper(code) = upper(name)"))
    clean(RULE, "SELECT 1 FROM a JOIN b USING (id) CROSS JOIN c")


def test_only_tables_have_indexes():
    clean(RULE, "WITH b AS (SELECT code FROM t) " + join("upper(a.code) = upper(b.code)"))
    clean(RULE, "SELECT 1 FROM a JOIN (SELECT code FROM t) b ON upper(a.code) = upper(b.code)")
    clean(RULE, join("a.x = lower(b.data ->> 'x')"))
    clean(RULE, join("lower(a.code) = lower(b.code)", "RIGHT JOIN"))
    clean(RULE, join("lower(a.code) = lower(b.code)"), "bigquery")


def test_an_index_on_the_expression_serves_it():
    clean(RULE, join("a.code = upper(b.code)"), schema="CREATE INDEX i ON b (upper(code))")
    finds(RULE, join("a.code = upper(b.code)"), schema="CREATE INDEX i ON b (code); CREATE INDEX j ON a (upper(code))")


def test_casts_to_text_may_change_nothing():
    sql = join("(a.code)::text = (b.code)::text")
    clean(RULE, sql)
    clean(RULE, sql, schema="CREATE TABLE b (code varchar(9))")
    finds(RULE, sql, schema="CREATE TABLE b (code int)")
    finds(RULE, join("a.ref = b.user_id::text"))


def test_one_join_is_one_finding():
    finds(RULE, join("upper(a.x) = upper(b.x) AND upper(a.y) = upper(b.y)"))
    clean(RULE, join("upper(a.x) = upper(b.x)"), path="migrations/1.sql")
