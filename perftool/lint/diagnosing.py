"""Make the diagnostics of a file from what is known of it: judged by the rules, placed, silenced by comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint import suppressions
from perftool.lint.judged_file import JudgedFile
from perftool.lint.judging import judge
from perftool.lint.origins import placed_back
from perftool.lint.place import Place
from perftool.lint.placing import diagnostic, span
from perftool.lint.problems import PROBLEMS
from perftool.model.diagnostic import Diagnostic, Span

if TYPE_CHECKING:
    from perftool.lint.project import Project
    from perftool.lint.records import FileRecord, Placed
    from perftool.lint.rulebook import Applying, Rulebook


class Diagnoser:
    """Judges files by the rules of a ``book``."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book

    def diagnose(
        self,
        record: FileRecord,
        project: Project | None,
        *,
        ignored: frozenset[str] = frozenset(),
        extended: frozenset[str] = frozenset(),
    ) -> JudgedFile | None:
        """Return what is found in a file; ``ignored`` and ``extended`` are codes that its path takes and gives.

        Without a ``project``, None where a rule wants to know what other files define.
        """
        rules = self._book.applying(record.dialect, record.sets, ignored, extended)
        found = self._found(record, project, rules) if record.statements else []
        if found is None:
            return None
        statements = record.statements
        if record.origin is not None:
            found = placed_back(found, record.origin, record.dialect)
            # Comments are those of the model: what of it was not analysed may be any of it.
            statements = tuple(one._replace(start=0, end=record.size) for one in statements)
        silenced = 0
        if record.suppressions:
            marks, known = record.suppressions, self._book.known
            found, silenced = suppressions.apply(found, marks, statements, record.name, rules, known)
        return JudgedFile(
            diagnostics=tuple(found),
            suppressed=silenced,
            count=record.count,
            opaque=record.opaque,
            errors=record.errors,
            dialect=record.dialect,
            reason=record.reason,
            sets=record.sets,
            size=record.size,
            left_out=record.left_out,
            note=record.note,
            outdated=record.outdated,
        )

    def _found(self, record: FileRecord, project: Project | None, rules: Applying) -> list[Diagnostic] | None:
        """Return what the rules find in the file's text, whatever its comments silence, in the order of the text."""
        book, name = self._book, record.name
        place = Place(name, record.dialect, project, options=book.options, runner=book.runner)
        equals: dict[tuple[str, str], int] = {}

        def ordinal(code: str, statement: Placed) -> int:
            equal = (code, statement.record.digest)
            equals[equal] = equals.get(equal, -1) + 1
            return equals[equal]

        found = []
        if record.errors:
            found = [
                _problem(name, one, ordinal(one.record.error_code, one))
                for one in record.statements
                if one.record.error
            ]
        for code, finding, statement in judge(record.statements, place, rules, record.sections, record.commands):
            rule = rules.get(code)
            own = finding.severity or (rule.severity if rule else "error")
            called = rule.name if rule else PROBLEMS[code]
            number = ordinal(code, statement)
            severity = book.severity(code, own)
            found.append(diagnostic(name, code, called, severity, finding, statement, number, record.rewritten))
        if place.guessed:
            return None
        found.sort(key=lambda one: (one.span.start if one.span else 0, one.code))
        return found


def _problem(name: str, statement: Placed, ordinal: int) -> Diagnostic:
    """Return the one diagnostic of a statement that was not analysed."""
    record = statement.record
    code = record.error_code
    message = record.error if code != "PT000" else f"not parsed, so not checked: {record.error}"
    where = Span(path=name, start=statement.start, end=statement.end, line=statement.line, column=statement.column)
    if record.layout is not None:
        where = span(name, statement, record.layout, 0, 0)
    return Diagnostic(
        code=code,
        name=PROBLEMS[code],
        severity="warning",
        message=message,
        span=where,
        key=f"{code}:{record.digest}:{ordinal}",
    )
