from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.column_types import family
from perftool.lint.statement import Statement
from perftool.lint.written import Written, canonical, short, written
from perftool.sql.nodes import exp
from perftool.sql.parsing import Engine

SIDES = st.sampled_from(
    ["a", "t.a", "(a)", "lower(a)", "CAST(a AS date)", "a::date", "extract(year FROM a)", "trim(BOTH 'x' FROM a)", "$1",
     "'é''s'", "DATE '2024-05-01'", "now() - INTERVAL '7 days'", "(a + 1) * 2", "substring(a FROM 1 FOR 2)", "1"]
)  # fmt: skip
FOLLOWING = st.sampled_from(["", " AND b = 1", " OR b = 1", " ORDER BY 1", " GROUP BY a", " -- c", " LIMIT 1", "\n;"])


def of_first(sql: str, *classes: type, dialect: str = "postgres") -> tuple[str, Written]:
    tree = Engine(dialect).parse(sql)[0]
    found = written(Statement(sql, tree, dialect), tree.find(*classes))
    return sql[found.start : found.end], found


@given(SIDES, st.sampled_from(["=", "<", ">="]), SIDES, st.sampled_from(["b > 0 AND ", "NOT ", ""]), FOLLOWING)
def test_a_test_reaches_from_edge_to_edge(left, sign, right, before, following):
    test = f"{left} {sign} {right}"
    sql = f"SELECT 1 FROM t WHERE {before}{test}{following}"
    tree = Engine("postgres").parse(sql)[0]
    node = next(one for one in tree.find_all(exp.EQ, exp.LT, exp.GTE) if one.sql() not in ("b = 1", "b > 0"))
    found = written(Statement(sql, tree, "postgres"), node)
    if any(part in test for part in ("a", "'", "1")) and test != "$1 = $1":
        assert sql[found.start : found.end] == test
        assert (found.left, found.operator, found.right) == (left, sign, right)


def test_the_and_of_between_is_no_edge():
    text, found = of_first("SELECT 1 FROM t WHERE a::date BETWEEN ? AND ? AND b = 1", exp.Between)
    assert text == "a::date BETWEEN ? AND ?"
    assert (found.left, found.right) == ("a::date", "? AND ?")


def test_lists_and_patterns_are_sides():
    assert of_first("SELECT 1 FROM t WHERE lower(a) IN ('x', 'y') LIMIT 1", exp.In)[0] == "lower(a) IN ('x', 'y')"
    text, found = of_first("SELECT 1 FROM t WHERE a LIKE '%' || $1 || '%' ESCAPE '!'", exp.Like)
    assert text == "a LIKE '%' || $1 || '%' ESCAPE '!'"
    assert found.operator == "like"


def test_an_or_reaches_over_its_branches():
    sql = "SELECT 1 FROM t WHERE c = 1 AND (? IS NULL OR a = ? OR b = ?) ORDER BY 1"
    assert of_first(sql, exp.Or, dialect="mysql")[0] == "? IS NULL OR a = ? OR b = ?"


def test_two_operators_leave_the_sides_open():
    assert of_first("SELECT 1 FROM t WHERE a = b = c", exp.EQ)[1].operator == ""


@given(st.text(max_size=200))
def test_short_texts_are_one_short_line(text):
    line = short(text)
    assert len(line) <= 60
    assert "\n" not in line


def test_the_same_expression_has_the_same_text():
    assert canonical("lower(u.email)") == canonical(" LOWER ( (email)::text )") == canonical('(lower("email"))')
    assert canonical("lower(u.email)") != canonical("upper(u.email)")
    assert canonical("date_trunc('day'::text, ts)") == canonical("DATE_TRUNC('day', app.e.ts)")


def test_families_of_types():
    assert family("varchar(20)") == family("character varying(20)") == family("nvarchar(max)") == "text"
    assert family("timestamp with time zone") == family("datetime2(7)") == "timestamp"
    assert family("date") == "date"
    assert family("date", "oracle") == "timestamp"
    assert family("numeric(10,2)") == family("bigint unsigned") == "number"
    assert family("text[]") == family("jsonb") == family("") == family("my_enum") == ""
