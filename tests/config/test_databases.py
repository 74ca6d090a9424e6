"""Databases with names: read, checked, and never shown with their passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.config.effective import effective
from perftool.config.kinds import DatabaseUrl
from perftool.config.problems import ConfigurationError
from perftool.config.schema import DatabaseSection
from perftool.config.sources import load

if TYPE_CHECKING:
    from pathlib import Path


def test_databases_are_read(tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").write_text(
        '[[database]]\nname = "shop"\nurl = "env:SHOP_URL"\nsettings = ["work_mem=64MB"]\n'
        '[[database]]\nname = "copy"\nurl = "data/copy.db"\nwrite = true\n'
    )
    settings = load(tmp_path, environment={})
    assert settings.databases == (
        DatabaseSection(name="shop", url="env:SHOP_URL", settings=("work_mem=64MB",)),
        DatabaseSection(name="copy", url="data/copy.db", write=True),
    )
    assert settings.origin("database[1]") == "perftool.toml:5"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[database]\nname = "shop"', "database is a list of tables: write [[database]]"),
        ('[[database]]\nname = "shop"', "[[database]] needs url"),
        ('[[database]]\nname = "s"\nurl = ["postgresql://u:planted-pw@h/d"]', "this is not a database URL"),
        ('[[database]]\nname = "s"\nurl = "x.db"\nreadonly = true', "unknown setting readonly in [[database]]"),
        ('[[database]]\nname = "s"\nurl = "x.db"\nsettings = ["fast"]', "is not a list of name=value"),
    ],
)
def test_wrong_ones_are_told_without_their_url(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "perftool.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, environment={})
    told = "\n".join((caught.value.message, *caught.value.more))
    assert problem in told
    assert "planted-pw" not in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:planted-pw@db.example/shop",
        "mysql://app:a/planted-pw@x@db.example/shop",
        "postgresql:///shop?host=db.example&password=planted-pw",
        "flightsql://db.example/?token=planted-pw&tls=1",
    ],
)
def test_a_password_is_not_listed(tmp_path: Path, url: str) -> None:
    (tmp_path / "perftool.toml").write_text(f'[[database]]\nname = "shop"\nurl = "{url}"\n')
    (row,) = effective(load(tmp_path, environment={}), "database")
    assert "planted-pw" not in row.value
    assert "db.example" in row.value
    assert DatabaseUrl().write("shop.db") == '"shop.db"'
