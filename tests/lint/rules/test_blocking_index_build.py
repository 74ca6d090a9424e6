from perftool.lint.rules.blocking_index_build import RULE
from tests.lint.kit import clean, finds, fixed


def test_an_index_on_a_table_in_use_blocks_its_writes():
    assert "orders" in finds(RULE, "CREATE INDEX i ON orders (a)").finding.message


def test_tables_made_in_the_same_file_are_used_by_nobody():
    clean(RULE, 'CREATE TABLE "Orders" (id int PRIMARY KEY);\nCREATE INDEX i ON "Orders" (a);')
    clean(RULE, "CREATE TABLE public.orders (id int);\nCREATE INDEX i ON orders (a);")
    finds(RULE, "CREATE INDEX i ON orders (a);\nCREATE TABLE orders (id int);")


def test_the_fix_is_for_statements_outside_transactions():
    assert fixed(RULE, "CREATE UNIQUE INDEX i ON t (a)") == "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"
    assert not finds(RULE, "BEGIN; CREATE INDEX i ON t (a); COMMIT").finding.edits
