import pytest

from perftool.lint.homes import Beside, Near, are_one, home_of, nearness


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


def test_what_is_beside_is_found_out_once():
    beside = Beside("db/tables")
    assert beside["db"]
    assert not beside["blog"]
    assert dict(beside) == {"db": True, "blog": False}


def test_how_near_homes_are_is_found_out_once():
    near = Near("shop/db")
    assert (near["shop/db"], near["shop"], near["blog"]) == (2, 1, 0)
    assert set(near) == {"shop/db", "shop", "blog"}
