from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.project import Project, Table
from perftool.sql import ddl
from perftool.sql.actions import Name
from perftool.sql.kinds import kind_of
from perftool.sql.tokens import lex


def project(*statements: str, dialect: str = "postgres") -> Project:
    found = Project()
    for text in statements:
        found.take(ddl.read(text, kind_of(lex(text, dialect)), dialect))
    return found


def table(name: str, *statements: str, dialect: str = "postgres") -> Table:
    schema, _, last = name.rpartition(".")
    found = project(*statements, dialect=dialect).table(Name(last, schema))
    assert found is not None
    return found


def test_later_statements_add_to_a_table():
    found = table(
        "t",
        "CREATE TABLE t (id int, a int NOT NULL)",
        "ALTER TABLE t ADD COLUMN b text UNIQUE",
        "ALTER TABLE t ADD CONSTRAINT t_pk PRIMARY KEY (id)",
        "CREATE INDEX i ON t (a, b)",
    )
    assert list(found.columns) == ["id", "a", "b"]
    assert found.complete
    assert (found.primary_key, found.key_name) == (("id",), "t_pk")
    assert [[one.name for one in index.columns] for index in found.indexes] == [["b"], ["a", "b"]]
    assert found.never_null("id")
    assert found.never_null("a")
    assert not found.never_null("b")


def test_a_key_may_use_an_index():
    found = table(
        "t", "CREATE TABLE t (a int)", "CREATE UNIQUE INDEX i ON t (a)", "ALTER TABLE t ADD PRIMARY KEY USING INDEX i"
    )
    assert found.primary_key == ("a",)
    assert table("t", "CREATE TABLE t (a int)", "ALTER TABLE t ADD PRIMARY KEY USING INDEX i").primary_key == ("",)


def test_dropped_things_are_gone():
    made = (
        "CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE, b int REFERENCES p, c int)",
        "CREATE INDEX i ON t (a, c)",
    )
    assert table("t", *made, "ALTER TABLE t DROP CONSTRAINT t_pkey").primary_key == ()
    assert table("t", *made, "ALTER TABLE t DROP CONSTRAINT t_a_key").indexes[0].name == "i"
    assert not table("t", *made, "ALTER TABLE t DROP CONSTRAINT t_b_fkey").foreign_keys
    assert not table("t", *made, "ALTER TABLE t DROP COLUMN a").indexes
    assert not table("t", *made, "ALTER TABLE t DROP COLUMN b").foreign_keys
    assert not table("t", *made, "ALTER TABLE t DROP COLUMN id").primary_key
    assert [one.name for one in table("t", *made, "DROP INDEX i").indexes] == [""]
    assert project(*made, "DROP TABLE t").table(Name("t")) is None


def test_a_script_that_makes_tables_anew_takes_no_keys_away():
    made = ("CREATE TABLE t (a int)", "ALTER TABLE t ADD PRIMARY KEY (a)", "DROP TABLE IF EXISTS t")
    assert table("t", *made, "CREATE TABLE t (a int)").primary_key == ("a",)
    assert project(*made).table(Name("t")) is None


def test_names_of_indexes_belong_to_tables_where_the_engine_says_so():
    made = ("CREATE TABLE t (a INT, KEY i (a))", "CREATE TABLE u (a INT, KEY i (a))", "DROP INDEX i ON t")
    assert not table("t", *made, dialect="mysql").indexes
    assert table("u", *made, dialect="mysql").indexes


def test_renamed_things_keep_what_they_had():
    made = ("CREATE TABLE t (a int PRIMARY KEY, b int NOT NULL REFERENCES p)", "CREATE INDEX i ON t (b, lower(a))")
    found = table(
        "u", *made, "ALTER TABLE t RENAME TO u", "ALTER TABLE u RENAME COLUMN b TO c", "ALTER INDEX i RENAME TO j"
    )
    assert found.indexes[0].name == "j"
    assert found.indexes[0].columns[0].name == "c"
    assert found.foreign_keys[0].columns == ("c",)
    assert found.never_null("c")
    assert table("u", *made, "ALTER TABLE t RENAME TO u", "ALTER TABLE u RENAME COLUMN a TO x").primary_key == ("x",)


def test_a_definition_that_comes_twice_counts_once():
    made = ("CREATE TABLE t (a int UNIQUE, b int REFERENCES p)", "CREATE INDEX IF NOT EXISTS i ON t (b)")
    found = table("t", *made, *made)
    assert len(found.indexes) == 2
    assert len(found.foreign_keys) == 1


