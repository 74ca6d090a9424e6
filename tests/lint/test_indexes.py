from perftool.lint.indexes import has_index_on, has_key_within, leading_columns, searches_within
from perftool.lint.project import Project
from perftool.lint.written import canonical
from perftool.sql import ddl
from perftool.sql.actions import Name
from perftool.sql.kinds import kind_of
from perftool.sql.source import Source
from perftool.sql.tokens import lex


def table(sql: str, dialect: str = "postgres"):
    project = Project()
    for one in Source.of(sql.encode(), name="schema").statements(dialect):
        project.take(ddl.read(one.text or "", kind_of(lex(one.text or "", dialect)), dialect))
    found = project.table(Name("t"))
    assert found is not None
    return found


def test_keys_and_indexes_find_rows_by_their_first_column():
    keys = "CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE, c int)"
    found = table(f"{keys}; CREATE INDEX i ON t (c, d); CREATE INDEX j ON t (lower(e))")
    assert set(leading_columns(found)) == {"a", "b", "c"}


def test_an_index_serves_the_expression_that_it_begins_with():
    found = table("CREATE INDEX i ON t (lower(a::text), b); CREATE INDEX j ON t (b, upper(a))")
    assert has_index_on(found, canonical("LOWER(x.a)"))
    assert not has_index_on(found, canonical("upper(a)"))
    assert not has_index_on(found, "")


def test_a_whole_key_must_be_fixed():
    found = table(
        "CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b)); CREATE UNIQUE INDEX i ON t (c) WHERE c > 1"
    )
    assert has_key_within(found, ("b", "a", "c"))
    assert not has_key_within(found, ("a", "c"))
    assert not has_key_within(found, ())


def test_trigrams_and_words_are_found_anywhere():
    def any_of(sql: str, dialect: str = "postgres") -> bool:
        return any(searches_within(index, "name") for index in table(sql, dialect).indexes)

    assert any_of("CREATE INDEX i ON t USING gin (name gin_trgm_ops)")
    assert any_of("CREATE INDEX i ON t USING gin (to_tsvector('english', name))")
    assert any_of("CREATE FULLTEXT INDEX i ON t (title, name)", "mysql")
    assert not any_of("CREATE INDEX i ON t (name)")
    assert not any_of("CREATE INDEX i ON t USING gin (title gin_trgm_ops)")
