from perftool.lint.project import Project
from perftool.sql import ddl
from perftool.sql.actions import Name
from perftool.sql.kinds import kind_of
from perftool.sql.tokens import lex

T = Name("t")


def project(*statements: str) -> Project:
    made = Project()
    for sql in statements:
        made.take(ddl.read(sql, kind_of(lex(sql, "mysql")), "mysql"))
    return made


def test_types_in_their_order():
    history = project(
        "CREATE TABLE t (a int, b text)", "ALTER TABLE t MODIFY a bigint", "ALTER TABLE s.t MODIFY a decimal(9)"
    ).history
    assert history.types_before(T, "a", "bigint") == ["int"]
    assert history.types_before(T, "a", "decimal(9)") == ["bigint"]
    assert history.types_before(T, "a", "text") == [""]
    assert history.types_before(T, "c", "int") == [""]


def test_a_type_that_comes_twice_leaves_both_open():
    history = project(
        "ALTER TABLE t MODIFY a int", "ALTER TABLE t MODIFY a bigint", "ALTER TABLE t MODIFY a int"
    ).history
    assert history.types_before(T, "a", "int") == ["", "bigint"]


def test_names_change_and_tables_go():
    history = project(
        "CREATE TABLE t (a int)",
        "ALTER TABLE t CHANGE a b bigint",
        "ALTER TABLE t RENAME COLUMN b TO c",
        "RENAME TABLE t TO u",
        "ALTER TABLE u MODIFY c text",
        "DROP TABLE u",
    ).history
    assert history.types_before(T, "b", "bigint") == ["int"]
    assert history.types_before(Name("u"), "c", "text") == ["bigint"]


def test_checks_are_remembered():
    history = project(
        "CREATE TABLE t (a int, CHECK (a > 0))",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL)",
        "ALTER TABLE t DROP CONSTRAINT c",
        "ALTER TABLE t RENAME TO u",
    ).history
    assert history.checks(T) == ("a > 0", "a IS NOT NULL")
    assert history.checks(Name("u")) == ("a > 0", "a IS NOT NULL")
    assert history.checks(Name("v")) == ()


def test_what_many_files_say_alike_takes_no_more_room_than_what_few_say():
    file = (
        "ALTER TABLE t ADD COLUMN a int",
        "ALTER TABLE t ADD CHECK (a > 0)",
        "CREATE INDEX i ON t (a)",
        "ALTER TABLE t ADD INDEX (a)",
    )
    few, many = (project(*[*file, "ALTER TABLE t MODIFY a text"] * times) for times in (2, 9))
    for one in (few, many):
        assert one.history.types_before(T, "a", "text") == ["int"]
        assert len(one.history.checks(T)) == 1
    found = few.table(T)
    assert found is not None
    assert found == many.table(T)
    assert len(found.indexes) == 3


def test_names_that_change_to_and_fro_do_not_double_what_is_known():
    assert (
        len(
            project(
                *["ALTER TABLE t ADD CHECK (a > 0)", "RENAME TABLE t TO u", "RENAME TABLE u TO t"] * 40
            ).history.checks(T)
        )
        == 1
    )


def test_a_schema_that_once_held_rows_is_no_schema_of_code():
    history = project().history
    assert not history.holds_code_only("r")
    history.note_made("type", Name("mood", "r"))
    assert not history.holds_code_only("r")
    history.note_made("function", Name("f", "shop.r"))
    history.note_made("table", Name("t"))
    assert history.holds_code_only("r")
    history.note_made("table", Name("t", "r"))
    assert not history.holds_code_only("r")