def test_names_are_found_with_and_without_schema():
    two = project("CREATE TABLE x.t (a int)", "CREATE TABLE y.t (b int)")
    assert two.table(Name("t")) is None
    found = two.table(Name("t", "y"))
    assert found is not None
    assert list(found.columns) == ["b"]
    assert table("public.t", "CREATE TABLE t (a int)").complete
    assert project("CREATE TABLE x.t (a int)").table(Name("t", "z")) is None
    assert table("p.x.t", "CREATE TABLE x.t (a int)").complete
    assert project("CREATE TABLE p.x.t (a int)", "CREATE TABLE q.x.t (a int)").table(Name("t", "x")) is None


def test_partitions_know_their_table():
    made = ("CREATE TABLE p (ts date) PARTITION BY RANGE (ts)", "CREATE TABLE q (ts date)")
    assert table("p", *made).partition_by == ("ts",)
    assert table("q", *made, "ALTER TABLE p ATTACH PARTITION q FOR VALUES IN (1)").partition_of == Name("p")
    found = table("d.e", "CREATE TABLE d.e (ts TIMESTAMP) PARTITION BY DATE(ts) CLUSTER BY k", dialect="bigquery")
    assert (found.partition_by, found.cluster_by) == (("ts",), ("k",))


def test_the_configuration_may_tell_what_a_table_is_partitioned_by():
    found = project("CREATE TABLE d.e (ts TIMESTAMP) PARTITION BY DATE(ts)", dialect="bigquery")
    found.partition(Name("e", "d"), ("other",))
    found.partition(Name("f", "d"), ("day",))
    assert [one.partition_by for one in found.tables()] == [("ts",), ("day",)]


def test_keys_and_look_ups():
    found = table(
        "t", "CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b))", "CREATE UNIQUE INDEX i ON t (c) WHERE b > 0"
    )
    assert found.is_key(("c", "b", "a"))
    assert not found.is_key(("a", "c"))
    assert found.finds_by(("a",))
    assert found.finds_by(("b", "a"))
    assert found.finds_by(("c", "a"))
    assert not found.finds_by(("b",))
    assert not found.finds_by(("c",))


def test_statements_that_look_up_are_counted():
    found = Project()
    found.count_filters((("t", "a"), ("t", "b")))
    found.count_filters((("t", "a"),))
    assert found.filtered == {("t", "a"): 2, ("t", "b"): 1}


_STATEMENTS = st.sampled_from(
    [
        "CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE REFERENCES p)",
        "CREATE TABLE IF NOT EXISTS s.t (b int, c int, FOREIGN KEY (b, c) REFERENCES p)",
        "CREATE INDEX i ON t (a, lower(b))",
        "CREATE UNIQUE INDEX ON t (c) WHERE a IS NOT NULL",
        "ALTER TABLE t RENAME COLUMN a TO b",
        "ALTER TABLE t DROP COLUMN b",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE t DROP CONSTRAINT t_pkey",
        "ALTER TABLE t ADD PRIMARY KEY USING INDEX i",
        "ALTER TABLE t ALTER COLUMN a TYPE bigint",
        "ALTER INDEX i RENAME TO j",
        "DROP INDEX i",
        "DROP TABLE t",
        "DROP TABLE s.t, u",
    ]
)


@given(st.lists(_STATEMENTS, max_size=12))
def test_any_order_of_statements_gives_tables_that_agree_with_themselves(statements):
    found = project(*statements)
    for one in found.tables():
        # One that nothing made stands back behind one of its name that is made.
        assert found.table(one.name) in (one, None) or not one.made
        assert not one.primary_key or one.is_key(one.primary_key)
        names = [index.name for index in one.indexes if index.name]
        assert len(names) == len(set(names))


def test_tables_of_one_name_in_folders_beside_each_other():
    found = Project()
    for path, text in {
        "shop/schema.sql": "CREATE TABLE users (id int PRIMARY KEY, email text)",
        "shop/indexes/users.sql": "CREATE INDEX i ON users (email)",
        "blog/schema.sql": "CREATE TABLE users (id int, nick text, bio text)",
        "blog/more.sql": "ALTER TABLE users ADD PRIMARY KEY (nick)",
        "other.sql": "DROP INDEX j",
    }.items():
        found.take(ddl.read(text, kind_of(lex(text, "postgres")), "postgres"), path)
    shop, blog = (found.near(path).table(Name("users")) for path in ("shop/queries/a.sql", "blog/queries.sql"))
    assert shop is not None
    assert blog is not None
    assert (list(shop.columns), shop.primary_key, len(shop.indexes)) == (["id", "email"], ("id",), 1)
    assert (list(blog.columns), blog.primary_key, len(blog.indexes)) == (["id", "nick", "bio"], ("nick",), 0)
    # Nothing tells which of them is meant here.
    assert found.near("reports/users.sql").table(Name("users")) is None
    assert found.near("reports/users.sql").fewest_columns(Name("users")) == 2


