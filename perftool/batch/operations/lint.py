"""Lint: what the rules find in an item by itself, with nothing known of other items.

Its text goes the way of a file that lies nowhere: see ``perftool.lint.check``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.batch.api import Operation
from perftool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Parser, Settings


def _make(settings: Settings, _: Parser) -> Callable[[str], dict[str, Any]]:
    from perftool.lint.check import Checker

    checker = Checker(settings.dialect)

    def lint(text: str) -> dict[str, Any]:
        judged = checker.check(text)
        if judged.errors and judged.errors == judged.count:
            # Nothing of it was looked at. Of several statements one that cannot be parsed is a finding.
            raise InputError(next((one.message for one in judged.diagnostics), "not parsed, so not checked"))
        found = [
            {
                "code": one.code,
                "name": one.name,
                "severity": one.severity,
                "line": one.span.line if one.span else 0,
                "column": one.span.column if one.span else 0,
                "message": one.message,
                "help": one.help or "",
            }
            for one in judged.diagnostics
        ]
        return {"findings": len(found), "diagnostics": found}

    return lint


OPERATION = Operation("lint", "what the rules find in it, taken by itself", ("findings", "diagnostics"), _make)
