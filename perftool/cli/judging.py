"""The gate that the configuration describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.compare.gate import GateRules, Rule

if TYPE_CHECKING:
    from perftool.config.schema import Settings


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