def test_of_equally_near_tables_the_one_that_has_all_columns_is_meant():
    found = Project()
    for path, columns in {"dump/schema.sql": "id int, a int", "migrations/1/up.sql": "id int"}.items():
        text = f"CREATE TABLE users ({columns})"
        found.take(ddl.read(text, kind_of(lex(text, "postgres")), "postgres"), path)
    meant = found.near("queries/users.sql").table(Name("users"))
    assert meant is not None
    assert list(meant.columns) == ["id", "a"]


def test_one_folder_of_migrations_is_one_database():
    found = Project()
    for path, text in {
        "db/migrations/1/up.sql": "CREATE TABLE t (a int)",
        "db/migrations/2/up.sql": "CREATE INDEX i ON t (a)",
        "db/migrations/3/up.sql": "DROP TABLE t",
        "db/migrations/4/up.sql": "CREATE TABLE t (a int, b int)",
        "db/schema.sql": "CREATE TABLE IF NOT EXISTS t (a int, b int, c int)",
        "tests/schema.sql": "CREATE TABLE t (z int)",
    }.items():
        found.take(ddl.read(text, kind_of(lex(text, "postgres")), "postgres"), path)
    meant = found.near("db/migrations/5/up.sql").table(Name("t"))
    assert meant is not None
    assert list(meant.columns) == ["a", "b", "c"]
    tested = found.near("tests/queries.sql").table(Name("t"))
    assert tested is not None
    assert list(tested.columns) == ["z"]


def test_an_index_may_come_before_its_table():
    found = Project()
    for path, text in {
        "sql/indexes/t.sql": "CREATE INDEX i ON t (a)",
        "sql/tables/t.sql": "CREATE TABLE t (a int)",
        "sql/unique/t.sql": "ALTER TABLE t ADD PRIMARY KEY (a)",
    }.items():
        found.take(ddl.read(text, kind_of(lex(text, "postgres")), "postgres"), path)
    meant = found.near("sql/tables/t.sql").table(Name("t"))
    assert meant is not None
    assert len(meant.indexes) == 1
    assert meant.primary_key == ("a",)


def test_keys_may_come_before_the_table_that_is_made_again():
    found = Project()
    for path, text in {
        "one/schema.sql": "CREATE TABLE t (x int)",
        "two/constraint.sql": "ALTER TABLE s.t ADD PRIMARY KEY (a)",
        "two/create.sql": "DROP TABLE IF EXISTS s.t",
        "two/create_2.sql": "CREATE TABLE s.t (a int)",
    }.items():
        found.take(ddl.read(text, kind_of(lex(text, "postgres")), "postgres"), path)
    meant = found.near("two/create.sql").table(Name("t", "s"))
    assert meant is not None
    assert meant.primary_key == ("a",)
    other = found.near("one/queries.sql").table(Name("t"))
    assert other is not None
    assert other.primary_key == ()


CHANGES = (
    "CREATE TABLE t (a int, b int NOT NULL)",
    "CREATE TABLE t (a int, c int REFERENCES u (a))",
    "ALTER TABLE t ADD COLUMN d int UNIQUE",
    "ALTER TABLE t DROP COLUMN b",
    "ALTER TABLE t RENAME COLUMN a TO z",
    "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
    "ALTER TABLE t ALTER COLUMN a TYPE bigint",
    "ALTER TABLE t ADD PRIMARY KEY (a)",
    "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES u (a)",
    "ALTER TABLE t DROP CONSTRAINT f",
    "CREATE INDEX i ON t (a)",
    "ALTER INDEX i RENAME TO j",
    "DROP INDEX i",
)


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(CHANGES)), max_size=25))
def test_tables_that_hold_the_same_in_common_change_by_themselves(changes: list[tuple[str, str]]) -> None:
    every, alone = Project(), {home: Project() for home in "xyz"}
    first = [(home, CHANGES[0]) for home in "xyz"]
    for home, text in [*first, *changes]:
        actions = ddl.read(text, kind_of(lex(text, "postgres")), "postgres")
        every.take(actions, f"{home}/a.sql")
        alone[home].take(actions, f"{home}/a.sql")
    for home in "xyz":
        here, there = every.near(f"{home}/b.sql").table(Name("t")), alone[home].table(Name("t"))
        assert here is not None
        assert there is not None
        assert replace(here, shared=False) == replace(there, shared=False)


def test_equal_tables_of_many_folders_are_held_once() -> None:
    found = Project()
    for home in "xyz":
        found.take(ddl.read(CHANGES[0], kind_of(lex(CHANGES[0], "postgres")), "postgres"), f"{home}/a.sql")
    second, third = (found.near(f"{home}/b.sql").table(Name("t")) for home in "yz")
    assert second is not None
    assert third is not None
    assert second.columns is third.columns
    assert second.not_null is third.not_null
