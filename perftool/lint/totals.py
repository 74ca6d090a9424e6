"""Add up what a run saw and found, and conclude."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.model.lint import LintedFile, LintPayload, RuleCount, RuleTime, SkippedFile
from perftool.model.verdict import Verdict
from perftool.sql.dialects import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.lint.judged_file import JudgedFile
    from perftool.lint.stopwatch import Taken
    from perftool.model.diagnostic import Diagnostic, Severity

ORDER: Final[dict[str, int]] = {"info": 0, "warning": 1, "error": 2, "never": 3}
_NOUNS: Final = (("error", "error"), ("warning", "warning"), ("info", "hint"))


@dataclass
class Totals:
    """Counts of one run; ``detailed`` keeps a line for each file.

    ``all_excluded``: every file named was excluded; ``named``: files were named, no folder was searched for them.
    """

    detailed: bool = False
    all_excluded: bool = False
    named: bool = False
    files: int = 0
    size: int = 0
    statements: int = 0
    distinct: int = 0
    repeated: int = 0
    kept: int = 0
    unchanged_files: int = 0
    opaque: int = 0
    left_out: int = 0
    outdated: int = 0
    not_parsed: int = 0
    suppressed: int = 0
    known: int = 0
    gone: int = 0
    fixable: int = 0
    severities: Counter[str] = field(default_factory=Counter)
    dialects: Counter[str] = field(default_factory=Counter)
    rules: dict[tuple[str, str, Severity], list[int]] = field(default_factory=dict)
    spoken_of: set[str] = field(default_factory=set)
    skipped: list[SkippedFile] = field(default_factory=list)
    details: list[LintedFile] = field(default_factory=list)
    fixed: int = 0
    fixed_files: int = 0

    def skip(self, name: str, reason: str) -> None:
        """Note a file that was not looked at."""
        self.skipped.append(SkippedFile(path=name, reason=reason))

    def add_file(self, name: str, judged: JudgedFile, *, unchanged: bool = False) -> None:
        """Count a file that was looked at; one of which nothing could be is told as skipped.

        ``unchanged``: it is as it was in an earlier run.
        """
        if judged.left_out and not judged.count:
            self.skip(name, "; ".join(dict.fromkeys(judged.left_out)))
            return
        self.files += 1
        self.unchanged_files += unchanged
        self.left_out += len(judged.left_out)
        self.outdated += judged.outdated
        self.size += judged.size
        self.statements += judged.count
        self.opaque += judged.opaque
        self.not_parsed += judged.errors
        self.suppressed += judged.suppressed
        self.dialects[label(judged.dialect)] += 1
        if self.detailed:
            self.details.append(
                LintedFile(
                    path=name,
                    dialect=label(judged.dialect),
                    reason=judged.reason,
                    sets=judged.sets,
                    statements=judged.count,
                    notes=(*((judged.note,) if judged.note else ()), *judged.left_out),
                )
            )

    def add(self, diagnostic: Diagnostic) -> None:
        """Count a finding that is reported."""
        self.severities[diagnostic.severity] += 1
        fixable = diagnostic.fix is not None and diagnostic.fix.safe
        self.fixable += fixable
        counts = self.rules.setdefault((diagnostic.code, diagnostic.name, diagnostic.severity), [0, 0])
        counts[0] += 1
        counts[1] += fixable
        if diagnostic.span is not None:
            self.spoken_of.add(diagnostic.span.path)

    def payload(self, times: Mapping[str, Taken] | None = None) -> LintPayload:
        """Return the counts for a report; ``times`` is what each rule took by code, if it was measured."""
        rules = sorted(self.rules.items(), key=lambda one: (-one[1][0], one[0]))
        return LintPayload(
            files=self.files,
            size=self.size,
            statements=self.statements,
            distinct=self.distinct,
            repeated=self.repeated,
            kept=self.kept,
            unchanged_files=self.unchanged_files,
            not_parsed=self.not_parsed,
            opaque=self.opaque,
            left_out=self.left_out,
            outdated=self.outdated,
            suppressed=self.suppressed,
            known=self.known,
            gone=self.gone,
            errors=self.severities["error"],
            warnings=self.severities["warning"],
            infos=self.severities["info"],
            fixable=self.fixable,
            files_with_findings=len(self.spoken_of),
            dialects=dict(sorted(self.dialects.items(), key=lambda one: (-one[1], one[0]))),
            rules=tuple(
                RuleCount(
                    code=code,
                    name=name,
                    severity=severity,
                    count=count,
                    fixable=fixable,
                )
                for (code, name, severity), (count, fixable) in rules
            ),
            times=self._times(times or {}),
            skipped=tuple(self.skipped),
            details=tuple(self.details),
            fixed=self.fixed,
            fixed_files=self.fixed_files,
        )

    def _times(self, times: Mapping[str, Taken]) -> tuple[RuleTime, ...]:
        """Return what rules took, the dearest first."""
        found: Counter[str] = Counter()
        for (code, _, _), (count, _) in self.rules.items():
            found[code] += count
        dearest = sorted(times.items(), key=lambda one: (-one[1].seconds, one[0]))
        return tuple(
            RuleTime(code=code, name=taken.name, seconds=taken.seconds, calls=taken.calls, findings=found[code])
            for code, taken in dearest
        )

    def verdict(self, fail_on: str) -> Verdict:
        """Conclude: fail from the severity ``fail_on`` (error, warning, info, never) up; nothing read is no verdict."""
        found = [
            f"{self.severities[s]:,} {_plural(noun, self.severities[s])}" for s, noun in _NOUNS if self.severities[s]
        ]
        where = f"{len(self.spoken_of):,} of {self.files:,} files" if self.files != 1 else "1 file"
        headline = f"{', '.join(found)} in {where}" if found else f"no findings in {_count(self.files, 'file')}"
        if self.all_excluded:
            return Verdict(outcome="pass", headline="nothing to look at: every file that was named is excluded")
        reasons = [f"{skipped.path}: {skipped.reason}" for skipped in self.skipped[:20]]
        if self.named and not self.statements and self._holds_no_sql():
            # A hook names what changed, and that may be macros or comments alone; a folder without SQL is a mistake.
            return Verdict(
                outcome="pass", headline="nothing to look at: no SQL stands in what was named", reasons=tuple(reasons)
            )
        if not self.statements:
            return Verdict(outcome="inconclusive", headline=headline, reasons=tuple(reasons), undecidable=True)
        failing = any(count and ORDER[severity] >= ORDER[fail_on] for severity, count in self.severities.items())
        outcome = "fail" if failing else "warn" if self.severities["error"] or self.severities["warning"] else "pass"
        return Verdict(outcome=outcome, headline=headline, reasons=tuple(reasons))  # type: ignore[arg-type]

    def _holds_no_sql(self) -> bool:
        """Say whether files were skipped for want of SQL alone."""
        from perftool.lint.reading.templates import EMPTY

        return all(skipped.reason == EMPTY for skipped in self.skipped)


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {_plural(noun, count)}"
