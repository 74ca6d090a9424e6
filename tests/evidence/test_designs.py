"""The other designs: what is paired with what, and what is an alarm."""

from __future__ import annotations

from typing import Any

import pytest

from docs.evidence.honesty import designs
from tests.evidence import made_up

pytestmark = pytest.mark.xdist_group("honesty")

Json = dict[str, Any]


@pytest.fixture(scope="module")
def vs() -> list[Json]:
    return made_up.records("vs")


def test_runs_one_after_the_other_are_used_once(vs: list[Json]) -> None:
    asked = list(designs.sequential(vs, "cpu"))
    assert len(asked) == 90 * 4
    first = {row["case"]: row for row in vs[0]["rows"]}
    second = {row["case"]: row for row in vs[1]["rows"]}
    assert asked[0].old == first["parse"]["cpu"]["base"]
    assert asked[0].new == second["parse"]["cpu"]["base"]


def test_planted_side_is_compared_with_the_base_before_it(vs: list[Json]) -> None:
    asked = designs.sequential_planted(vs, 30, "cpu")
    assert 39 <= len(asked) <= 40
    assert all(0.25 < one.change < 0.35 for one in asked)


def test_lost_runs_are_left_out(vs: list[Json]) -> None:
    lost = [{**record, "lost": "crash"} if record["run"] % 2 else record for record in vs]
    assert len(list(designs.sequential(lost, "cpu"))) == 45 * 4


def test_forgetting_blocks_makes_alarms(vs: list[Json]) -> None:
    rules = {(rule.group, rule.text): rule.share for rule in designs.perftool_rules(vs)}
    honest = rules["perftool bench --vs", "row significant"]
    forgetful = rules["the same samples, each as if independent", "Mann-Whitney, CPU time"]
    assert honest.of == forgetful.of == 240
    assert forgetful.count > 2 * honest.count


def test_one_process_a_side_makes_more() -> None:
    found = designs.unblocked_rules(made_up.records("unblocked"))
    rules = {(rule.group, rule.text): rule for rule in found}
    assert rules["one process a side, CPU time", "Mann-Whitney"].share.count > 120
    thresholds = [rule for rule in rules.values() if rule.gate]
    assert [rule.share.count for rule in thresholds[:3]] == sorted(
        (r.share.count for r in thresholds[:3]), reverse=True
    )


def test_perftools_own_test_of_two_runs_stands_beside_the_others(vs: list[Json]) -> None:
    rules = {(rule.group, rule.text): rule for rule in designs.sequential_rules(vs)}
    own = rules["one run after the other, CPU time", "Mann-Whitney of block medians, as perftool compare"]
    assert own.share.of == 90 * 4
    assert own.share.count < rules["one run after the other, CPU time", "Mann-Whitney of all samples"].share.count


def test_a_threshold_fails_only_what_got_slower() -> None:
    faster = designs.Asked("x", [[2.0]], [[1.0]])
    slower = designs.Asked("x", [[1.0]], [[2.0]])
    assert [rule.alarms for rule in designs.thresholds("g", [faster, slower])] == [(False, True)] * 3


def test_blocks_are_medians() -> None:
    asked = designs.Asked("x", [[1.0, 3.0], [5.0]], [[2.0], [4.0]])
    assert asked.blocks == ([2.0, 5.0], [2.0, 4.0])
    assert asked.raw == ([1.0, 3.0, 5.0], [2.0, 4.0])
