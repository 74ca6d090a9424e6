"""Effective settings as people see them."""

from __future__ import annotations

import tomllib

import pytest

from perftool.config.effective import effective
from perftool.config.schema import KEYS, RuleSection, Settings, WaiverSection
from perftool.errors import UsageError


def test_every_setting_is_toml_with_its_origin() -> None:
    rows = effective(Settings(origins={"bench.blocks": "perftool.toml:3"}))
    assert [row.name for row in rows] == list(KEYS)
    for row in rows:
        assert KEYS[row.name].kind.read(tomllib.loads(f"x = {row.value}")["x"]) == KEYS[row.name].default
        assert row.origin == ("perftool.toml:3" if row.name == "bench.blocks" else "default")


def test_one_setting_or_one_section() -> None:
    assert [row.name for row in effective(Settings(), "bench.blocks")] == ["bench.blocks"]
    assert {row.name for row in effective(Settings(), "report")} == {"report.folder", "report.keep"}
    assert effective(Settings(), "compare.rule") == ()
    with pytest.raises(UsageError, match=r"no setting named 'bench\.block'") as caught:
        effective(Settings(), "bench.block")
    assert caught.value.hint == "did you mean 'bench.blocks'?"


def test_rules_are_inline_tables() -> None:
    settings = Settings(rules=(RuleSection(match="a*", fail=0.05, gate=False),))
    (row,) = effective(settings, "compare.rule")
    assert tomllib.loads(f"x = {row.value}")["x"] == {"match": "a*", "unit": "*", "fail": "5%", "gate": False}


def test_waivers_are_inline_tables_too() -> None:
    waiver = WaiverSection(match="a*", ceiling=0.35, until="2026-12-31", reason='slow "x"')
    (row,) = effective(Settings(waivers=(waiver,)), "compare.waiver")
    assert row.name == "compare.waiver[0]"
    assert tomllib.loads(f"x = {row.value}")["x"] == {
        "match": "a*", "unit": "*", "ceiling": "35%", "until": "2026-12-31", "reason": 'slow "x"',
    }  # fmt: skip
