"""The rules of one run, which of them run on a file, and how severe their findings are: all that judging needs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from perftool.lint.api import ActionHandler, Rule
    from perftool.model.diagnostic import Severity
    from perftool.sql.actions import Action


class Applying(dict[str, "Rule"]):
    """Rules that run on files of one dialect, by code; ``handlers`` look at actions, by the class of those."""

    def __init__(self, rules: Mapping[str, Rule], dialect: str) -> None:
        super().__init__(rules)
        self.handlers = _Handlers(self.values(), dialect)


class _Handlers(dict["type[Action]", "tuple[tuple[Rule, ActionHandler], ...]"]):
    """What looks at actions of each class, with its rules; made when the first one comes."""

    def __init__(self, rules: Iterable[Rule], dialect: str) -> None:
        self._rules = [rule for rule in rules if rule.actions and (rule.dialects is None or dialect in rule.dialects)]

    def __missing__(self, kind: type[Action]) -> tuple[tuple[Rule, ActionHandler], ...]:
        found = self[kind] = tuple(
            (rule, handler)
            for rule in self._rules
            for wanted, handler in rule.actions.items()
            if issubclass(kind, wanted)
        )
        return found


class Rulebook:
    """``rules`` are those that run on some file, by code, ``known`` all there are.

    ``selected`` are the codes that were selected by name: where there are any, the sets of rules do not count.
    ``severities`` stand for the rules' own, ``options`` are thresholds, ``runner`` is what is known of the migration
    runner.
    """

    def __init__(
        self,
        known: Mapping[str, Rule],
        rules: Mapping[str, Rule],
        *,
        selected: Iterable[str] = (),
        severities: Mapping[str, Severity] | None = None,
        options: Mapping[str, int] | None = None,
        runner: Mapping[str, str] | None = None,
    ) -> None:
        self.known = known
        self.rules = rules
        self.selected = frozenset(selected)
        self.options = thresholds(rules.values(), options)
        self.runner = runner or {}
        self.severities = severities or {}

    @functools.lru_cache(maxsize=4096)  # noqa: B019  one book lives as long as its run
    def applying(
        self,
        dialect: str,
        sets: Iterable[str],
        ignored: frozenset[str] = frozenset(),
        extended: frozenset[str] = frozenset(),
    ) -> Applying:
        """Return the rules that run on a file of a ``dialect``, by code.

        Those of its ``sets`` (a tuple or a frozen set), without those ``ignored`` and with those ``extended``.
        """
        chosen = {
            code: rule
            for code, rule in self.rules.items()
            if code not in ignored
            and (rule.dialects is None or dialect in rule.dialects)
            and (code in extended or (code in self.selected if self.selected else not rule.sets.isdisjoint(sets)))
        }
        return Applying(chosen, dialect)

    def severity(self, code: str, own: Severity) -> Severity:
        """Return the severity of a finding of the rule ``code`` that would have its ``own``."""
        return self.severities.get(code, own)


def thresholds(rules: Iterable[Rule], given: Mapping[str, int] | None) -> dict[str, int]:
    """Return the thresholds of ``rules`` by name, as ``given`` or by default."""
    return {option.name: option.default for rule in rules for option in rule.options} | dict(given or {})
