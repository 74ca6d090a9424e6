import pytest

from perftool.lint.paths import changes_online, is_model, is_seed, is_upgrade


@pytest.mark.parametrize(
    "path",
    [
        "tests/a.sql",
        "db/tests",
        "src/test/regress/a.sql",
        "internal/testdata/x/query.sql",
        "__tests__/a.sql",
        "pkg/unit_tests/a.sql",
        "db/seeds/users.sql",
        "db/seeds.sql",
        "db/02_seed_users.sql",
        "V3__test_data.sql",
        "test_a.sql",
        "a.test.sql",
        "users_fixture.sql",
        "Tests/A.sql",
        "/srv/other/test_a.sql",
    ],
)
def test_tests_fixtures_and_seeds_are_told_by_folders_and_by_either_end_of_a_name(path: str) -> None:
    assert is_seed(path)


@pytest.mark.parametrize(
    "path",
    [
        "a.sql",
        "latest/a.sql",
        "contests/a.sql",
        "migrations/20240517_remove_test_alert_type/migration.sql",
        "migrations/3_add_test_results.sql",
        "models/ab_test_results/a.sql",
        "test_run0/migrations/1.sql",
        "/tmp/tests/app/a.sql",
        "../tests/a.sql",
        "C:/tests/a.sql",
    ],
)
def test_the_middle_of_a_name_and_what_lies_around_the_project_tell_nothing(path: str) -> None:
    assert not is_seed(path)


def test_cockroachdb_is_told_by_a_part_of_the_path() -> None:
    assert changes_online("migrations/1_x.cockroach.up.sql")
    assert changes_online("migrations/cockroachdb/1.sql")
    assert not changes_online("migrations/1_cockroaches.sql")


def test_models_and_upgrades_of_extensions() -> None:
    assert is_model("dbt/models/staging/a.sql")
    assert not is_model("app/data_models/a.sql")
    assert is_upgrade("sql/updates/2.19.3--2.20.0.sql")
    assert is_upgrade("ext--1.0--1.1-dev.sql")
    assert not is_upgrade("a--b.sql")
