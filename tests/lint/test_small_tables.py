import pytest

from perftool.lint.small_tables import (
    holds_few_rows,
    holds_fixed_values,
    holds_settings,
    holds_settings_or_version,
)


@pytest.mark.parametrize(
    "name",
    [
        "settings", "app_settings", "Site_Config", "schema_version", "version", "federation_allowlist", "block_list",
        "ip_denylists", "whitelist", "email_black_list",
    ],
)  # fmt: skip
def test_few_rows_by_their_name(name):
    assert holds_few_rows(name)


@pytest.mark.parametrize(
    "name",
    [
        "users", "user_settings", "document_versions", "playlists", "lists", "blocklist_entries", "wishlist",
        "configurations_of_users", "subversion", "checklist",
    ],
)  # fmt: skip
def test_names_that_promise_no_small_table(name):
    assert not holds_few_rows(name)


def test_settings_and_versions_of_each_thing():
    assert holds_settings("user_settings")
    assert holds_settings("run_params")
    assert not holds_settings("schema_version")
    assert holds_settings_or_version("document_versions")
    assert holds_settings_or_version("Config")
    assert not holds_settings_or_version("params")


def test_fixed_values():
    assert holds_fixed_values("Dialects")
    assert holds_fixed_values("lu_colors")
    assert not holds_fixed_values("dialect_users")
