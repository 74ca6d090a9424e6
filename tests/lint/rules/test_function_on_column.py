import datetime as dt
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.lint.rules.function_on_column import RULE
from tests.lint.kit import clean, finds, fixed, places


def where(test: str) -> str:
    return f"SELECT id FROM ev WHERE {test}"


def test_the_whole_test_is_underlined():
    assert places(RULE, where("extract(year FROM created_at) = 2024 AND a = 1")) == [
        "extract(year FROM created_at) = 2024"
    ]
    assert places(RULE, where("a > 1\n  AND (lower(é.name)) IN ('x', 'y')").replace("ev", "ev é")) == [
        "(lower(é.name)) IN ('x', 'y')"
    ]
    assert places(RULE, where("'2024-05-01' <= date(created_at)"), "mysql") == ["'2024-05-01' <= date(created_at)"]
    assert places(RULE, where("upper(trim(name)) = $1 ORDER BY id")) == ["upper(trim(name)) = $1"]
    assert places(RULE, where('substring("Name" FROM 1 FOR 3) = ?')) == ['substring("Name" FROM 1 FOR 3) = ?']


def test_the_message_says_what_is_computed_for_which_rows():
    found = finds(RULE, "SELECT 1 FROM app.users u WHERE lower(u.email) = lower($1)").finding
    assert found.message == "computes lower(u.email) for every row of app.users: an index on email cannot serve it"
    assert found.help == "CREATE INDEX i ON app.users (lower(email))"


@pytest.mark.parametrize(
    ("dialect", "test", "expected"),
    [
        ("postgres", "extract(year FROM c) = 2024", "c >= '2024-01-01' AND c < '2025-01-01'"),
        ("postgres", "date_part('year', e.c) > 2024", "e.c >= '2025-01-01'"),
        ("postgres", "extract(year from c) BETWEEN 2020 AND 2023", "c >= '2020-01-01' AND c < '2024-01-01'"),
        ("mysql", "YEAR(`c`) <= 2024", "`c` < '2025-01-01'"),
        ("tsql", "YEAR([c]) = 2024", "[c] >= '20240101' AND [c] < '20250101'"),
        ("tsql", "DATEPART(year, c) < 2024", "c < '20240101'"),
        ("oracle", "EXTRACT(YEAR FROM c) = 2024", "c >= DATE '2024-01-01' AND c < DATE '2025-01-01'"),
        ("oracle", "TRUNC(c) = DATE '2024-02-29'", "c >= DATE '2024-02-29' AND c < DATE '2024-03-01'"),
        ("oracle", "TRUNC(c, 'MM') = DATE '2024-02-01'", "c >= DATE '2024-02-01' AND c < DATE '2024-03-01'"),
        ("oracle", "TO_CHAR(c, 'YYYY') = '2024'", "c >= DATE '2024-01-01' AND c < DATE '2025-01-01'"),
        (
            "oracle",
            "TRUNC(c) = TO_DATE('2024-04-30', 'YYYY-MM-DD')",
            "c >= TO_DATE('2024-04-30', 'YYYY-MM-DD') AND c < TO_DATE('2024-05-01', 'YYYY-MM-DD')",
        ),
        ("postgres", "date_trunc('month', c) = '2023-02-01'", "c >= '2023-02-01' AND c < '2023-03-01'"),
        ("postgres", "date_trunc('quarter', c) >= DATE '2024-04-01'", "c >= DATE '2024-04-01'"),
        (
            "postgres",
            "date_trunc('week', c) = '2024-12-30'::date",
            "c >= '2024-12-30'::date AND c < '2025-01-06'::date",
        ),
        ("postgres", "'2024-02-28' < date(c)", "c >= '2024-02-29'"),
        ("mysql", "DATE(c) = '2024-02-28'", "c >= '2024-02-28' AND c < '2024-02-29'"),
        ("mysql", "DATE(c) BETWEEN '2024-02-01' AND '2024-02-29'", "c >= '2024-02-01' AND c < '2024-03-01'"),
        ("mysql", "DATE_FORMAT(c, '%Y-%m') = '2023-12'", "c >= '2023-12-01' AND c < '2024-01-01'"),
        ("postgres", "to_char(c, 'YYYY-MM-DD') = '2024-12-31'", "c >= '2024-12-31' AND c < '2025-01-01'"),
    ],
)
def test_periods_become_half_open_ranges(dialect, test, expected):
    assert (
        fixed(RULE, f"SELECT id FROM ev e WHERE {test} -- why", dialect)
        == f"SELECT id FROM ev e WHERE {expected} -- why"
    )


