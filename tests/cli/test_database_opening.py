"""Databases as a command line and a configuration name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.cli.database_opening import DatabaseRequest, opened, pairs, pool_settings, seconds
from perftool.config.schema import DatabaseSection, DatabaseSettingsSection, PoolSection, Settings
from perftool.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_come_in_their_order(tmp_path: Path) -> None:
    configured = Settings(
        root=tmp_path,
        database_settings=DatabaseSettingsSection(sqlite=("cache_size=-1", "mmap_size=1", "temp_store=2")),
        databases=(DatabaseSection(name="shop", url="shop.db", settings=("mmap_size=2", "temp_store=1")),),
    )
    with opened(DatabaseRequest(url="@shop", settings=("temp_store=0",)), configured) as database:
        assert dict(database.access.settings) == {"cache_size": "-1", "mmap_size": "2", "temp_store": "0"}
        assert database.address.database == str(tmp_path / "shop.db")
        assert not database.access.write
        assert database.access.connect_timeout_s == 10.0


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("data/shop.db", "ROOT/data/shop.db"),
        ("sqlite:///data/shop.db", "ROOT/data/shop.db"),
        ("sqlite:data/shop.db?cache=shared", "ROOT/data/shop.db"),
        ("sqlite:////srv/shop.db", "/srv/shop.db"),
        ("/srv/shop.db", "/srv/shop.db"),
        (":memory:", ":memory:"),
        ("sqlite::memory:", ":memory:"),
        ("sqlite://", ":memory:"),
    ],
)
def test_files_of_a_configuration_are_those_of_the_project(tmp_path: Path, url: str, path: str) -> None:
    root = tmp_path / "a folder"
    configured = Settings(root=root, databases=(DatabaseSection(name="shop", url=url),))
    with opened(DatabaseRequest(url="@shop"), configured) as database:
        assert database.address.database == path.replace("ROOT", str(root))


def test_a_file_of_the_command_line_is_where_it_says(tmp_path: Path) -> None:
    with opened(DatabaseRequest(url="data/shop.db"), Settings(root=tmp_path)) as database:
        assert database.address.database == "data/shop.db"


def test_pools() -> None:
    configured = Settings(pool=PoolSection(maximum=3, timeout=2.0), origins={"pool.maximum": "perftool.toml:2"})
    assert (pool_settings(configured, at_least=8).maximum, pool_settings(configured, at_least=8).timeout_s) == (3, 2.0)
    assert pool_settings(Settings(), at_least=8).maximum == 8
    given = pool_settings(configured, at_least=8, size=1, timeout="500ms")
    assert (given.maximum, given.overflow, given.timeout_s) == (1, 0, 0.5)


def test_what_cannot_be_read() -> None:
    assert pairs(["a=b=c", " d = e "], "--set") == {"a": "b=c", "d": "e"}
    with pytest.raises(UsageError, match="KEY=VALUE"):
        pairs(["=x"], "--set")
    with pytest.raises(UsageError, match="--timeout '0'"):
        seconds("--timeout", "0")
    with pytest.raises(UsageError, match="no database named 'shop'"):
        opened(DatabaseRequest(url="@shop"), Settings())
