import pytest

from perftool.lint.one_row import is_one_row
from perftool.sql.parsing import Engine


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 AS a", True),
        ("SELECT count(*), max(a) FROM t", True),
        ("SELECT a FROM t LIMIT 1", True),
        ("SELECT a FROM t FETCH FIRST ROW ONLY", True),
        ("SELECT a FROM (SELECT max(a) AS a FROM t) AS s", True),
        ("WITH p AS (SELECT 1 AS a) SELECT a FROM p", True),
        ("SELECT a FROM (VALUES (1), (2)) AS v (a)", True),
        ("SELECT a FROM t", False),
        ("SELECT a FROM t LIMIT 2", False),
        ("SELECT a, count(*) FROM t GROUP BY a", False),
        ("SELECT sum(a) OVER () FROM t", False),
        ("SELECT a FROM (SELECT max(a) AS a FROM t) AS s, u", False),
        ("SELECT 1 AS a UNION ALL SELECT 2", False),
        ("SELECT (SELECT max(a) FROM u) AS m FROM t", False),
    ],
)
def test_queries_of_one_row(sql, expected):
    assert is_one_row(Engine("postgres").parse(sql)[0]) is expected
