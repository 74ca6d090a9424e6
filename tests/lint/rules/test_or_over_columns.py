from perftool.lint.rules.or_over_columns import RULE
from tests.lint.kit import clean, finds, places


def where(test: str) -> str:
    return f"SELECT id FROM m WHERE {test}"


def test_two_columns_need_two_searches():
    assert places(RULE, where("(sender = 7 OR receiver IN ($1, $2)) ORDER BY id")) == [
        "sender = 7 OR receiver IN ($1, $2)"
    ]
    found = finds(RULE, where("a = 1 OR b LIKE 'x%' OR 5 = c")).finding
    assert "a or b or c" in found.message
    assert found.severity is None


def test_two_tables_cannot_be_narrowed_first():
    found = finds(RULE, "SELECT 1 FROM o JOIN c ON c.id = o.c_id WHERE o.state = 'x' OR c.name = 'y'").finding
    assert found.severity == "warning"
    assert "joined rows of o and c" in found.message


def test_what_no_second_index_would_help_is_let_pass():
    clean(RULE, where("a = 1 OR a = 2"))
    clean(RULE, where("a = 1 OR lower(b) = 'x'"))
    clean(RULE, where("a = 1 OR b IS NULL"))
    clean(RULE, where("a = 1 OR b <> 2"))
    clean(RULE, where("a > 0 OR b > 0"))
    clean(RULE, where("a LIKE $1 OR b LIKE $1"))
    clean(RULE, where("a = 1 OR b LIKE '%x'"))
    clean(RULE, where("a = 1 OR EXISTS (SELECT 1 FROM t)"))
    clean(RULE, where("a = 1 OR admin = true"))
    clean(RULE, where("a = b OR c = 1"))
    clean(RULE, "SELECT a = 1 OR b = 2 FROM m")


def test_other_tests_narrow_the_rows():
    clean(RULE, where("tenant = 7 AND (a = 1 OR b = 2)"))
    clean(RULE, where("created > $1 AND (a = 1 OR b = 2)"))
    clean(RULE, "SELECT 1 FROM x WHERE EXISTS (SELECT 1 FROM m WHERE m.x = x.id AND (m.a = 1 OR m.b = 2))")
    clean(RULE, "SELECT 1 FROM a LEFT JOIN b ON b.a = a.id WHERE b.x = 1 OR a.y = 2")
    clean(RULE, "SELECT 1 FROM (SELECT a, b FROM m) x WHERE a = 1 OR b = 2")


def test_two_indexes_can_be_merged():
    clean(RULE, where("a = 1 OR b = 2"), schema="CREATE TABLE m (a int PRIMARY KEY, b int); CREATE INDEX i ON m (b, a)")
    finds(RULE, where("a = 1 OR b = 2"), schema="CREATE TABLE m (a int PRIMARY KEY, b int); CREATE INDEX i ON m (a, b)")
    clean(RULE, where("a = 1 OR b = 2"), path="seeds/m.sql")
