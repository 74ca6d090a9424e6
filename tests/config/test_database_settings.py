"""Session settings of databases in a profile: one list for each system."""

from pathlib import Path

from perftool.config.schema import DatabaseSettingsSection
from perftool.config.sources import load


def test_each_system_has_its_own() -> None:
    section = DatabaseSettingsSection(postgresql=("jit=off", "work_mem = 64MB"), sqlite=("mmap_size=268435456",))
    assert section.of("postgresql") == {"jit": "off", "work_mem": "64MB"}
    assert section.of("sqlite") == {"mmap_size": "268435456"}
    assert section.of("duckdb") == {}
    assert section.of("flightsql") == {}


def test_a_value_may_hold_equals_signs() -> None:
    assert DatabaseSettingsSection(mysql=("optimizer_switch=mrr=on",)).of("mysql") == {"optimizer_switch": "mrr=on"}


def test_a_profile_brings_them(tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").touch()
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "shop.toml").write_text('[database_settings]\npostgresql = ["jit=off"]\n')
    found = load(tmp_path, environment={}, profile="shop")
    assert found.database_settings.of("postgresql") == {"jit": "off"}
    assert found.origin("database_settings.postgresql") == "profile shop:2"
