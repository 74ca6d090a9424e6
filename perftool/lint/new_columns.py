"""What adding a column does to a table that holds rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perftool.sql import actions as act


def has_default(column: act.Column) -> bool:
    """Say whether a new column gets a value in the rows that are there already."""
    default = (column.default or "null").partition("::")[0].strip(" ()").lower()
    return bool(column.generated) or default != "null"


def fails(column: act.Column) -> bool:
    """Say whether ADD COLUMN fails on a table with rows: the new column must not be NULL, and has no value."""
    return column.not_null and not has_default(column)
