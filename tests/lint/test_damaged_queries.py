"""Whatever is done to a query, no rule fails on it, and what is found stands in its text."""

from hypothesis import given
from hypothesis import strategies as st

from perftool.lint import catalog
from perftool.lint.analysis import RULE_FAILED, Analyser
from perftool.sql.tokens import lexemes

DIALECTS = ("postgres", "mysql", "tsql", "bigquery", "snowflake", "sqlite", "clickhouse")
QUERIES = (
    "WITH x AS (SELECT a, count(*) AS n FROM t GROUP BY a), y AS (SELECT 1 AS b) "
    "SELECT x.a, b FROM x LEFT JOIN u ON u.a = x.a, v "
    "WHERE u.k = 1 OR x.n > 2 AND NOT x.a IN (SELECT a FROM w) LIMIT 5",
    "SELECT row_number() OVER (PARTITION BY a), CASE a WHEN NULL THEN 1 END, count(*) / 7 FROM t "
    "WHERE created_at BETWEEN '2024-01-01' AND '2024-01-31' AND a = a AND b <> NULL",
    "UPDATE t SET a = s.a FROM s, (SELECT max(k) AS k FROM r) AS m WHERE t.id = s.id",
    "DELETE FROM t USING s WHERE s.x = 1",
    "INSERT INTO t SELECT a, b FROM (SELECT a FROM u UNION SELECT b FROM w ORDER BY 1) AS z (a) LIMIT 3",
    "SELECT o.k, sum(p.x) FROM p RIGHT JOIN (o JOIN q ON o.id = q.id) ON o.id = p.id "
    "GROUP BY 1 HAVING 1 = 2 OR o.k = 3",
)
ANALYSERS = {dialect: Analyser(dialect, list(catalog.rules().values())) for dialect in DIALECTS}


@st.composite
def damaged(draw):
    words = [token.text for token in lexemes(draw(st.sampled_from(QUERIES)))]
    for _ in range(draw(st.integers(0, 4))):
        at, to = draw(st.integers(0, len(words) - 1)), draw(st.integers(0, len(words) - 1))
        change = draw(st.sampled_from(("drop", "swap", "copy", "put")))
        if change == "drop" and len(words) > 2:
            del words[at]
        elif change == "swap":
            words[at], words[to] = words[to], words[at]
        elif change == "copy":
            words.insert(at, words[to])
        else:
            words[at] = draw(
                st.sampled_from(("(", ")", "NULL", "é", '"X"', "SELECT", "AS", "*", "?", "'☃'", "x.y.z", "LATERAL"))
            )
    return draw(st.sampled_from((" ", "\n", " /* ( */ "))).join(words)


@given(damaged(), st.sampled_from(DIALECTS))
def test_rules_hold_on_damaged_queries(sql, dialect):
    record = ANALYSERS[dialect].analyse(sql)
    for code, finding in ((one.code, one.finding) for one in record.findings):
        assert code != RULE_FAILED, finding.message
        assert 0 <= finding.start <= finding.end <= len(sql)
        for edit in finding.edits:
            assert 0 <= edit.start <= edit.end <= len(sql)
