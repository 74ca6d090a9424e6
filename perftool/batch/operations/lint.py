"""Lint: what the rules find in a statement by itself, with nothing known of other statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.batch.api import Operation
from perftool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Parser, Settings


def _make(settings: Settings, _: Parser) -> Callable[[str], dict[str, Any]]:
    from perftool.lint import catalog
    from perftool.lint.analysis import Analyser
    from perftool.lint.judging import judge
    from perftool.lint.place import Place
    from perftool.lint.project import Project
    from perftool.lint.records import Placed
    from perftool.lint.rulebook import thresholds

    everything = dict(catalog.rules())
    rules = list(everything.values())
    dialect = settings.dialect
    chosen = catalog.applying(everything, dialect, catalog.sets_for(dialect, migration=False))
    analyser, options = Analyser(dialect, rules), thresholds(rules, None)

    def lint(text: str) -> dict[str, Any]:
        record = analyser.analyse(text)
        if record.error:
            raise InputError(record.error)
        place = Place("", dialect, Project(), options=options)
        found = []
        for one in judge([Placed(0, len(text), 1, 1, record)], place, chosen):
            rule, start = everything.get(one.code), one.finding.start
            found.append(
                {
                    "code": one.code,
                    "name": rule.name if rule else "",
                    "severity": rule.severity if rule else "error",
                    "line": text.count("\n", 0, start) + 1,
                    "column": start - text.rfind("\n", 0, start),
                    "message": one.finding.message,
                }
            )
        return {"findings": len(found), "diagnostics": found}

    return lint


OPERATION = Operation("lint", "what the rules find in it, taken by itself", ("findings", "diagnostics"), _make)
