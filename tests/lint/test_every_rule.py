"""What holds for every rule: its documentation is complete, its examples are true, its fix mends them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool import discovery
from perftool.lint import catalog, documentation
from perftool.lint.analysis import Analyser
from perftool.sql.dialects import KNOWN
from perftool.sql.source import Source
from tests.lint import kit

if TYPE_CHECKING:
    from perftool.lint.api import Rule

ROOT = Path(__file__).parents[2]
RULES = tuple(catalog.rules().values())
FAMILIES = {"COR", "IDX", "MIG", "PERF", "WARE"}

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def example(rule: Rule) -> tuple[documentation.Explanation, str, str]:
    """Return what is told of a rule, and dialect and path of its examples."""
    told = documentation.of(rule)
    return told, told.dialect or "postgres", told.path or kit.PATH


def test_files_codes_and_names_belong_together():
    assert {rule.name.replace("-", "_") for rule in RULES} == set(discovery.names(catalog.RULES))
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


@every_rule
def test_code_and_name_have_their_form(rule):
    assert re.fullmatch(r"[A-Z]+\d{3}", rule.code)
    assert rule.code.rstrip("0123456789") in FAMILIES
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", rule.name), "two words at least, so that it cannot be prose"


@every_rule
def test_its_fields_make_sense(rule):
    assert rule.severity in ("info", "warning", "error")
    assert rule.sets
    assert "all" not in rule.sets or rule.sets == {"all"}
    assert rule.dialects is None or (rule.dialects and rule.dialects <= set(KNOWN))
    assert rule.nodes or rule.actions
    assert rule.judge is None or rule.nodes, "judge looks at what nodes found"
    for option in rule.options:
        assert re.fullmatch(r"[a-z]+([-_][a-z]+)*", option.name)
        assert option.description


@every_rule
def test_its_documentation_is_complete(rule):
    assert documentation.faults(rule) == ()
    _, dialect, _ = example(rule)
    assert rule.dialects is None or dialect in rule.dialects, "the examples need a line Dialect:"
    assert dialect in KNOWN


@every_rule
def test_it_has_a_test_of_its_own(rule):
    path = ROOT / "tests" / "lint" / "rules" / f"test_{rule.name.replace('-', '_')}.py"
    assert path.is_file()
    text = path.read_text("utf-8")
    assert len(re.findall(r"\b(?:clean|finds|fixed|places|found)\(", text)) >= 3
    assert "clean(" in text, "its silence is tested too"


@every_rule
def test_its_bad_example_is_found(rule):
    told, dialect, path = example(rule)
    found = kit.found(rule, told.bad, dialect, path=path)
    assert found
    for one in found:
        message = one.finding.message
        assert message[:1] != message[:1].upper() or not message[:1].isalpha() or message.split()[0].isupper(), message
        assert not message.endswith("."), message
        assert "\n" not in message


@every_rule
def test_its_good_example_is_clean_and_understood(rule):
    told, dialect, path = example(rule)
    kit.clean(rule, told.good, dialect, path=path)
    analyser = Analyser(dialect, [rule])
    for one in Source.of(told.good.encode(), name="good").statements(dialect):
        record = analyser.analyse(one.text or "", fault=one.fault)
        assert not record.error or record.actions, record.error


@every_rule
def test_its_fix_is_of_the_kind_it_says(rule):
    told, dialect, path = example(rule)
    fixes = [one.finding for one in kit.found(rule, told.bad, dialect, path=path) if one.finding.edits]
    if rule.fix in ("hint", "none"):
        assert not fixes
    else:
        own_test = ROOT / "tests" / "lint" / "rules" / f"test_{rule.name.replace('-', '_')}.py"
        assert fixes or "fixed(" in own_test.read_text("utf-8"), "the bad example or the test shows the fix"
        # What it says is the best that it offers.
        assert rule.fix == "safe" or not any(one.safe for one in fixes)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.fix in ("safe", "unsafe")], ids=lambda rule: rule.code)
def test_its_fix_parses_silences_and_is_idempotent(rule):
    """``fixed`` looks that the result parses and is clean, so that a second run has nothing to do."""
    told, dialect, path = example(rule)
    if not any(one.finding.edits for one in kit.found(rule, told.bad, dialect, path=path)):
        return
    mended = kit.fixed(rule, told.bad, dialect, path=path)
    assert mended != told.bad
    remark = f"-- before\n{told.bad.rstrip().rstrip(';')} /* é behind */;\n-- after\n"
    assert "é behind" in kit.fixed(rule, remark, dialect, path=path)
