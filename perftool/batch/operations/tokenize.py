"""Tokenize: how many tokens there are, by perftool's own rules, and on request which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.batch.api import Operation
from perftool.sql.tokens import count_tokens, lexemes

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Parser, Settings


def _make(settings: Settings, _: Parser) -> Callable[[str], dict[str, Any]]:
    dialect = settings.dialect
    if not settings.tokens:
        return lambda text: {"count": count_tokens(text, dialect)}

    def tokenize(text: str) -> dict[str, Any]:
        found = [[one.kind, one.text, one.start, one.end] for one in lexemes(text, dialect)]
        return {"count": len(found), "tokens": found}

    return tokenize


OPERATION = Operation("tokenize", "number of tokens; with --tokens each of them", ("count", "tokens"), _make)
