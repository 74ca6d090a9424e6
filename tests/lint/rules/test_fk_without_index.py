import pytest

from perftool.lint.rules.fk_without_index import RULE
from tests.lint.kit import clean, finds, places

TABLE = "CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p (id));"


def test_a_foreign_key_wants_an_index():
    found = finds(RULE, TABLE).finding
    assert found.message == "each DELETE in p reads all of c: no index finds its rows by p_id"
    assert found.help == "CREATE INDEX c_p_id ON c (p_id)"
    assert places(RULE, TABLE) == ["p_id int REFERENCES p (id)"]


def test_odd_names_are_quoted_in_the_advice():
    sql = 'CREATE TABLE s."Item" (id int PRIMARY KEY, "userId" int REFERENCES "User" (id))'
    assert finds(RULE, sql).finding.help == 'CREATE INDEX "Item_userId" ON s."Item" ("userId")'
    assert "ON [Item] ([userId])" in finds(RULE, sql.replace("s.", ""), "tsql").finding.help


def test_every_way_to_write_one_is_read():
    sql = "CREATE TABLE c (id int PRIMARY KEY, a int, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (x, y))"
    assert places(RULE, sql) == ["CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (x, y)"]
    sql = "CREATE TABLE c (id int, ü int); ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (ü) REFERENCES p"
    assert places(RULE, sql) == ["ADD CONSTRAINT f FOREIGN KEY (ü) REFERENCES p"]
    assert places(RULE, "ALTER TABLE c ADD COLUMN p_id int REFERENCES p (id)") == ["p_id int REFERENCES p (id)"]


@pytest.mark.parametrize(
    "more",
    [
        "CREATE INDEX i ON c (p_id)",
        "CREATE INDEX CONCURRENTLY i ON public.c USING btree (p_id, id)",
        "CREATE UNIQUE INDEX i ON c (p_id)",
        "CREATE INDEX i ON c (p_id) WHERE (p_id IS NOT NULL)",
        "ALTER TABLE c ADD CONSTRAINT u UNIQUE (p_id, id)",
        "ALTER TABLE c DROP CONSTRAINT c_p_id_fkey",
        "ALTER TABLE c DROP COLUMN p_id",
        "DROP TABLE c",
        "CREATE INDEX i ON c (p_id); ALTER INDEX i RENAME TO j",
        "CREATE INDEX i ON c (old_id); ALTER TABLE c RENAME COLUMN old_id TO p_id",
    ],
)
def test_what_comes_later_counts(more):
    clean(RULE, TABLE + more)
    clean(RULE, TABLE, others={"z.sql": more})


@pytest.mark.parametrize(
    "more",
    [
        "CREATE INDEX i ON c (id, p_id)",
        "CREATE INDEX i ON c (p_id) WHERE id > 5",
        "CREATE INDEX i ON c USING gin (p_id)",
        "CREATE INDEX i ON c (lower(p_id))",
        "CREATE INDEX i ON d (p_id)",
        "CREATE INDEX i ON c (p_id); DROP INDEX i",
    ],
)
def test_an_index_that_does_not_find_its_rows(more):
    finds(RULE, TABLE + more)


def test_composite_keys_may_stand_in_any_order():
    sql = "CREATE TABLE c (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES p);"
    finds(RULE, sql)
    clean(RULE, sql + "CREATE INDEX i ON c (b, a, id)")
    clean(RULE, sql + "CREATE INDEX i ON c (a)")
    clean(RULE, sql + "CREATE INDEX i ON c (b, id)")
    finds(RULE, sql + "CREATE INDEX i ON c (id, a, b)")
    clean(RULE, "CREATE TABLE c (a int, b int, PRIMARY KEY (a, b), FOREIGN KEY (a) REFERENCES p)")


def test_a_table_nobody_defined_may_have_any_index():
    clean(RULE, "ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p")


def test_other_places_and_engines():
    clean(RULE, "CREATE TEMP TABLE c (id int PRIMARY KEY, p_id int REFERENCES p (id))")
    clean(RULE, TABLE, path="migrations/1.down.sql")
    clean(RULE, "CREATE TABLE c (id int, p_id int, FOREIGN KEY (p_id) REFERENCES p (id))", "mysql")
    finds(
        RULE, "CREATE TABLE c (id INT PRIMARY KEY, p_id INT, CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p (id))", "tsql"
    )
    finds(RULE, "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id) ON DELETE CASCADE)", "sqlite")


def test_nobody_deletes_from_tables_of_fixed_values():
    child = "CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES {} (id))"
    for name in (
        "credential_types",
        "order_status",
        "order_statuses",
        "d_items",
        "lookup_colors",
        "countries",
        "sql_dialects",
        "Dialect",
    ):
        clean(RULE, child.format(name))
    for name in ("types_of_orders", "orders", "prototypes", "dimensions"):
        finds(RULE, child.format(name))
