from perftool.lint.rules.row_by_row_insert import RULE
from tests.lint.kit import clean, finds


def inserts(count: int, table: str = "t") -> str:
    return "".join(f"INSERT INTO {table} (a) VALUES ({number});\n" for number in range(count))


def test_twenty_in_a_row_are_one_finding():
    found = finds(RULE, inserts(45))
    assert "the 20th INSERT in a row with one row for t" in found.finding.message
    assert found.statement.line == 20


def test_fewer_are_let_pass():
    clean(RULE, inserts(19))
    clean(RULE, inserts(15) + inserts(15, "u") + inserts(15))
    clean(RULE, inserts(15) + "SELECT 1;\n" + inserts(15))
    clean(RULE, inserts(10) + "INSERT INTO t (a) VALUES (1), (2);\n" + inserts(10))


def test_each_run_counts_by_itself():
    finds(RULE, inserts(25) + inserts(25, "u") + inserts(25), count=3)


def test_queries_and_seeds_are_no_runs():
    clean(RULE, "INSERT INTO t (a) SELECT a FROM u;\n" * 30)
    clean(RULE, inserts(30), path="db/seeds/t.sql")
    clean(RULE, inserts(30), path="db/migrations/1.sql")


def test_the_fewest_is_an_option():
    finds(RULE, inserts(3), options={"row-by-row-inserts": 3})
    assert "3rd" in finds(RULE, inserts(3), "mysql", options={"row-by-row-inserts": 3}).finding.message
