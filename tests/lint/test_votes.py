from perftool.lint.votes import Votes


def test_most_of_a_folder_s_files_have_their_way_and_the_first_among_equals() -> None:
    votes = Votes()
    assert votes.of("db/a.sql") == ""
    for name, dialect in (("db/a.sql", "mysql"), ("db/b.sql", "postgres"), ("db/c.sql", ""), ("x/a.sql", "tsql")):
        votes.note(name, dialect)
    assert votes.of("db/z.sql") == "mysql"
    votes.note("db/d.sql", "postgres")
    assert votes.of("db/z.sql") == "postgres"
    assert votes.of("db/deeper/z.sql") == votes.of("z.sql") == ""


def test_migrations_with_a_folder_each_speak_as_the_others_do() -> None:
    votes = Votes()
    votes.note("app/migrations/20230101_init/migration.sql", "postgres")
    assert votes.of("app/migrations/20230102_drop/migration.sql") == "postgres"
    assert votes.of("app/queries/a.sql") == ""
    votes.note("app/migrations/20230103_odd/a.sql", "mysql")
    assert votes.of("app/migrations/20230103_odd/b.sql") == "mysql"