def test_the_range_keeps_its_place_among_other_tests():
    sql = where("a = 1 OR /* x */ date(c) = '2024-05-01' OR b = 2")
    assert fixed(RULE, sql) == where("a = 1 OR /* x */ (c >= '2024-05-01' AND c < '2024-05-02') OR b = 2")
    both = where("a > 1 AND extract(year FROM c) = 2024 AND extract(month FROM c) = 12 AND b > 2")
    assert fixed(RULE, both) == where("a > 1 AND c >= '2024-12-01' AND c < '2025-01-01' AND b > 2")
    assert fixed(RULE, where("MONTH(c) = 2 AND YEAR(c) = 2024"), "mysql") == where(
        "c >= '2024-02-01' AND c < '2024-03-01'"
    )


def test_only_known_points_in_time_are_rewritten_safely():
    sql = where("date(c) = '2024-05-01'")
    assert not finds(RULE, sql).finding.safe
    assert finds(RULE, sql, schema="CREATE TABLE ev (c timestamptz)").finding.safe
    assert not finds(RULE, sql, schema="CREATE TABLE ev (c text)").finding.edits


@pytest.mark.parametrize(
    "test",
    [
        "date_trunc('month', c) = '2024-05-02'",  # never true: nothing to rewrite
        "date_trunc('hour', c) = '2024-05-01'",
        "date_trunc('day', c AT TIME ZONE 'UTC') = '2024-05-01'",
        "date(c) = $1",
        "date(c) /* local */ = '2024-05-01'",
        "date(c) = '2024-02-30'",
        "date(c) = '2024-05-01 10:00'",
        "date(c) IN ('2024-05-01')",
        "extract(year FROM c) = 9999",
        "extract(epoch FROM c) > 1700000000",
    ],
)
def test_what_is_not_exact_is_a_hint(test):
    assert not finds(RULE, where(test)).finding.edits


def test_a_day_that_is_computed_has_its_range_as_a_hint():
    assert finds(RULE, where("DATE(c) = CURDATE()"), "mysql").finding.help == (
        "c >= CURDATE() AND c < CURDATE() + INTERVAL 1 DAY"
    )
    assert finds(RULE, where("TRUNC(c) = TRUNC(SYSDATE)"), "oracle").finding.help == (
        "c >= TRUNC(SYSDATE) AND c < TRUNC(SYSDATE) + 1"
    )
    assert "itself, and convert" in finds(RULE, where("to_timestamp(c) > now()")).finding.help


def test_dates_that_a_file_database_keeps_as_anything_are_a_hint():
    found = finds(RULE, where("strftime('%Y', c) = '2024'"), "sqlite").finding
    assert not found.edits
    assert found.help == "c >= '2024-01-01' AND c < '2025-01-01'"


def test_first_letters_are_a_pattern():
    assert finds(RULE, where("left(name, 3) = 'abc'")).finding.help == "name LIKE 'abc%'"
    assert finds(RULE, where("substring(name, 1, 2) = 'ab'"), "mysql").finding.help == "name LIKE 'ab%'"
    assert "CREATE INDEX" in finds(RULE, where("left(name, 3) = 'ab'")).finding.help
    assert "CREATE INDEX" in finds(RULE, where("left(name, 2) = 'a_'")).finding.help


def test_functions_elsewhere_are_no_filters():
    clean(
        RULE, "SELECT lower(name), count(*) FROM ev GROUP BY lower(name) HAVING lower(name) = 'x' ORDER BY upper(name)"
    )
    clean(RULE, where("name = lower($1) AND c > date_trunc('day', now())"))
    clean(RULE, "SELECT CASE WHEN lower(name) = 'x' THEN 1 END FROM ev")
    clean(RULE, where("lower(name) <> 'x' AND NOT lower(name) = 'y' AND lower(name) IS NULL"))
    clean(RULE, where("is_member(name) AND nextval(name) > 1 AND length(name) > 3"))
    clean(RULE, where("row_number() OVER (ORDER BY a) = 1"))
    clean(RULE, "SELECT count(*) FILTER (WHERE lower(name) = 'x') FROM ev")
    clean(RULE, "CREATE UNIQUE INDEX i ON ev (name) WHERE lower(name) = 'x'")


def test_parts_that_recur_pick_too_many_rows_for_an_index():
    clean(RULE, where("extract(month FROM c) = 5 AND extract(dow FROM c) IN (0, 6)"))
    clean(RULE, where("HOUR(c) < 5 AND DAYOFWEEK(c) = 1"), "mysql")
    clean(RULE, where("to_char(c, 'MM') = '05' AND trim(name) = ''"))


