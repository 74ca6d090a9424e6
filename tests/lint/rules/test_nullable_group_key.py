import pytest

from perftool.lint.analysis import Analyser
from perftool.lint.rules.nullable_group_key import RULE
from tests.lint.kit import clean, finds, places

JOIN = "FROM payments p LEFT JOIN orders o ON o.id = p.o_id"


def test_groups_of_the_optional_side():
    one = finds(RULE, f"SELECT o.c_id, sum(p.amount) {JOIN} GROUP BY o.c_id")
    assert "payments" in one.finding.message or " p " in one.finding.message
    assert places(RULE, f"SELECT 'é', o.c_id, sum(p.amount) {JOIN} GROUP BY o.c_id, o.k") == ["o.c_id"]
    finds(RULE, f"SELECT o.c_id, sum(p.amount) {JOIN} GROUP BY 1")
    finds(RULE, "SELECT p.k, count(*) FROM p RIGHT JOIN o ON o.id = p.o_id GROUP BY p.k")


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT p.o_id, sum(p.amount) {JOIN} GROUP BY p.o_id",
        f"SELECT p.day, o.c_id, sum(p.amount) {JOIN} GROUP BY p.day, o.c_id",
        f"SELECT coalesce(o.c_id, 0), sum(p.amount) {JOIN} GROUP BY coalesce(o.c_id, 0)",
        f"SELECT coalesce(o.c_id, 0), sum(p.amount) {JOIN} GROUP BY o.c_id",
        f"SELECT o.c_id, sum(p.amount) {JOIN} WHERE o.id IS NOT NULL GROUP BY o.c_id",
        f"SELECT o.c_id, sum(p.amount) {JOIN} GROUP BY o.c_id HAVING o.c_id IS NOT NULL",
        "SELECT o.c_id, sum(p.amount) FROM payments p JOIN orders o ON o.id = p.o_id GROUP BY o.c_id",
        "SELECT c_id, sum(amount) FROM payments p LEFT JOIN orders o ON o.id = p.o_id GROUP BY c_id",
        "SELECT e, count(*) FROM t LEFT JOIN LATERAL unnest(t.v) AS u (e) ON true GROUP BY u.e",
    ],
)
def test_groups_that_are_whole(sql):
    clean(RULE, sql)


def test_a_calendar_has_every_day():
    days = "SELECT c.month, count(*) FROM claims p LEFT JOIN {} c ON p.day = c.day GROUP BY c.month"
    finds(RULE, days.format("periods"))
    finds(RULE, days.format("updates"))
    clean(RULE, days.format("reference_data__calendar"))
    clean(RULE, days.format("dim_date"))
    clean(RULE, "WITH m AS (SELECT DISTINCT day, month FROM calendar) " + days.format("m"))
    finds(RULE, "WITH m AS (SELECT o.day, o.month FROM calendar x, orders o) " + days.format("m"))


def test_tests_try_out_such_groups():
    clean(RULE, f"SELECT o.c_id, sum(p.amount) {JOIN} GROUP BY o.c_id", path="test/sql/aggregate.sql")


def test_a_template_where_where_is_may_drop_the_nulls():
    sql = f"SELECT o.c_id, sum(p.amount) {JOIN}          GROUP BY o.c_id"
    gap = sql.index("          ")
    assert Analyser("postgres", [RULE]).analyse(sql).findings
    assert not Analyser("postgres", [RULE]).analyse(sql, replaced=[(gap + 2, gap + 8)]).findings
