"""Extract: the tables and columns that a statement uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.batch.api import Operation
from perftool.sql.usage import usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Parser, Settings


def _make(_: Settings, parser: Parser) -> Callable[[str], dict[str, Any]]:
    def extract(text: str) -> dict[str, Any]:
        found = [usage(tree) for tree in parser.trees(text)]
        return {
            "tables": sorted({table for one in found for table in one.tables}),
            "columns": sorted({column for one in found for column in one.columns}),
        }

    return extract


OPERATION = Operation("extract", "tables and columns that it uses", ("tables", "columns"), _make)