def test_only_columns_of_tables_have_indexes():
    clean(RULE, "WITH x AS (SELECT a FROM t) SELECT a FROM x WHERE lower(a) = 'x'")
    clean(RULE, "SELECT a FROM (SELECT a FROM t) x WHERE lower(x.a) = 'x'")
    clean(RULE, "SELECT a FROM unnest($1) AS u (a) WHERE lower(a) = 'x'")
    clean(RULE, "SELECT a.id FROM a LEFT JOIN b ON b.id = a.b WHERE lower(b.name) = 'x'")
    clean(RULE, "SELECT a.id FROM a, b WHERE b.id (+) = a.b AND upper(b.name (+)) = 'X'", "oracle")
    clean(RULE, "SELECT id FROM a JOIN b ON b.id = a.b WHERE lower(name) = 'x'")
    clean(RULE, where("lower(data ->> 'name') = 'x' AND lower(tags[1]) = 'x'"))
    clean(RULE, "SELECT 1 FROM information_schema.tables WHERE lower(table_name) = 'x'")
    finds(RULE, "SELECT a FROM x WHERE EXISTS (SELECT 1 FROM t WHERE lower(t.a) = 'x')")
    finds(RULE, "UPDATE t SET a = 1 WHERE lower(b) = 'x'")
    finds(RULE, "SELECT a.id FROM a JOIN b ON b.a = a.c AND lower(b.name) = 'x'")


def test_keys_and_other_indexes_find_the_rows():
    clean(RULE, where("id = 7 AND lower(name) = 'x'"))
    clean(RULE, where("user_id = $1 AND (lower(name) = 'x' OR a = 1)"))
    clean(RULE, "SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.a_id = a.id AND lower(b.name) = 'x')")
    schema = "CREATE TABLE ev (kind text, name text); CREATE INDEX i ON ev (kind);"
    clean(RULE, where("kind = 'a' AND lower(name) = 'x'"), schema=schema)
    finds(RULE, where("name = 'a' AND lower(kind) = 'x'"), schema=schema)


def test_an_index_on_the_expression_serves_it():
    sql = "SELECT 1 FROM users u WHERE lower(u.email) = $1"
    clean(RULE, "CREATE TABLE users (email text); CREATE UNIQUE INDEX i ON users (lower((email)::text));\n" + sql)
    clean(RULE, sql, others={"schema.sql": "CREATE INDEX i ON public.users ((lower(email)), id)"}, dialect="mysql")
    finds(RULE, sql, schema="CREATE INDEX i ON users (upper(email)); CREATE INDEX j ON users (id, lower(email))")


def test_statements_that_run_once_may_read_the_table():
    sql = "UPDATE t SET a = 1 WHERE lower(b) = 'x'"
    clean(RULE, sql, path="db/migrations/1.sql")
    clean(RULE, sql, path="tests/fixtures/data.sql")
    finds(RULE, "CREATE VIEW v AS SELECT a FROM t WHERE lower(b) = 'x'", path="db/migrations/1.sql")


def test_a_column_is_found_once_but_each_edit_stays():
    finds(RULE, where("lower(name) = 'x' OR lower(name) = 'y'"))
    finds(RULE, where("date(c) >= '2024-05-01' AND date(c) < '2024-06-01'"), count=2)
    finds(RULE, where("lower(name) = 'x'") + ";\n" + where("lower(name) = 'x'"), count=2)


DAYS = st.dates(dt.date(2023, 12, 25), dt.date(2024, 3, 5))
TESTS = st.builds(
    "{} {} '{}'".format, st.just("DATE(c)"), st.sampled_from(["=", "<", "<=", ">", ">="]), DAYS.map(dt.date.isoformat)
)
TURNED = st.builds("'{}' {} DATE(c)".format, DAYS, st.sampled_from(["=", "<", "<=", ">", ">="]))
BETWEEN = st.builds("DATE(c) BETWEEN '{}' AND '{}'".format, DAYS, DAYS)
CONDITIONS = st.recursive(
    TESTS | TURNED | BETWEEN,
    lambda inner: st.builds("{} {} {}".format, inner, st.sampled_from(["AND", "OR"]), inner) | inner.map("({})".format),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(CONDITIONS)
def test_a_database_finds_the_same_rows_with_ranges(condition):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE ev (c text)")
    first = dt.datetime(2023, 12, 25)
    times = [(str(first + dt.timedelta(hours=hours)),) for hours in range(0, 24 * 75, 6)]
    database.executemany("INSERT INTO ev VALUES (?)", [*times, (None,)])
    sql = f"SELECT c FROM ev WHERE {condition}"
    assert database.execute(fixed(RULE, sql, "mysql")).fetchall() == database.execute(sql).fetchall()
    database.close()
