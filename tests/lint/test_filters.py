import pytest

from perftool.lint.filters import filters
from perftool.sql.parsing import Engine


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT id FROM t WHERE a = 1 AND 5 < b", {("t", "a"), ("t", "b")}),
        ("SELECT id FROM s.t AS x WHERE x.a = $1 AND x.a > 3", {("t", "a")}),
        ("SELECT t.id FROM t JOIN u ON u.id = t.id AND u.b = 3 WHERE t.a IN (1, 2)", {("u", "b"), ("t", "a")}),
        ("UPDATE t SET a = 1 WHERE b BETWEEN 1 AND 2", {("t", "b")}),
        ("DELETE FROM t WHERE b = now()", {("t", "b")}),
        ('SELECT id FROM t WHERE "A" = 1', {("t", "A")}),
        ("SELECT id FROM t WHERE id IN (SELECT t_id FROM u WHERE u.c = 1)", {("u", "c")}),
        ("SELECT id FROM t WHERE a = 1 OR b = 2", set()),
        ("SELECT id FROM t WHERE a = b AND lower(c) = 'x' AND d LIKE 'x%' AND e IS NULL AND f <> 3", set()),
        ("WITH c AS (SELECT a FROM t) SELECT a FROM c WHERE a = 1", set()),
        ("SELECT id FROM t LEFT JOIN u ON u.id = t.id AND u.b = 3", set()),
        ("SELECT a FROM t, u WHERE a = 1", set()),
    ],
)
def test_columns_that_are_compared_with_constants(sql, found):
    assert set(filters(Engine("postgres").parse(sql)[0])) == found
