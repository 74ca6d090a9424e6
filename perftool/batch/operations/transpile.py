"""Transpile: the same statement in another dialect, and what that dialect has no words for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.batch.api import Operation
from perftool.sql.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Parser, Settings


def _make(settings: Settings, parser: Parser) -> Callable[[str], dict[str, Any]]:
    writer = Writer(settings.to, pretty=False)

    def transpile(text: str) -> dict[str, Any]:
        sql, unsupported = writer.write(parser.trees(text))
        return {"sql": sql, "unsupported": unsupported}

    return transpile


OPERATION = Operation("transpile", "the statement in another dialect, --to", ("sql", "unsupported"), _make)
