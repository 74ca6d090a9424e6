"""Present a lint run: the verdict, what each rule found, what was not looked at, how it was done.

The findings themselves are drawn by each format as it reads them: there may be more than a document should hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.lint import LintPayload
from perftool.render import crew, finding_tables
from perftool.render import document as doc
from perftool.render.figures import count
from perftool.render.notes import Notes
from perftool.render.reasons import reasons
from perftool.units.display import format_bytes, format_duration

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn all of a lint run but its findings into a document."""
    payload = report.payload
    assert isinstance(payload, LintPayload)
    blocks: list[doc.Block] = [
        doc.Banner(report.verdict.outcome, report.verdict.headline, _aside(payload, report, options))
    ]
    if report.verdict.undecidable or not payload.skipped:
        # Else the reasons are the files that were not looked at, which have a list of their own.
        blocks += reasons(report.verdict)
    if payload.fixed:
        text = f"{count(payload.fixed, 'finding')} fixed in {count(payload.fixed_files, 'file')}"
        blocks.append(doc.Note(text, "good"))
    if payload.outdated:
        models = "1 model is newer" if payload.outdated == 1 else f"{payload.outdated:,} models are newer"
        text = f"{models} than what dbt compiled, so only the template was read: dbt compile shows what runs"
        blocks.append(doc.Note(text, "warn"))
    if payload.gone:
        text = f"{count(payload.gone, 'finding')} of the baseline no longer found: --save-baseline takes them out of it"
        blocks.append(doc.Note(text, "good"))
    by_rule = finding_tables.by_rule(payload)
    if by_rule.rows:
        blocks.append(doc.Section("findings by rule", (by_rule, *_fixable(payload)), detail=not options.statistics))
    by_time = finding_tables.by_time(payload)
    if by_time is not None:
        blocks.append(doc.Section("time by rule", (by_time,), detail=False))
    if payload.skipped:
        items = tuple(doc.Item(f"{one.path}: {one.reason}", "·", "warn") for one in payload.skipped)
        title = f"{count(len(items), 'file')} not looked at"
        blocks.append(doc.Section(title, (doc.Items(items),), detail=not options.show_skipped))
    if payload.details:
        blocks.append(doc.Section("dialects", (finding_tables.by_file(payload),)))
        notes = tuple(doc.Item(f"{one.path}: {note}", "·") for one in payload.details for note in one.notes)
        if notes:
            blocks.append(doc.Section("notes on files", (doc.Items(notes),)))
    blocks.append(doc.Section("how it was linted", (doc.KeyValues(_method(payload, report)),)))
    blocks += Notes(report.warnings).footnotes()
    return doc.Document("perftool lint", tuple(blocks))


def _aside(payload: LintPayload, report: Report, options: RenderOptions) -> str:
    listed = options.show_skipped or options.verbose
    skipped = f"{count(len(payload.skipped), 'file')} skipped" + ("" if listed else " (--show-skipped)")
    facts = [
        count(payload.statements, "statement"),
        _some(payload.repeated, "repeated"),
        _some(payload.not_parsed, "not analysed"),
        _parts(payload, options),
        _some(payload.suppressed, "suppressed"),
        _some(payload.known, "in the baseline"),
        skipped if payload.skipped else "",
    ]
    return ", ".join(fact for fact in facts if fact) + _time(payload, report)


def _time(payload: LintPayload, report: Report) -> str:
    """Return how long it took, and how much of it was known from an earlier run."""
    taken = next((m.values[0] for m in report.measurements if m.suite == "lint" and m.unit == "sec" and m.values), None)
    if taken is None:
        return ""
    share = (
        payload.unchanged_files / (payload.files or 1)
        if payload.unchanged_files
        else payload.kept / (payload.distinct or 1)
    )
    return f" · {format_duration(taken)} (cache {share * 100:.0f} %)"


def _some(number: int, what: str) -> str:
    return f"{number:,} {what}" if number else ""


def _parts(payload: LintPayload, options: RenderOptions) -> str:
    if not payload.left_out:
        return ""
    return count(payload.left_out, "part") + " left out" + ("" if options.verbose else " (-v)")


def _fixable(payload: LintPayload) -> tuple[doc.Note, ...]:
    if not payload.fixable:
        return ()
    have = "has" if payload.fixable == 1 else "have"
    text = f"[*] {count(payload.fixable, 'finding')} {have} a safe fix: perftool lint --diff shows it, --fix applies it"
    return (doc.Note(text, "muted"),)


def _method(payload: LintPayload, report: Report) -> tuple[tuple[str, str], ...]:
    dialects = sorted(payload.dialects.items(), key=lambda one: (-one[1], one[0]))
    parser = report.environment.packages.get("sqlglot", "")
    opaque = f"{count(payload.opaque, 'statement')} that the parser does not look into"
    items = (
        ("files", f"{payload.files:,}, {format_bytes(payload.size)}"),
        ("unchanged files", _some(payload.unchanged_files, "as in the last run")),
        ("statements", f"{payload.statements:,}, {payload.distinct:,} of them distinct"),
        ("from the cache", _some(payload.kept, "statements")),
        ("read by tokens", opaque if payload.opaque else ""),
        ("dialects", ", ".join(f"{name or 'any'} {count(files, 'file')}" for name, files in dialects)),
        ("workers", crew.workers(report.measurements, "lint")),
        ("linted", report.created),
        ("perftool", report.tool.version + (f", sqlglot {parser}" if parser else "")),
    )
    return tuple((name, text) for name, text in items if text)


PRESENT = present
