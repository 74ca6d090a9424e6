from perftool.lint.rules.blocking_unique import RULE
from tests.lint.kit import clean, finds, places


def test_keys_build_their_index_under_the_strongest_lock():
    one = finds(RULE, "ALTER TABLE app.users ADD CONSTRAINT users_email UNIQUE (email, kind)")
    assert "ACCESS EXCLUSIVE" in one.finding.message
    assert "app.users" in one.finding.message
    assert "CREATE UNIQUE INDEX CONCURRENTLY users_email ON app.users (email, kind)" in one.finding.help
    assert "PRIMARY KEY USING INDEX users_pkey" in finds(RULE, "ALTER TABLE users ADD PRIMARY KEY (id)").finding.help


def test_the_index_of_a_new_key_stands_beside_the_old_one():
    one = finds(RULE, "ALTER TABLE likes DROP CONSTRAINT likes_pkey; ALTER TABLE likes ADD PRIMARY KEY (a, b)")
    assert one.finding.help == (
        "CREATE UNIQUE INDEX CONCURRENTLY likes_new_pkey ON likes (a, b), then ALTER TABLE likes "
        "DROP CONSTRAINT likes_pkey, ADD CONSTRAINT likes_new_pkey PRIMARY KEY USING INDEX likes_new_pkey: "
        "the old key goes first"
    )
    one = finds(RULE, 'ALTER TABLE app."Likes" DROP COLUMN id, ADD PRIMARY KEY (a)')
    assert 'ALTER TABLE app."Likes" DROP COLUMN id, ADD CONSTRAINT "Likes_new_pkey"' in one.finding.help
    named = "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD CONSTRAINT k PRIMARY KEY (a)"
    assert "DROP CONSTRAINT t_pkey, ADD CONSTRAINT k" in finds(RULE, named).finding.help
    for before in ("u DROP CONSTRAINT u_pkey", "t DROP CONSTRAINT t_a_key", "t DROP COLUMN a"):
        plain = finds(RULE, f"ALTER TABLE {before}; ALTER TABLE t ADD PRIMARY KEY (b)").finding.help
        assert plain.endswith("ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey"), before
    unique = finds(RULE, "ALTER TABLE t DROP COLUMN id, ADD UNIQUE (b)").finding.help
    assert unique.endswith("ADD CONSTRAINT t_b_key UNIQUE USING INDEX t_b_key")


def test_exclusion_constraints_have_no_other_way():
    sql = "ALTER TABLE rooms ADD CONSTRAINT free EXCLUDE USING gist (room WITH =, during WITH &&)"
    assert "lock_timeout" in finds(RULE, sql).finding.help


def test_a_ready_index_is_taken_over_at_once():
    clean(RULE, "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX u")
    clean(RULE, 'ALTER TABLE t ADD CONSTRAINT "u" PRIMARY KEY USING INDEX "u" DEFERRABLE')


def test_tables_that_nobody_uses_are_fine():
    clean(RULE, 'CREATE TABLE "T" (a int); ALTER TABLE "T" ADD CONSTRAINT u UNIQUE (a)')
    clean(RULE, "CREATE TEMPORARY TABLE t (a int); ALTER TABLE t ADD UNIQUE (a)")
    clean(RULE, "ALTER TABLE t ADD UNIQUE (a)", schema="CREATE TABLE t (a int) PARTITION BY LIST (a)")


def test_other_constraints_are_other_rules_business():
    clean(RULE, "ALTER TABLE t ADD CHECK (a > 0), ADD FOREIGN KEY (a) REFERENCES u (id)")
    clean(RULE, "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)", "mysql")


def test_new_columns():
    assert places(RULE, "ALTER TABLE t ADD b int, ADD COLUMN a int UNIQUE") == ["ADD COLUMN a int UNIQUE"]
    # Numbers are written into every row, and a key without values fails: other rules say so.
    clean(RULE, "ALTER TABLE t ADD COLUMN id bigserial PRIMARY KEY")
    clean(RULE, "ALTER TABLE t ADD COLUMN id int PRIMARY KEY")


def test_what_takes_a_migration_back_is_left_alone():
    finds(RULE, "ALTER TABLE t ADD UNIQUE (a)", path="migrations/1_a.up.sql")
    clean(RULE, "ALTER TABLE t ADD UNIQUE (a)", path="migrations/1_a.down.sql")
    finds(RULE, "ALTER TABLE t ADD COLUMN a int UNIQUE", path="migrations/1_a.up.sql")
    clean(RULE, "ALTER TABLE t ADD COLUMN a int UNIQUE", path="migrations/1_a.down.sql")


def test_tables_without_rows_are_fine():
    clean(RULE, "TRUNCATE app.t; ALTER TABLE t ADD UNIQUE (a)")
    clean(RULE, "DELETE FROM t; ALTER TABLE t ADD UNIQUE (a)")
    clean(RULE, "ALTER TABLE t ADD COLUMN a int NOT NULL; ALTER TABLE t ADD UNIQUE (a)")
    finds(RULE, "DELETE FROM t; INSERT INTO t (a) VALUES (1); ALTER TABLE t ADD UNIQUE (a)")
    finds(RULE, "DELETE FROM t WHERE a = 1; ALTER TABLE t ADD UNIQUE (a)")


def test_tables_that_are_small_by_their_name():
    clean(RULE, "ALTER TABLE federation_blocklist ADD CONSTRAINT u UNIQUE (domain)")
    clean(RULE, "ALTER TABLE public.site_settings ADD CONSTRAINT u UNIQUE (key)")
    finds(RULE, "ALTER TABLE user_settings ADD CONSTRAINT u UNIQUE (user_id, key)")
    finds(RULE, "ALTER TABLE playlists ADD CONSTRAINT u UNIQUE (name)")
