from perftool.lint.rules.blocking_index_build import RULE
from tests.lint.kit import clean, finds, fixed, places


def test_an_index_on_a_table_in_use_blocks_its_writes():
    assert "orders" in finds(RULE, "CREATE INDEX i ON orders (a)").finding.message


def test_tables_made_in_the_same_file_are_used_by_nobody():
    clean(RULE, 'CREATE TABLE "Orders" (id int PRIMARY KEY);\nCREATE INDEX i ON "Orders" (a);')
    clean(RULE, "CREATE TABLE public.orders (id int);\nCREATE INDEX i ON orders (a);")
    finds(RULE, "CREATE INDEX i ON orders (a);\nCREATE TABLE orders (id int);")


def test_the_fix_is_for_statements_outside_transactions():
    assert fixed(RULE, "CREATE UNIQUE INDEX i ON t (a)") == "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"
    assert not finds(RULE, "BEGIN; CREATE INDEX i ON t (a); COMMIT").finding.edits


def test_materialized_views_of_the_same_file_are_used_by_nobody():
    clean(RULE, "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON m (a)")
    clean(RULE, "CREATE TEMP TABLE t (a int); CREATE INDEX ON t (a)")


def test_partitioned_tables_go_another_way():
    schema = "CREATE TABLE t (a int, day date) PARTITION BY RANGE (day)"
    one = finds(RULE, "CREATE INDEX i ON t (a)", schema=schema)
    assert "ATTACH PARTITION" in one.finding.help
    assert not one.finding.edits
    clean(RULE, "CREATE INDEX i ON ONLY t (a)", schema=schema)


def test_where_it_stands():
    sql = 'CREATE INDEX CONCURRENTLY j ON t (a);\nCREATE INDEX i -- größer\n  ON app."T" (lower(a)) WHERE b'
    assert places(RULE, sql) == ['CREATE INDEX i -- größer\n  ON app."T" (lower(a))']
    assert fixed(RULE, sql).endswith('CREATE INDEX CONCURRENTLY i -- größer\n  ON app."T" (lower(a)) WHERE b')


def test_other_engines_are_not_looked_at():
    clean(RULE, "CREATE INDEX i ON t (a)", "mysql")


def test_what_takes_a_migration_back_is_left_alone():
    finds(RULE, "CREATE INDEX i ON t (a)", path="migrations/1_a.up.sql")
    clean(RULE, "CREATE INDEX i ON t (a)", path="migrations/1_a.down.sql")


def test_tables_without_rows_are_fine():
    clean(RULE, "TRUNCATE app.t; CREATE INDEX i ON t (a)")
    clean(RULE, "DELETE FROM t; CREATE INDEX i ON t (a)")
    clean(RULE, "ALTER TABLE t ADD COLUMN a int NOT NULL; CREATE INDEX i ON t (a)")
    finds(RULE, "DELETE FROM t; INSERT INTO t (a) VALUES (1); CREATE INDEX i ON t (a)")
    finds(RULE, "DELETE FROM t WHERE a = 1; CREATE INDEX i ON t (a)")
