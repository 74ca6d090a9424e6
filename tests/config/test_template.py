"""Configuration files that perftool writes."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from perftool.config import template
from perftool.config.schema import KEYS, RULE_KEYS, WAIVER_KEYS, RuleSection, Settings
from perftool.config.sources import load
from perftool.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = """\
[project]
name = "x"   # keep me

[tool.perftool]
label   =  "lab" # and me

[tool.perftool.bench]
blocks = 9

[tool.ruff]
line-length = 100
"""


def test_the_file_changes_nothing_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").write_text(template.as_toml(), "utf-8")
    assert load(tmp_path, environment={}) == Settings(root=tmp_path, files=("perftool.toml",))


def test_each_line_uncommented_is_its_default(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^# (?=[a-z_]+ = |\[\[)", "", template.as_toml())
    (tmp_path / "perftool.toml").write_text(text, "utf-8")
    settings = load(tmp_path, environment={})
    assert set(settings.origins) == {*KEYS, "compare.rule[0]", "compare.waiver[0]", "lint.path[0]", "database[0]"}
    assert (settings.bench, settings.compare, settings.report) == (
        Settings().bench,
        Settings().compare,
        Settings().report,
    )
    assert settings.rules == (RuleSection(match="sql-parse/CTE*", unit="B/op", fail=0.05, gate=True),)
    assert settings.waivers[0].ceiling == 0.35


def test_lines_are_not_too_long_to_read() -> None:
    assert max(map(len, template.as_toml().splitlines())) <= 120


def test_the_table_names_every_setting() -> None:
    text = template.as_markdown()
    assert all(key.variable in text and key.description in text for key in KEYS.values())
    assert all(f"| `{name}` |" in text for name in (*RULE_KEYS, *WAIVER_KEYS))


def test_extending_keeps_everything_else() -> None:
    text, added = template.extend(PYPROJECT, "pyproject.toml")
    assert added == ("bench.mem", "compare.fail", "compare.warn")
    assert set(PYPROJECT.splitlines()) <= set(text.splitlines())
    before, after = tomllib.loads(PYPROJECT), tomllib.loads(text)
    assert after["tool"]["perftool"].pop("compare") == {"fail": "20%", "warn": "10%"}
    assert after["tool"]["perftool"]["bench"].pop("mem") is False
    assert before == after


def test_extending_twice_adds_nothing() -> None:
    text, _ = template.extend(PYPROJECT, "pyproject.toml")
    assert template.extend(text, "pyproject.toml") == (text, ())


def test_what_is_not_toml_is_refused() -> None:
    with pytest.raises(UsageError, match=r"pyproject\.toml: not TOML"):
        template.extend("[tool.perftool", "pyproject.toml")
