"""Try one rule on SQL: ``clean`` wants no finding, ``finds`` wants some, ``fixed`` applies edits and looks again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.check import check
from perftool.sql.dialects import canonical
from perftool.sql.parsing import Engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.lint.api import Rule
    from perftool.lint.judging import Judged

PATH = "queries.sql"


def found(
    rule: Rule,
    sql: str,
    dialect: str = "postgres",
    *,
    path: str = PATH,
    schema: str = "",
    options: Mapping[str, int] | None = None,
    runner: Mapping[str, str] | None = None,
    others: Mapping[str, str] | None = None,
) -> list[Judged]:
    """Return what ``rule`` finds in ``sql``; ``others`` are further files of the project (path → SQL)."""
    files = {path: sql} | dict(others or {})
    results = check(files, dialect, rules=[rule], options=options, runner=runner, schema=schema)[path]
    assert not [one for one in results if one.code != rule.code], results
    return results


def places(rule: Rule, sql: str, dialect: str = "postgres", **more: object) -> list[str]:
    """Return the text that each finding stands on: what a reader would see underlined."""
    data = sql.encode()
    texts = []
    for one in found(rule, sql, dialect, **more):  # type: ignore[arg-type]
        statement = data[one.statement.start : one.statement.end].decode()
        texts.append(statement[one.finding.start : one.finding.end])
    return texts


def clean(rule: Rule, sql: str, dialect: str = "postgres", **more: object) -> None:
    """Assert that ``rule`` is silent, and that the SQL was understood so that the silence means something."""
    results = found(rule, sql, dialect, **more)  # type: ignore[arg-type]
    assert not results, [one.finding.message for one in results]


def finds(rule: Rule, sql: str, dialect: str = "postgres", *, count: int = 1, **more: object) -> Judged:
    """Assert that ``rule`` finds ``count`` times something, and return the first."""
    results = found(rule, sql, dialect, **more)  # type: ignore[arg-type]
    assert len(results) == count, [one.finding.message for one in results]
    for one in results:
        assert one.finding.message
        assert 0 <= one.finding.start <= one.finding.end
    return results[0]


def fixed(rule: Rule, sql: str, dialect: str = "postgres", **more: object) -> str:
    """Return ``sql`` with the edits applied; assert that it then parses and that the rule is silent."""
    results = found(rule, sql, dialect, **more)  # type: ignore[arg-type]
    edits = []
    for one in results:
        assert one.finding.edits, f"no edit for: {one.finding.message}"
        base = len(sql.encode()[: one.statement.start].decode())
        edits += [(base + edit.start, base + edit.end, edit.text) for edit in one.finding.edits]
    assert edits
    text = sql
    for start, end, new in sorted(set(edits), reverse=True):
        text = text[:start] + new + text[end:]
    assert Engine(canonical(dialect)).parse(text)
    clean(rule, text, dialect, **more)
    return text
