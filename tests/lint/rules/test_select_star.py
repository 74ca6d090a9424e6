from perftool.lint.rules.select_star import RULE
from tests.lint.kit import clean, finds, places


def test_every_column_of_a_table_is_read():
    assert places(RULE, "SELECT * FROM orders WHERE c = 7") == ["*"]
    assert places(RULE, "SELECT c.name, o.* FROM c JOIN orders o ON o.c = c.id") == ["o.*"]
    assert "orders and items" in finds(RULE, "SELECT * FROM orders JOIN items ON true").finding.message
    finds(RULE, "SELECT * FROM a WHERE x = 1 UNION ALL SELECT * FROM b WHERE x = 1")
    finds(RULE, "WITH x AS (SELECT a FROM t) SELECT t.* FROM t JOIN x ON x.a = t.a")


def test_other_queries_take_what_they_need_from_a_star():
    clean(RULE, "WITH x AS (SELECT * FROM t) SELECT a FROM x")
    clean(RULE, "WITH x AS (SELECT a FROM t) SELECT * FROM x")
    clean(RULE, "SELECT a FROM (SELECT * FROM t) s")
    clean(RULE, "SELECT * FROM (SELECT a FROM t) s")
    clean(RULE, "SELECT a FROM t WHERE EXISTS (SELECT * FROM u WHERE u.a = t.a) AND b IN (SELECT * FROM v)")
    clean(RULE, "SELECT count(*), count(t.*) FROM t")
    clean(RULE, "SELECT * FROM generate_series(1, 5)")
    clean(RULE, "INSERT INTO t (a) VALUES (1) RETURNING *")


def test_copies_want_all_columns():
    clean(RULE, "INSERT INTO archive SELECT * FROM t")
    clean(RULE, "CREATE TABLE a AS SELECT * FROM t")
    clean(RULE, "CREATE VIEW v AS SELECT * FROM t")
    clean(RULE, "SELECT * FROM a EXCEPT SELECT * FROM b")


def test_a_look_at_some_rows_is_no_query_of_a_program():
    clean(RULE, "SELECT * FROM t LIMIT 10")
    clean(RULE, "SELECT TOP 10 * FROM t", "tsql")
    finds(RULE, "SELECT * FROM t WHERE a = 1 LIMIT 10")
    clean(RULE, "SELECT * FROM t WHERE id = 1 FOR UPDATE")
    clean(RULE, "SELECT * FROM pg_stat_activity WHERE pid = 1")
    clean(RULE, "SELECT * FROM #t WHERE a = 1", "tsql")
    clean(RULE, "SELECT * FROM t WHERE a = 1", "bigquery")


def test_one_row_by_its_key_costs_little():
    clean(RULE, "SELECT * FROM t WHERE t.id = $1")
    clean(RULE, "SELECT * FROM t WHERE a = 1 AND b = 2", schema="CREATE UNIQUE INDEX i ON t (b, a)")
    clean(RULE, "SELECT * FROM t WHERE code = 'x'", schema="CREATE TABLE t (code text PRIMARY KEY)")
    finds(RULE, "SELECT * FROM t WHERE a = 1", schema="CREATE UNIQUE INDEX i ON t (b, a); CREATE INDEX j ON t (a)")
    finds(RULE, "SELECT * FROM t WHERE id > $1 AND owner_id = 7")


def test_narrow_tables_may_be_read_whole():
    clean(RULE, "SELECT * FROM t WHERE a = 1", schema="CREATE TABLE t (a int, b int)")
    wide = "CREATE TABLE t (a int, b int, c int, d int, e int, f int, g int, h int, i int)"
    found = finds(RULE, "SELECT * FROM t WHERE a = 1", schema=wide).finding
    assert "all 9 columns of t" in found.message
    assert found.help == "name the columns that are used, of a, b, c, d, e, f, g, h, …"
    clean(RULE, "SELECT * FROM t WHERE a = 1", schema=wide, options={"select-star-columns": 9})
    clean(RULE, "SELECT * FROM t WHERE a = 1", path="tests/data/x.sql")


def test_tables_that_share_a_name_are_as_narrow_as_the_narrowest():
    wide = "CREATE TABLE t (id int, a int, b int, c int, d int, e int, f int, g int, h int, i int)"
    others = {"x/schema.sql": wide, "y/schema.sql": "CREATE TABLE t (t_id int, z text)"}
    clean(RULE, "SELECT * FROM t WHERE a = 1", others=others)
    others["y/schema.sql"] = wide.replace("i int)", "k int)")
    found = finds(RULE, "SELECT * FROM t WHERE a = 1", others=others).finding
    assert found.message.startswith("reads every column of t")
    # One that grows is one table.
    others = {"1.sql": "CREATE TABLE t (id int, a int)", "2.sql": wide}
    assert "all 10 columns" in finds(RULE, "SELECT * FROM t WHERE a = 1", others=others).finding.message


def test_an_export_hands_out_all_of_a_table():
    for path in ("sql/export/people.sql", "Backups/people.sql", "people/dump.sql"):
        clean(RULE, "SELECT * FROM people ORDER BY city", path=path)
    finds(RULE, "SELECT * FROM people", path="sql/exported/people.sql")
    finds(RULE, "SELECT * FROM people WHERE city = 7", path="sql/export/people.sql")
    finds(RULE, "SELECT * FROM people JOIN city ON people.city = city.nr", path="sql/export/people.sql")
    finds(RULE, "SELECT * FROM a UNION ALL SELECT * FROM b", path="sql/export/people.sql")


def test_sqlc_is_told_that_one_row_comes():
    star = "SELECT * FROM venue WHERE slug = $1"
    clean(RULE, f"-- name: GetVenue :one\n-- by its slug\n{star};")
    clean(RULE, "/* name: GetVenue :one */\nSELECT * FROM venue WHERE slug = ?", "mysql")
    finds(RULE, f"-- name: GetName :one\nSELECT name FROM venue;\n{star};")
    finds(RULE, f"{star};\n-- name: GetName :one\n")
    finds(RULE, f"-- the name: GetVenue :one\n{star}")
    clean(RULE, "-- name: GetVenue :one\nSELECT * FROM venue JOIN city ON city.nr = venue.city WHERE slug = $1")


def test_sqlc_writes_the_star_of_one_table_out_as_columns():
    star = "SELECT * FROM venue WHERE city = $1"
    for command in ("many", "exec", "execrows", "batchmany"):
        clean(RULE, f"-- name: Venues :{command}\n{star};")
    finds(RULE, f"-- name: Venues :else\n{star};")
    finds(RULE, f"-- name: Venues\n{star};")
    finds(RULE, "-- name: Venues :many\nSELECT v.* FROM venue v JOIN city c ON c.nr = v.city WHERE c.land = $1;")
