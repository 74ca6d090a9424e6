from __future__ import annotations

import pytest

from perftool.lint import catalog
from perftool.lint.rulebook import Applying, Rulebook, thresholds
from perftool.sql import actions as act

KNOWN = catalog.rules()


def book(**choices: object) -> Rulebook:
    return Rulebook(KNOWN, {code: rule for code, rule in KNOWN.items() if rule.sets != {"extra"}}, **choices)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sets", "others", "runs"),
    [
        (("all",), {}, False),
        (("migration",), {}, True),
        (("migration",), {"ignored": frozenset({"MIG001"})}, False),
        (("all",), {"extended": frozenset({"MIG001"})}, True),
        (("generated",), {}, False),
    ],
)
def test_sets_choose_and_paths_take_and_give(
    sets: tuple[str, ...], others: dict[str, frozenset[str]], runs: bool
) -> None:
    assert ("MIG001" in book().applying("postgres", sets, **others)) is runs


def test_selected_rules_run_whatever_the_sets_are() -> None:
    applying = book(selected=("MIG001",)).applying("postgres", ("all",))
    assert set(applying) == {"MIG001"}
    assert not book(selected=("MIG001",)).applying("bigquery", ("all",))


def test_handlers_of_a_kind_are_those_of_the_rules_that_apply() -> None:
    applying = Applying({code: KNOWN[code] for code in ("MIG001", "COR001")}, "postgres")
    assert [rule.code for rule, _ in applying.handlers[act.CreateIndex]] == ["MIG001"]
    assert applying.handlers[act.Write] == ()
    assert not Applying({"MIG001": KNOWN["MIG001"]}, "sqlite").handlers[act.CreateIndex]


def test_severities_and_thresholds_are_the_rules_own_unless_chosen() -> None:
    chosen = Rulebook(KNOWN, KNOWN, severities={"COR001": "info"}, options={"deep-offset-rows": 7})
    assert chosen.severity("COR001", "error") == "info"
    assert chosen.severity("COR002", "error") == "error"
    assert chosen.options["deep-offset-rows"] == 7
    assert chosen.options.keys() == thresholds(KNOWN.values(), None).keys()
