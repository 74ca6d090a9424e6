"""Diagnostics: findings with a place, a severity and a way out."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model

Severity = Literal["info", "warning", "error"]


class Span(Model, frozen=True):
    """A half-open range of byte offsets in the original file, with its 1-based line and column.

    Columns count characters; ``end_line`` and ``end_column`` (the first column behind it) are 0 where not known.
    ``path`` is relative to the project.
    """

    path: str
    start: int
    end: int
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0


class TextEdit(Model, frozen=True):
    """Replace the bytes ``start`` to ``end`` (half-open) of the file by ``text``."""

    start: int
    end: int
    text: str


class Fix(Model, frozen=True):
    """Edits that belong together; not ``safe``: they may change what the code means."""

    edits: tuple[TextEdit, ...]
    safe: bool = True


class Diagnostic(Model, frozen=True):
    """One finding.

    ``code`` is never reused, ``name`` is what people call it; ``help`` says what to do; ``evidence`` is free-form
    facts. ``key`` names the finding across runs and moves of lines: its code, its statement and its place among
    equals.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    help: str | None = None
    evidence: dict[str, str | int | float] = {}
    name: str = ""
    fix: Fix | None = None
    key: str = ""
