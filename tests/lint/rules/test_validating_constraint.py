from perftool.lint.rules.validating_constraint import RULE
from tests.lint.kit import clean, finds, fixed, places


def test_a_foreign_key_stops_writes_to_both_tables():
    one = finds(RULE, "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES app.users (id)")
    assert "SHARE ROW EXCLUSIVE" in one.finding.message
    assert "writes to orders and app.users wait" in one.finding.message
    assert one.finding.help.endswith("ALTER TABLE orders VALIDATE CONSTRAINT fk")
    quoted = finds(RULE, 'ALTER TABLE "Orders" ADD CONSTRAINT "FK" FOREIGN KEY (a) REFERENCES u (b)')
    assert quoted.finding.help.endswith('ALTER TABLE "Orders" VALIDATE CONSTRAINT "FK"')
    own = finds(RULE, "ALTER TABLE orders ADD FOREIGN KEY (parent) REFERENCES orders (id)")
    assert own.finding.message.endswith("writes to orders wait")


def test_nobody_waits_for_a_new_table():
    add = "ALTER TABLE orders ADD FOREIGN KEY (kind) REFERENCES app.kinds (id)"
    one = finds(RULE, f"CREATE TABLE app.kinds (id int PRIMARY KEY); {add}")
    assert one.finding.message.endswith("writes to orders wait")
    assert finds(RULE, add).finding.message.endswith("writes to orders and app.kinds wait")


def test_the_strongest_clause_sets_the_lock():
    sql = "ALTER TABLE orders {}, ADD FOREIGN KEY (user_id) REFERENCES users (id)"
    for clause in ("ALTER COLUMN user_id SET NOT NULL", "ALTER user_id TYPE bigint", "ADD COLUMN user_id int"):
        message = finds(RULE, sql.format(clause)).finding.message
        assert "ACCESS EXCLUSIVE lock of this ALTER TABLE" in message, clause
        assert message.endswith("reads and writes of orders wait, and writes to users")
    for clause in ("VALIDATE CONSTRAINT c", "ALTER user_id SET STATISTICS 100"):
        assert "SHARE ROW EXCLUSIVE" in finds(RULE, sql.format(clause)).finding.message, clause
    own = finds(RULE, "ALTER TABLE t DROP a, ADD FOREIGN KEY (parent) REFERENCES t (id)").finding.message
    assert own.endswith("reads and writes of t wait")


def test_a_check_stops_reads_as_well():
    one = finds(RULE, "ALTER TABLE ONLY public.orders ADD CHECK (total > 0)")
    assert "ACCESS EXCLUSIVE lock on public.orders" in one.finding.message


def test_each_clause_stands_for_itself():
    sql = """ALTER TABLE "Orders" -- größer
        ADD COLUMN a int, ADD CONSTRAINT c CHECK (a > 0),
        ADD CONSTRAINT d UNIQUE (a), ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u ON DELETE SET NULL"""
    assert places(RULE, sql) == [
        "ADD CONSTRAINT c CHECK (a > 0)",
        "ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u ON DELETE SET NULL",
    ]


def test_what_is_not_validated_or_not_used_yet_is_fine():
    clean(RULE, "ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id) ON DELETE CASCADE NOT VALID")
    clean(RULE, "ALTER TABLE o ADD CONSTRAINT c CHECK (a > 0) NO INHERIT NOT VALID")
    clean(RULE, "CREATE TABLE o (u int); ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id)")
    clean(RULE, "CREATE TEMP TABLE o (u int); ALTER TABLE o ADD CHECK (u > 0)")
    clean(RULE, "ALTER TABLE o ADD CONSTRAINT k UNIQUE (a)")
    clean(RULE, "ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id)", "mysql")


def test_foreign_keys_of_partitioned_tables_have_no_other_way():
    schema = "CREATE TABLE o (u int, day date) PARTITION BY RANGE (day)"
    clean(RULE, "ALTER TABLE o ADD FOREIGN KEY (u) REFERENCES users (id)", schema=schema)
    finds(RULE, "ALTER TABLE o ADD CHECK (u > 0)", schema=schema)


def test_constraints_of_new_columns():
    clean(RULE, "ALTER TABLE o ADD COLUMN u int REFERENCES users (id)")
    clean(RULE, "ALTER TABLE o ADD COLUMN u int DEFAULT NULL::int REFERENCES users (id)")
    finds(RULE, "ALTER TABLE o ADD COLUMN u int DEFAULT 1 REFERENCES users (id)")
    finds(RULE, "ALTER TABLE o ADD COLUMN u int CHECK (u > 0)")
    # These write every row, or fail at once: other rules say so.
    clean(RULE, "ALTER TABLE o ADD COLUMN u float DEFAULT random() CHECK (u > 0)")
    clean(RULE, "ALTER TABLE o ADD COLUMN u int NOT NULL CHECK (u > 0)")


def test_the_fix_leaves_the_validation_to_people():
    sql = "ALTER TABLE o ADD CONSTRAINT c CHECK (a > 0) /* x */, ADD COLUMN b int -- y"
    assert fixed(RULE, sql) == "ALTER TABLE o ADD CONSTRAINT c CHECK (a > 0) NOT VALID /* x */, ADD COLUMN b int -- y"
    assert not finds(RULE, sql).finding.safe


def test_what_takes_a_migration_back_is_left_alone():
    finds(RULE, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", path="migrations/1_a.up.sql")
    clean(RULE, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", path="migrations/1_a.down.sql")
    finds(RULE, "ALTER TABLE t ADD COLUMN a int CHECK (a > 0)", path="migrations/1_a.up.sql")
    clean(RULE, "ALTER TABLE t ADD COLUMN a int CHECK (a > 0)", path="migrations/1_a.down.sql")


def test_tables_without_rows_are_fine():
    clean(RULE, "TRUNCATE app.t; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)")
    clean(RULE, "DELETE FROM t; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)")
    clean(RULE, "ALTER TABLE t ADD COLUMN a int NOT NULL; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)")
    finds(RULE, "DELETE FROM t; INSERT INTO t (a) VALUES (1); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)")
    finds(RULE, "DELETE FROM t WHERE a = 1; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)")
