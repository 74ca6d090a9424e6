"""Comparisons judged as the configuration says: the same for ``compare`` and ``bench --baseline``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from perftool.clock import SystemClock
from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules, Rule
from perftool.compare.looks import final_level
from perftool.compare.revision import places
from perftool.compare.waivers import Waiver
from perftool.store import reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.inputs import Input
    from perftool.compare.matcher import CompareQuery
    from perftool.config.schema import Settings
    from perftool.model.comparison import BaselineReference
    from perftool.model.environment import Environment
    from perftool.model.paired import PairedRun
    from perftool.model.report import Report
    from perftool.stats.multiplicity import Correction


def compared(
    inputs: Sequence[Input],
    settings: Settings,
    here: Environment,
    *,
    query: CompareQuery | None = None,
    baseline: BaselineReference | None = None,
    paired: bool = False,
    judged: bool = True,
    run: PairedRun | None = None,
) -> Report:
    """Return the report of comparing ``inputs``, made ``here``; not ``judged`` means shown without a gate.

    ``run`` says how they were measured in turn: a benchmark that broke under test then fails unless that is configured,
    and after an adaptive run the level of its last look is the level of the test.
    """
    now = SystemClock().now()
    gate = gate_rules(settings) if judged else None
    alpha, confidence = settings.compare.alpha, settings.compare.confidence
    if run is not None:
        alpha, confidence = final_level(run.stopping, alpha), 1 - final_level(run.stopping, round(1 - confidence, 12))
    if gate is not None and run is not None and settings.origin("compare.fail_on_missing") == "default":
        gate = msgspec.structs.replace(gate, fail_on_missing=True)
    payload, verdict, warnings = compare(
        inputs,
        query,
        alpha=alpha,
        confidence=confidence,
        gate=gate,
        paired=paired,
        baseline=baseline,
        run=run,
        # Both sides of one run had the same machine at the same time: there is nothing to take out.
        normalized=settings.compare.normalize and run is None,
        correction=correction(settings),
        waivers=waivers(settings),
        today=now.date().isoformat(),
    )
    return reports.build(payload, verdict, here, created=now, warnings=warnings)


def decided(inputs: Sequence[Input], settings: Settings, alpha: float, confidence: float) -> tuple[int, int]:
    """Return how many of how many gating rows of paired ``inputs`` are decided at this level and confidence."""
    payload, _, _ = compare(
        inputs,
        alpha=alpha,
        confidence=confidence,
        gate=gate_rules(settings),
        paired=True,
        correction=correction(settings),
    )
    outcomes = [place.change.outcome for place in places(payload.tables) if place.change.outcome != "info"]
    return sum(outcome != "inconclusive" for outcome in outcomes), len(outcomes)


def gate_rules(settings: Settings) -> GateRules:
    """Return the gate that the configuration describes."""
    section = settings.compare
    return GateRules(
        fail=section.fail,
        warn=section.warn,
        minimum_effect=section.min_effect,
        exact=section.exact_fail,
        instructions=section.instructions_fail,
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


def correction(settings: Settings) -> Correction | None:
    """Return how p-values are adjusted for the number of rows, None where they are not."""
    chosen: dict[str, Correction] = {"holm": "holm", "bh": "bh"}
    return chosen.get(settings.compare.correction)


def waivers(settings: Settings) -> tuple[Waiver, ...]:
    """Return the waivers of the configuration, in their order."""
    return tuple(
        Waiver(
            match=one.match,
            unit=one.unit,
            ceiling=one.ceiling,
            until=one.until,
            reason=one.reason,
            origin=settings.origin(f"compare.waiver[{index}]"),
        )
        for index, one in enumerate(settings.waivers)
    )
