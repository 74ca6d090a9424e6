import pytest

from perftool.lint.rules.no_primary_key import RULE
from tests.lint.kit import clean, finds, places


def test_a_table_without_a_key_is_found_where_it_is_made():
    assert places(RULE, "CREATE TABLE IF NOT EXISTS app.größe (a int, b int) WITH (fillfactor = 70)") == [
        "CREATE TABLE IF NOT EXISTS app.größe"
    ]
    assert "replication" in finds(RULE, "CREATE TABLE t (a int)").finding.message
    assert "InnoDB" in finds(RULE, "CREATE TABLE t (a int, KEY k (a))", "mysql").finding.message


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (a int PRIMARY KEY, b int)",
        "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE t (a int, CONSTRAINT t_pk PRIMARY KEY (a))",
        "CREATE TABLE t (a int); ALTER TABLE ONLY t ADD CONSTRAINT t_pkey PRIMARY KEY (a)",
        "CREATE TABLE public.t (a int); CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD PRIMARY KEY USING INDEX i",
        "CREATE TABLE t (a int NOT NULL UNIQUE)",
        "CREATE TABLE t (a int, b int NOT NULL); CREATE UNIQUE INDEX i ON t (b)",
        "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN id bigserial PRIMARY KEY",
        "CREATE TEMP TABLE t (a int)",
        "CREATE UNLOGGED TABLE t (a int)",
        "CREATE FOREIGN TABLE t (a int) SERVER s",
        "CREATE TABLE t AS SELECT a FROM u",
        "CREATE TABLE t (LIKE u)",
        "CREATE TABLE t PARTITION OF p FOR VALUES IN (1)",
        "CREATE TABLE t (a int) INHERITS (p)",
        "CREATE TABLE t (a int, ts date) PARTITION BY RANGE (ts)",
        "CREATE TABLE t (a int); ALTER TABLE p ATTACH PARTITION t FOR VALUES IN (1)",
        "CREATE TABLE stg_orders (a int)",
        "CREATE TABLE orders_backup_2024 (a int)",
        "CREATE TABLE t (a int); DROP TABLE t",
    ],
)
def test_keys_and_tables_that_need_none(sql):
    clean(RULE, sql)


def test_a_unique_index_counts_only_without_nulls():
    finds(RULE, "CREATE TABLE t (a int UNIQUE)")
    finds(RULE, "CREATE TABLE t (a int NOT NULL, b int); CREATE UNIQUE INDEX i ON t (a) WHERE b > 0")
    finds(RULE, "CREATE TABLE t (a int NOT NULL, b int); CREATE UNIQUE INDEX i ON t (a, b)")


def test_a_key_that_is_dropped_says_nothing_of_the_definition():
    clean(RULE, "CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t DROP CONSTRAINT t_pkey")
    finds(RULE, "CREATE TABLE t (a int); ALTER TABLE t ADD PRIMARY KEY (a); ALTER TABLE t DROP CONSTRAINT t_pkey")


def test_the_whole_project_counts():
    later = {"migrations/2.sql": "ALTER TABLE t ADD PRIMARY KEY (a)"}
    clean(RULE, "CREATE TABLE t (a int)", path="migrations/1.sql", others=later)
    keys = {"add_keys.sql": "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (a)"}
    clean(RULE, "DROP TABLE IF EXISTS t CASCADE;\nCREATE TABLE t (a int)", path="create.sql", others=keys)
    clean(RULE, "CREATE TABLE t (a int PRIMARY KEY)", others={"z.sql": "ALTER TABLE t DROP CONSTRAINT t_pkey"})
    finds(
        RULE, "CREATE TABLE t (a int)", path="migrations/1.sql", others={"2.sql": "ALTER TABLE u ADD PRIMARY KEY (a)"}
    )


@pytest.mark.parametrize("path", ["tests/schema.sql", "db/seeds/1.sql", "migrations/1.down.sql"])
def test_seeds_tests_and_ways_back_are_left_alone(path):
    clean(RULE, "CREATE TABLE t (a int)", path=path)


@pytest.mark.parametrize("dialect", ["tsql", "oracle", "sqlite", "mysql", ""])
def test_all_row_stores_want_one(dialect):
    finds(RULE, "CREATE TABLE t (a int, b int)", dialect)
    clean(RULE, "CREATE TABLE t (a int NOT NULL, CONSTRAINT pk PRIMARY KEY (a))", dialect)


def test_capitals_in_quotes_are_no_other_name_where_names_are_capitals():
    sql = 'CREATE TABLE "ORDERS" ("ID" NUMBER); ALTER TABLE orders ADD PRIMARY KEY (id)'
    clean(RULE, sql, "oracle")
    finds(RULE, sql.replace("NUMBER", "int"), "postgres")


def test_column_stores_do_not():
    clean(RULE, "CREATE TABLE t (a int, b int)", "snowflake")


def test_copies_of_a_data_set():
    load = "LOAD DATA LOCAL INFILE 'é.csv' INTO TABLE {} FIELDS TERMINATED BY ',' (a, @b) SET b = trim(@b)"
    clean(RULE, "CREATE TABLE t (a int, b text); " + load.format("t"), "mysql")
    finds(RULE, "CREATE TABLE t (a int, b text); " + load.format("u"), "mysql")
    finds(RULE, load.format("t") + "; CREATE TABLE t (a int, b text)", "mysql")
