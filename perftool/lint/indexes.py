"""What the indexes and keys of a table can find, as far as the definitions of a project tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.written import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Fact
    from perftool.lint.project import Table
    from perftool.sql.actions import Index


def leading_columns(table: Table) -> Iterator[str]:
    """Yield the columns that the key or an index of ``table`` begins with: those it finds rows by."""
    yield from table.primary_key[:1]
    for index in table.indexes:
        if index.columns and index.columns[0].name:
            yield index.columns[0].name


def has_key_within(table: Table, columns: Fact) -> bool:
    """Say whether ``columns``, all fixed, hold a whole key of ``table``, so that no more than one row has them."""
    fixed = set(columns) if isinstance(columns, tuple) else set()
    keys = [
        table.primary_key,
        *([one.name for one in index.columns] for index in table.indexes if index.unique and not index.where),
    ]
    return any(key and fixed.issuperset(key) for key in keys)


def has_index_on(table: Table, expression: str) -> bool:
    """Say whether an index of ``table`` begins with ``expression`` (as ``canonical`` gives it)."""
    return bool(expression) and any(
        canonical(index.columns[0].expression) == expression for index in table.indexes if index.columns
    )


def searches_within(index: Index, column: str) -> bool:
    """Say whether an index finds what stands anywhere within ``column``: one of trigrams or of words."""
    if index.method == "fulltext":
        return any(one.name == column for one in index.columns)
    for one in index.columns:
        text = one.expression or one.name
        within = "trgm" in one.opclass or "trgm" in text or "tsvector" in text or index.method in ("pgroonga", "bm25")
        if within and column in text:
            return True
    return False
