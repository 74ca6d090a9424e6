from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.clauses import cut, keyword_before, order_by
from perftool.lint.statement import Statement
from perftool.sql.nodes import exp
from perftool.sql.parsing import Engine


def statement(sql: str, dialect: str = "postgres", replaced: tuple[tuple[int, int], ...] = ()) -> Statement:
    return Statement(sql, Engine(dialect).parse(sql)[0], dialect, replaced=replaced)


def without(sql: str, start: int, end: int, dialect: str = "postgres") -> str:
    for edit in sorted(cut(statement(sql, dialect), start, end), reverse=True, key=lambda one: one.start):
        sql = sql[: edit.start] + edit.text + sql[edit.end :]
    return sql


def test_an_order_ends_where_its_query_ends():
    sql = "SELECT a FROM (SELECT a FROM t ORDER BY lower(a) DESC NULLS LAST, (b)) s ORDER BY 1;"
    at = statement(sql)
    orders = {sql[slice(*found)] for node in at.tree.find_all(exp.Order) if (found := order_by(at, node))}
    assert orders == {"ORDER BY lower(a) DESC NULLS LAST, (b)", "ORDER BY 1"}


def test_an_order_with_more_behind_it_is_not_known():
    at = statement("SELECT a FROM t ORDER BY a LIMIT 3")
    assert order_by(at, at.tree.args["order"]) is None
    at = statement("SELECT a FROM t ORDER BY (SELECT NULL)")
    assert order_by(at, at.tree.args["order"]) is None


def test_words_before_are_found_only_nearby():
    at = statement("SELECT DISTINCT (CASE WHEN a THEN 1 END) FROM t")
    assert keyword_before(at, at.tree.expressions[0], "select", "distinct") == 0
    assert keyword_before(at, at.tree.expressions[0], "select", "all") is None
    at = statement("SELECT 1, (SELECT 2), 3")
    assert keyword_before(at, at.tree.expressions[2], "select") is None


def test_comments_stay_where_they_are():
    assert without("SELECT a FROM t ORDER BY a", 16, 26) == "SELECT a FROM t"
    assert without("SELECT a -- x\n  , b FROM t", 16, 19) == "SELECT a -- x\n   FROM t"
    assert without("SELECT a, b -- x\n, c FROM t", 8, 20) == "SELECT a-- x\n FROM t"
    assert without("SELECT a /* x */, b FROM t", 9, 19) == "SELECT a /* x */ FROM t"
    assert without("SELECT a # x\n, b FROM t", 13, 16, "mysql") == "SELECT a # x\n FROM t"


def test_templates_are_never_cut():
    at = statement("SELECT a FROM t ORDER BY xxxx", replaced=((25, 29),))
    assert cut(at, 16, 29) == ()
    assert cut(at, 7, 8)


_PIECES = st.sampled_from(["a", "b1", ",", "/* c, d */", "-- e, f\n", "\n", " ", "'x -- y'", "( 1 )"])


@given(st.lists(_PIECES, min_size=1, max_size=12), st.data())
def test_what_is_cut_out_holds_no_comment(pieces, data):
    text = "SELECT " + " ".join(pieces) + " FROM t"
    at = Statement(text, exp.Select(), "postgres")
    ends = sorted(data.draw(st.lists(st.sampled_from(range(len(at.tokens))), min_size=2, max_size=2)))
    first, last = at.tokens[ends[0]].start, at.tokens[ends[1]].end
    kept, position = [], 0
    for edit in cut(at, first, last):
        assert edit.start >= position
        kept += [text[position : edit.start], edit.text]
        position = edit.end
    left = Statement("".join([*kept, text[position:]]), exp.Select(), "postgres")
    wanted = [token.text for token in at.tokens if token.end <= first or token.start >= last]
    assert [token.text for token in left.tokens] == wanted
    assert left.text.count("/* c, d */") == text.count("/* c, d */")
    assert left.text.count("-- e, f") == text.count("-- e, f")
