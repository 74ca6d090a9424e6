"""Every setting is documented, typed and has a default of its own kind."""

from __future__ import annotations

import pytest

from perftool.config.schema import KEYS, RULE_KEYS, SECTIONS, WAIVER_KEYS, Key, RuleSection, Settings, WaiverSection


def test_every_field_has_a_meaning() -> None:
    not_settings = {"root", "files", "origins", "rules", "waivers", "vs", "lint_paths", "databases", *SECTIONS}
    fields = [name for name in Settings.__struct_fields__ if name not in not_settings]
    fields += [f"{name}.{field}" for name, section in SECTIONS.items() for field in section.__struct_fields__]
    assert sorted(fields) == sorted(KEYS)
    assert RuleSection.__struct_fields__ == tuple(RULE_KEYS)
    assert sorted(WaiverSection.__struct_fields__) == sorted(WAIVER_KEYS)


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: key.name)
def test_the_default_is_a_value_of_its_kind(key: Key) -> None:
    assert key.kind.read(key.default) == key.default


def test_variables_are_distinct() -> None:
    assert len({key.variable for key in KEYS.values()}) == len(KEYS)
    assert KEYS["bench.min_time"].variable == "PERFTOOL_BENCH_MIN_TIME"


def test_folders_start_at_the_project() -> None:
    settings = Settings()
    assert settings.report_folder == settings.root / ".perftool" / "reports"
    assert settings.baseline_folder == settings.root / "baselines"
    assert settings.origin("bench.blocks") == "default"
