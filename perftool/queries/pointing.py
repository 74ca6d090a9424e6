"""Where in a statement an error is, from what the database said of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.model.diagnostic import Diagnostic, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.databases.faults import Fault
    from perftool.queries.requests import Statement

CODE: Final = "statement-failed"

# SQLite, MariaDB and MySQL, DuckDB each quote what they could not read, PostgreSQL and DuckDB name what is missing.
_BREAK: Final = re.compile(r"\r\n?|\n")
_NEAR: Final = re.compile(
    r"""near\s+(?:"(?P<double>[^"]+)"|'(?P<single>.+?)'(?:\s+at\s+line\s+(?P<line>\d+)|$))""", re.S
)
_NAMED: Final = (
    re.compile(r"no such (?:table|column|function|index|collation sequence): (?P<name>[^\s,]+)"),
    re.compile(r"(?:relation|column|function|type|schema) \"(?P<name>[^\"]+)\" does not exist"),
    re.compile(r"Table '(?P<name>[^']+)' doesn't exist"),
    re.compile(r"Unknown column '(?P<name>[^']+)'"),
    re.compile(r"(?:Table|Function|Column) with name \"?(?P<name>[^\s\"]+)\"? does not exist"),
    re.compile(r"Referenced column \"(?P<name>[^\"]+)\" not found"),
)


def position(fault: Fault, sql: str) -> tuple[int, int] | None:
    """Return the half-open range of characters in ``sql`` that ``fault`` is about; None where nothing tells.

    What the driver knows goes first; then what the message quotes, if it stands in the statement once.
    """
    if fault.position is not None and 0 <= fault.position <= len(sql):
        return fault.position, _word_end(sql, fault.position)
    near = _NEAR.search(fault.message)
    if near is not None:
        return _near(sql, near["double"] or near["single"], int(near["line"] or 0))
    for pattern in _NAMED:
        named = pattern.search(fault.message)
        if named is not None:
            return _once(sql, named["name"].strip("\"'`"))
    return None


def _near(sql: str, text: str, line: int) -> tuple[int, int] | None:
    """Find what stands where a parser stopped: MariaDB quotes all that follows, SQLite one word."""
    start = _line_start(sql, line) if line > 1 else 0
    head = text.split("\n", maxsplit=1)[0]
    found = [match.start() for match in re.finditer(_bounded(head), sql[start:])]
    if len(found) != 1 and not line:
        return None
    return (start + found[0], _word_end(sql, start + found[0])) if found else None


def _once(sql: str, name: str) -> tuple[int, int] | None:
    """Find a name that stands in the statement once, without its schema where it stands so."""
    for form in (name, name.rpartition(".")[2]):
        found = [match.span() for match in re.finditer(_bounded(form), sql, re.IGNORECASE)]
        if found:
            return found[0]
    return None


def _bounded(text: str) -> str:
    before = r"(?<!\w)" if text[:1].isalnum() or text[:1] == "_" else ""
    after = r"(?!\w)" if text[-1:].isalnum() or text[-1:] == "_" else ""
    return before + re.escape(text) + after


def _line_start(sql: str, line: int) -> int:
    start = 0
    for _ in range(line - 1):
        following = sql.find("\n", start)
        if following < 0:
            return start
        start = following + 1
    return start


def _word_end(sql: str, start: int) -> int:
    word = re.match(r"\w+|\S", sql[start:])
    return start + word.end() if word else start


def diagnostic(statement: Statement, fault: Fault, *, hint: str | None = None) -> Diagnostic:
    """Return what went wrong with a statement, with its place in the file or text where that is known."""
    found = position(fault, statement.sql)
    start, end = found if found is not None else (0, 0)
    before = statement.sql[:start]
    breaks = len(_BREAK.findall(before))
    last = max(before.rfind("\n"), before.rfind("\r")) + 1
    line = statement.line + breaks
    column = start - last + (1 if breaks else statement.column)
    span = Span(
        path=statement.source,
        start=statement.start + len(before.encode("utf-8", "surrogateescape")),
        end=statement.start + len(statement.sql[:end].encode("utf-8", "surrogateescape")),
        line=line,
        column=column,
        end_line=line if end > start else 0,
        end_column=column + end - start if end > start else 0,
    )
    return Diagnostic(
        code=CODE,
        severity="error",
        message=fault.message,
        span=span,
        help=hint,
        name=fault.kind,
        key=statement.place,
    )


def quote(statements: Sequence[Statement], path: str, start: int) -> str | None:
    """Return the line that byte ``start`` of the source ``path`` is on, as far as its statement holds it."""
    for one in statements:
        data = one.sql.encode("utf-8", "surrogateescape")
        if one.source != path or not one.start <= start <= one.start + len(data):
            continue
        before = _BREAK.split(data[: start - one.start].decode("utf-8", "surrogateescape"))
        lines = _BREAK.split(one.sql)
        # What stands before the statement on its first line is not at hand: blanks keep the column.
        lead = " " * (one.column - 1) if len(before) == 1 else ""
        return lead + lines[len(before) - 1]
    return None
