import pytest

from perftool.lint.locks import rewrites, taken, volatile_call, written
from perftool.lint.names import same
from perftool.lint.new_columns import has_default
from perftool.sql import ddl
from perftool.sql.actions import Column, Name
from perftool.sql.kinds import kind_of
from perftool.sql.tokens import lex


def locks(sql: str) -> list[tuple[str, str]]:
    actions = ddl.read(sql, kind_of(lex(sql, "postgres")), "postgres")
    return [(str(table), mode) for action in actions for table, mode in taken(action)]


@pytest.mark.parametrize(
    ("sql", "mode"),
    [
        ("ALTER TABLE t ADD a int", "ACCESS EXCLUSIVE"),
        ("ALTER TABLE t ALTER a SET NOT NULL", "ACCESS EXCLUSIVE"),
        ("ALTER TABLE t ALTER a SET STATISTICS 10", ""),
        ("ALTER TABLE t ADD CHECK (a > 0)", "ACCESS EXCLUSIVE"),
        ("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (b)", "SHARE ROW EXCLUSIVE"),
        ("ALTER TABLE t VALIDATE CONSTRAINT c", ""),
        ("ALTER TABLE t DISABLE TRIGGER ALL", "SHARE ROW EXCLUSIVE"),
        ("ALTER TABLE t OWNER TO me", "ACCESS EXCLUSIVE"),
        ("ALTER TABLE t SET (fillfactor = 70)", ""),
        ("ALTER TABLE t CLUSTER ON i", ""),
        ("ALTER TABLE p ATTACH PARTITION t DEFAULT", "ACCESS EXCLUSIVE"),
        ("ALTER TABLE t DETACH PARTITION p", "ACCESS EXCLUSIVE"),
        ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", ""),
        ("CREATE INDEX i ON t (a)", "SHARE"),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", ""),
        ("DROP TABLE t", "ACCESS EXCLUSIVE"),
        ("TRUNCATE t", "ACCESS EXCLUSIVE"),
        ("REINDEX TABLE t", "SHARE"),
        ("VACUUM FULL t", "ACCESS EXCLUSIVE"),
        ("VACUUM t", ""),
        ("LOCK t IN EXCLUSIVE MODE", "EXCLUSIVE"),
        ("LOCK t IN ROW SHARE MODE", ""),
    ],
)
def test_locks_of_postgres(sql: str, mode: str):
    assert locks(sql) == ([("t", mode)] if mode else [])


def test_functions_that_give_each_row_its_own_value():
    assert volatile_call("coalesce(pg_catalog.RANDOM (), 1)") == "random"
    assert volatile_call("now()") == ""
    assert volatile_call("'random()'") == ""
    assert volatile_call("random") == ""


def test_new_columns():
    assert not has_default(Column(name="a", default="NULL::text", start=0, end=0))
    assert not has_default(Column(name="a", start=0, end=0))
    assert has_default(Column(name="a", default="'null'", start=0, end=0))
    assert rewrites(Column(name="a", generated="stored", start=0, end=0))
    assert not rewrites(Column(name="a", generated="virtual", start=0, end=0))


def test_names_in_advice_can_be_copied():
    assert written(Name("Users", "app.Data")) == 'app."Data"."Users"'
    assert written('a"b') == '"a""b"'


def test_names_of_the_same_table():
    assert same(Name("t"), Name("t", "public"))
    assert not same(Name("t", "a"), Name("t", "b"))
    assert not same(Name("t"), Name("u"))
