from perftool.lint.rules.null_comparison import RULE
from tests.lint.kit import clean, finds, fixed, places


def test_comparisons_with_null_are_found_wherever_they_stand():
    assert places(RULE, "SELECT id FROM t WHERE a = NULL") == ["a = NULL"]
    assert places(RULE, "UPDATE t SET b = 1 WHERE lower(a) <> NULL") == ["lower(a) <> NULL"]
    assert "never true" in finds(RULE, "SELECT CASE WHEN NULL = a THEN 1 END FROM t").finding.message


def test_assignments_are_no_comparisons():
    clean(RULE, "UPDATE t SET a = NULL WHERE b IS NULL")
    clean(RULE, "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = NULL")
    clean(RULE, "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = NULL")
    clean(RULE, "SET a = NULL", "mysql")
    clean(RULE, "EXEC p @a = NULL", "tsql")
    clean(RULE, "SELECT @a = NULL", "tsql")
    clean(RULE, "SELECT a = NULL FROM t", "tsql")
    clean(RULE, "ALTER TABLE t SET (a.b = NULL)")
    clean(RULE, "SELECT id FROM t WHERE a IS NOT DISTINCT FROM NULL")


def test_the_fix_keeps_everything_else():
    assert fixed(RULE, "SELECT id FROM t WHERE (a)  =  NULL -- x") == "SELECT id FROM t WHERE (a)  IS NULL -- x"
    assert fixed(RULE, "SELECT id FROM t WHERE a != null AND b = 1") == "SELECT id FROM t WHERE a IS NOT NULL AND b = 1"
    assert fixed(RULE, "SELECT 1 FROM t WHERE CAST(a AS int) = NULL") == "SELECT 1 FROM t WHERE CAST(a AS int) IS NULL"
    assert fixed(RULE, 'DELETE FROM t WHERE "é" <> /* ? */ NULL') == 'DELETE FROM t WHERE "é" IS NOT  /* ? */ NULL'


def test_other_comparisons_have_no_fix():
    assert fixed(RULE, "SELECT id FROM t WHERE a=NULL") == "SELECT id FROM t WHERE a IS NULL"
    assert not finds(RULE, "SELECT id FROM t WHERE a > NULL").finding.edits
    assert not finds(RULE, "SELECT id FROM t WHERE NULL = a").finding.edits


def test_case_with_null():
    assert places(RULE, "SELECT CASE a WHEN NULL THEN 1 END FROM t") == ["CASE a WHEN NULL THEN 1 END"]
    clean(RULE, "SELECT CASE a WHEN 1 THEN NULL END, CASE WHEN a IS NULL THEN 1 END FROM t")
