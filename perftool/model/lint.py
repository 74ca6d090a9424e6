"""The payload of ``perftool lint``: counts; the findings themselves are the report's diagnostics."""

from __future__ import annotations

from perftool.model.base import Model
from perftool.model.diagnostic import Severity


class RuleCount(Model, frozen=True):
    """How often a rule spoke; ``fixable`` counts the findings that have an edit."""

    code: str
    name: str
    severity: Severity
    count: int
    fixable: int = 0


class RuleTime(Model, frozen=True):
    """What a rule cost: ``seconds`` of CPU time in its ``calls``, of all processes, and the ``findings`` reported."""

    code: str
    name: str
    seconds: float
    calls: int
    findings: int


class SkippedFile(Model, frozen=True):
    """A file that was not looked at, and why."""

    path: str
    reason: str


class LintedFile(Model, frozen=True):
    """What was decided for one file: its dialect, why that one, and the sets of rules that ran.

    ``notes`` tell of parts that were not looked at.
    """

    path: str
    dialect: str
    reason: str
    sets: tuple[str, ...]
    statements: int
    notes: tuple[str, ...] = ()


class LintPayload(Model, frozen=True, tag_field="kind", tag="lint"):
    """What was looked at and how much was found.

    ``statements`` are all of them, ``repeated`` those whose text had been analysed before in this run, ``kept`` those
    known from an earlier run, ``not_parsed`` those that cost one PT000 or PT001 each, ``opaque`` those that the parser
    took without looking into them (rules on tokens saw them), ``left_out`` parts of files that are SQL and could not be
    taken: literals of Python that are put together, a template after a tag that is never closed. ``suppressed``
    findings were silenced by comments or the configuration, ``known`` ones are in the baseline, ``gone`` ones are there
    and no longer found. ``outdated`` files are newer than what dbt made of them, so that their templates were read.
    ``details`` of each file and ``times`` of each rule are given on request.
    """

    files: int
    size: int
    statements: int
    distinct: int
    repeated: int = 0
    kept: int = 0
    unchanged_files: int = 0
    not_parsed: int = 0
    opaque: int = 0
    left_out: int = 0
    outdated: int = 0
    suppressed: int = 0
    known: int = 0
    gone: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    fixable: int = 0
    files_with_findings: int = 0
    dialects: dict[str, int] = {}
    rules: tuple[RuleCount, ...] = ()
    times: tuple[RuleTime, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    details: tuple[LintedFile, ...] = ()
    fixed: int = 0
    fixed_files: int = 0
