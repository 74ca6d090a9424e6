"""Fingerprint: the text without its literals and the digest of that, the same in every release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.batch.api import Operation
from perftool.sql.fingerprint import digest, normalise

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Parser, Settings


def _make(settings: Settings, _: Parser) -> Callable[[str], dict[str, Any]]:
    dialect = settings.dialect

    def fingerprint(text: str) -> dict[str, Any]:
        normal = normalise(text, dialect)
        return {"fingerprint": digest(normal), "normal": normal}

    return fingerprint


OPERATION = Operation("fingerprint", "text without literals, and its digest", ("fingerprint", "normal"), _make)
