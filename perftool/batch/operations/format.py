"""Format: the same statement laid out over lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.batch.api import Operation
from perftool.sql.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Parser, Settings


def _make(settings: Settings, parser: Parser) -> Callable[[str], dict[str, Any]]:
    writer = Writer(settings.dialect, pretty=True)
    return lambda text: {"sql": writer.write(parser.trees(text))[0]}


OPERATION = Operation("format", "the statement laid out over lines", ("sql",), _make)
