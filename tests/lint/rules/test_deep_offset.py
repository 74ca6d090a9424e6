import pytest

from perftool.lint.rules.deep_offset import RULE
from tests.lint.kit import clean, finds, places


def test_a_large_literal_throws_rows_away():
    found = finds(RULE, "SELECT id FROM t ORDER BY id LIMIT 20 OFFSET 100000").finding
    assert found.message == "reads 100,000 rows and throws them away"
    assert found.severity is None
    assert "WHERE id > the last id" in found.help


@pytest.mark.parametrize(
    ("sql", "dialect", "place"),
    [
        ("SELECT 'ü', id FROM t ORDER BY id LIMIT 20 OFFSET 100000", "postgres", "OFFSET 100000"),
        ("SELECT id FROM t ORDER BY id\nOFFSET 5000 ROWS FETCH NEXT 10 ROWS ONLY", "tsql", "OFFSET 5000"),
        ("SELECT id FROM t ORDER BY id LIMIT 5000, 20", "mysql", "5000"),
        ("SELECT id FROM t UNION ALL SELECT id FROM u ORDER BY id LIMIT 5 OFFSET 2000", "sqlite", "OFFSET 2000"),
        ("SELECT id FROM t LIMIT $1 OFFSET $2", "postgres", "OFFSET $2"),
        ("SELECT id FROM t LIMIT ? OFFSET ?", "sqlite", "OFFSET ?"),
        ("SELECT id FROM t LIMIT :n OFFSET :skip", "postgres", "OFFSET :skip"),
        ("SELECT id FROM t ORDER BY id OFFSET @skip ROWS FETCH NEXT 9 ROWS ONLY", "tsql", "OFFSET @skip"),
    ],
)
def test_it_stands_on_the_offset(sql, dialect, place):
    assert places(RULE, sql, dialect) == [place]


def test_a_parameter_may_be_anything():
    assert finds(RULE, "SELECT id FROM t LIMIT $1 OFFSET $2").finding.severity == "info"
    assert finds(RULE, "SELECT id FROM t LIMIT 10 OFFSET (@page - 1) * 10", "mysql").finding.severity == "info"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM t ORDER BY id LIMIT 20 OFFSET 1000",
        "SELECT id FROM t ORDER BY id LIMIT 20 OFFSET 0",
        "SELECT id FROM t ORDER BY id LIMIT 100000",
        "SELECT a FROM t ORDER BY a LIMIT 1 OFFSET (SELECT count(*) / 2 FROM t)",
        "SELECT id FROM t LIMIT 5 OFFSET 2 * 3",
    ],
)
def test_few_rows_and_computed_places_are_fine(sql):
    clean(RULE, sql)


def test_what_deep_means_can_be_set():
    sql = "SELECT id FROM t ORDER BY id LIMIT 20 OFFSET 500"
    clean(RULE, sql)
    finds(RULE, sql, options={"deep-offset-rows": 499})


def test_an_offset_of_an_array_is_none():
    clean(RULE, "SELECT a[OFFSET(5000)] FROM t, UNNEST(b) AS c WITH OFFSET AS n", "bigquery")


def test_nobody_waits_for_tests():
    finds(RULE, "SELECT id FROM t ORDER BY id LIMIT 20 OFFSET 100000")
    clean(RULE, "SELECT id FROM t ORDER BY id LIMIT 20 OFFSET 100000", path="testdata/a.sql")
