"""What a statement gives and does, by its words: enough to refuse early and to ask once, not to understand it."""

from __future__ import annotations

import re
from typing import Final

from perftool.errors import UsageError

_GIVES_NONE: Final = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(insert|update|delete|merge|replace|create|drop|alter|truncate|grant|revoke|begin|"
    r"start|commit|end|rollback|savepoint|release|set|reset|vacuum|attach|detach|reindex|copy|load|use|lock)\b",
    re.IGNORECASE | re.DOTALL,
)


_WRITES: Final = re.compile(r"\b(insert|update|delete|merge|replace\s+into|call|do)\b", re.IGNORECASE)


def check_statement(sql: str) -> None:
    """Refuse, before anything is executed, a statement that gives no rows.

    raises: UsageError naming what it begins with.
    """
    found = _GIVES_NONE.match(sql)
    if found is not None and not re.search(r"\breturning\b", sql, re.IGNORECASE):
        raise UsageError(f"{found[1].upper()} gives no rows to stream", hint="perftool query run --write executes it")


def may_write(sql: str) -> bool:
    """Say whether a statement might change something; it is no harm when it does not."""
    return _WRITES.search(sql) is not None
