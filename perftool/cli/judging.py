"""Comparisons judged as the configuration says: the same for ``compare`` and ``bench --baseline``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.clock import SystemClock
from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules, Rule
from perftool.store import reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.inputs import Input
    from perftool.compare.matcher import CompareQuery
    from perftool.config.schema import Settings
    from perftool.model.comparison import BaselineReference
    from perftool.model.environment import Environment
    from perftool.model.report import Report


def compared(
    inputs: Sequence[Input],
    settings: Settings,
    here: Environment,
    *,
    query: CompareQuery | None = None,
    baseline: BaselineReference | None = None,
    paired: bool = False,
    judged: bool = True,
) -> Report:
    """Return the report of comparing ``inputs``, made ``here``; not ``judged`` means shown without a gate."""
    payload, verdict, warnings = compare(
        inputs,
        query,
        alpha=settings.compare.alpha,
        confidence=settings.compare.confidence,
        gate=gate_rules(settings) if judged else None,
        paired=paired,
        baseline=baseline,
    )
    return reports.build(payload, verdict, here, created=SystemClock().now(), warnings=warnings)


def gate_rules(settings: Settings) -> GateRules:
    """Return the gate that the configuration describes."""
    section = settings.compare
    return GateRules(
        fail=section.fail,
        warn=section.warn,
        minimum_effect=section.min_effect,
        exact=section.exact_fail,
        rules=tuple(
            Rule(
                match=rule.match,
                unit=rule.unit,
                fail=rule.fail,
                warn=rule.warn,
                minimum_effect=rule.min_effect,
                exact=rule.exact_fail,
                gates=rule.gate,
                origin=settings.origin(f"compare.rule[{index}]"),
            )
            for index, rule in enumerate(settings.rules)
        ),
        strict=section.strict,
        fail_on_missing=section.fail_on_missing,
        fail_on_new=section.fail_on_new,
        origin=settings.origin("compare.fail"),
    )
