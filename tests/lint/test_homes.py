import pytest

from perftool.lint.homes import are_one, home_of, nearness


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("schema.sql", ""),
        ("db/schema.sql", "db"),
        ("migrations/2024_users/up.sql", "migrations"),
        ("apps/shop/prisma/migrations/1/migration.sql", "apps/shop/prisma/migrations"),
        ("db/migrate/archive/1.sql", "db/migrate"),
        ("versions.sql", ""),
        ("migrations.sql", ""),
    ],
)
def test_a_folder_of_migrations_is_one_home(path, home):
    assert home_of(path) == home


def test_homes_within_each_other_are_one():
    assert are_one("db", "db")
    assert are_one("db", "db/tables")
    assert are_one("db/tables", "")
    assert not are_one("db", "dbt")
    assert not are_one("shop/db", "blog/db")
    assert not are_one("db", "db/tests")
    assert are_one("tests/a", "tests")


def test_nearness_counts_common_folders():
    assert nearness("a/b/c", "a/b/d") == 2
    assert nearness("", "") == 0
    assert nearness("a", "") == 0
    assert nearness("a/b", "a/b") == 2
