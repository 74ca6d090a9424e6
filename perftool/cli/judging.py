"""Judge what was measured by the configured gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.compare.gate import GateRules, Rule

if TYPE_CHECKING:
    from datetime import datetime

    from perftool.config.schema import Settings
    from perftool.model.report import Report

NOW = "now"


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


def against_baseline(report: Report, baseline: Report, settings: Settings, *, created: datetime) -> Report:
    """Judge a fresh bench ``report`` against a stored ``baseline`` and return the comparison as a report."""
    from perftool.compare.comparator import compare
    from perftool.compare.importers.report import imported
    from perftool.compare.inputs import Input
    from perftool.store import baselines, reports

    reference = baselines.reference(baseline, report.environment)
    inputs = [Input(reference.name, imported(baseline, reference.name)), Input(NOW, imported(report, NOW))]
    payload, verdict, warnings = compare(
        inputs,
        alpha=settings.compare.alpha,
        confidence=settings.compare.confidence,
        gate=gate_rules(settings),
        baseline=reference,
    )
    return reports.build(payload, verdict, report.environment, created=created, warnings=warnings)
