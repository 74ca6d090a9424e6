"""Validate: whether the dialect's parser takes it; if not, the item fails with what the parser expected and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.batch.api import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Parser, Settings


def _make(_: Settings, parser: Parser) -> Callable[[str], dict[str, Any]]:
    def validate(text: str) -> dict[str, Any]:
        parser.validate(text)
        return {"valid": True}

    return validate


OPERATION = Operation("validate", "whether it can be parsed", ("valid",), _make, engines=("sqlglot", "polyglot"))
