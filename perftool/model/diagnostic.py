"""Diagnostics: findings with a place, a severity and a way out."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model

Severity = Literal["info", "warning", "error"]


class Span(Model, frozen=True):
    """A half-open range of byte offsets in the original file, with its 1-based line and column.

    Columns count characters. ``path`` is relative to the project.
    """

    path: str
    start: int
    end: int
    line: int
    column: int


class Diagnostic(Model, frozen=True):
    """One finding. ``code`` is never reused; ``help`` says what to do; ``evidence`` is free-form facts."""

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    help: str | None = None
    evidence: dict[str, str | int | float] = {}
