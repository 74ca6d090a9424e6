import pytest

from perftool.lint.rules.arithmetic_on_column import RULE
from tests.lint.kit import clean, finds, places


def where(test: str) -> str:
    return f"SELECT id FROM ev WHERE {test}"


@pytest.mark.parametrize(
    ("test", "moved"),
    [
        ("c + INTERVAL '7 days' > now()", "c > now() - INTERVAL '7 days'"),
        ("e.c - interval '1 day' <= $1", "e.c <= $1 + interval '1 day'"),
        ("now() - c < INTERVAL '1 hour'", "c > now() - INTERVAL '1 hour'"),
        ("now() > c + INTERVAL '7 days'", "c < now() - INTERVAL '7 days'"),
        ("(a + 1) = 5", "a = 5 - 1"),
        ("10 + a >= b.x", None),
        ("100 - a = 5 + 6", "a = 100 - (5 + 6)"),
    ],
)
def test_the_arithmetic_moves_to_the_constant(test, moved):
    sql = f"SELECT id FROM ev e WHERE {test}"
    if moved is None:
        clean(RULE, sql)
    else:
        found = finds(RULE, sql).finding
        assert found.help == moved
        assert not found.edits


def test_the_whole_test_is_underlined():
    assert places(RULE, where("a > 1 AND price * 1.2 > 100 -- gross")) == ["price * 1.2 > 100"]
    assert places(RULE, where("DATE_ADD(c, INTERVAL 7 DAY) > NOW() ORDER BY c"), "mysql") == [
        "DATE_ADD(c, INTERVAL 7 DAY) > NOW()"
    ]
    assert places(RULE, where("DATEADD(day, 7, c) > GETDATE()"), "tsql") == ["DATEADD(day, 7, c) > GETDATE()"]
    assert "an index on price" in finds(RULE, where("price / 100 = 5")).finding.message


def test_products_round_so_they_are_not_written_anew():
    assert finds(RULE, where("price * 100 = 550")).finding.help.startswith("compare price itself")


def test_arithmetic_that_keeps_an_index_out_is_meant():
    clean(RULE, where("a + 0 = 5 AND b * 1 = 6"))
    clean(RULE, where("id = 5 AND a + 1 = 5"))


def test_arithmetic_elsewhere_is_no_filter():
    clean(RULE, where("c > now() - INTERVAL '7 days' AND a = 5 + 1 AND a <> 5 + b"))
    clean(RULE, "SELECT a + 1 FROM ev GROUP BY a + 1 HAVING sum(a) + 1 > 5")
    clean(RULE, where("a - b > 5 AND data - 'key' = '{}'"))
    clean(RULE, "WITH x AS (SELECT a FROM ev) SELECT a FROM x WHERE a + 1 = 5")
    clean(RULE, "UPDATE ev SET a = a + 1 WHERE b = 2")
    clean(RULE, where("id % 10 = 3 AND flags & 4 = 4"))
    clean(RULE, where("a + 1 = 5"), "bigquery")
