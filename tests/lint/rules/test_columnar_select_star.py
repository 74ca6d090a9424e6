from perftool.lint.rules.columnar_select_star import RULE
from tests.lint.kit import clean, finds, places

WIDE = "CREATE TABLE d.wide (" + ", ".join(f"c{n} INT64" for n in range(20)) + ")"


def test_a_star_over_a_table_reads_all_of_it() -> None:
    assert "whatever LIMIT says" in finds(RULE, "SELECT * FROM `p.d.events` LIMIT 100", "bigquery").finding.message
    assert "LIMIT" not in finds(RULE, "SELECT * FROM events WHERE a = 1", "snowflake").finding.message
    assert places(RULE, "SELECT e.* FROM d.e AS e JOIN d.f ON e.id = f.id", "trino") == ["e.*"]
    assert "c0, c1" in finds(RULE, "SELECT * FROM d.wide", "bigquery", schema=WIDE).finding.help


def test_stars_that_cost_nothing_or_are_meant() -> None:
    clean(RULE, "WITH e AS (SELECT * FROM d.events) SELECT a FROM e", "bigquery")
    clean(RULE, "SELECT * FROM (SELECT a, b FROM d.events)", "bigquery")
    clean(RULE, "WITH final AS (SELECT a FROM d.e) SELECT * FROM final", "snowflake")
    clean(RULE, "SELECT * EXCEPT (payload) FROM d.events", "bigquery")
    clean(RULE, "SELECT COUNT(*) FROM d.events", "bigquery")
    clean(RULE, "CREATE TABLE d.copy AS SELECT * FROM d.events", "bigquery")
    clean(RULE, "INSERT INTO d.copy SELECT * FROM d.events", "bigquery")
    clean(RULE, "SELECT * FROM d.events LIMIT 10", "snowflake")
    clean(RULE, "SELECT * FROM information_schema.tables", "snowflake")
    clean(RULE, "SELECT * FROM UNNEST([1, 2]) AS a", "bigquery")
    clean(RULE, "SELECT * FROM d.small", "bigquery", schema="CREATE TABLE d.small (a INT64, b INT64)")


def test_row_stores_are_none_of_its_business() -> None:
    clean(RULE, "SELECT * FROM events WHERE a = 1", "postgres")


def test_seeds_and_migrations_are_left_alone() -> None:
    clean(RULE, "SELECT * FROM d.events", "bigquery", path="tests/fixtures/a.sql")


def test_slices_and_models_are_copies() -> None:
    clean(RULE, "SELECT * FROM d.events WHERE day = @day", "bigquery")
    clean(RULE, "SELECT e.* FROM d.events AS e WHERE IF(@day IS NULL, day < '2024-01-01', day = @day)", "bigquery")
    finds(RULE, "SELECT * FROM d.events WHERE day = '2024-01-01'", "bigquery")
    for path in ("models/staging/a.sql", "sql/d/events_v2/query.sql"):
        clean(RULE, "SELECT * FROM d.events WHERE day = '2024-01-01'", "bigquery", path=path)
