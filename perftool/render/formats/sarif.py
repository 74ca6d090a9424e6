"""SARIF 2.1.0: the findings of a lint run for code scanning services and editors, one result a line.

source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", errata 01
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from perftool.model.lint import LintPayload
from perftool.render.api import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perftool.model.diagnostic import Diagnostic, Fix, Span
    from perftool.model.lint import RuleCount
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_ROOT: Final = "%SRCROOT%"
_FINGERPRINT: Final = "perftoolFinding/v1"
# ``[text](target)`` in a message is a link (3.11.6), which nothing in SQL is meant to be.
_LINK: Final = re.compile(r"\[(?=[^\]]*\]\()")
_HIDDEN: Final = re.compile(r"[^\x20-\x7e]")
Json = dict[str, Any]


def render(report: Report, options: RenderOptions) -> str:
    """Return a log with one run."""
    return "".join(pieces(report, options))


def pieces(report: Report, options: RenderOptions) -> Iterator[str]:
    """Return what ``render`` returns bit by bit."""
    from perftool.render.portions import portions

    return portions(_lines(report, options))


def _lines(report: Report, options: RenderOptions) -> Iterator[str]:
    payload = report.payload
    assert isinstance(payload, LintPayload)
    encode = _encoder(options)
    run = encode(_run(report, payload)).removesuffix("}")
    yield f'{{"$schema":{encode(_SCHEMA)},"version":"2.1.0","runs":[\n{run},"results":['
    rules = {one.code: index for index, one in enumerate(payload.rules)}
    lead = "\n"
    for one in report.diagnostics:
        yield lead + encode(_result(one, rules))
        lead = ",\n"
    yield "\n]}]}\n"


def _encoder(options: RenderOptions) -> Callable[[Any], str]:
    """Return a function that writes one value; what cannot be seen is escaped: it neither acts nor is lost."""
    encode = json.JSONEncoder(ensure_ascii=options.ascii_only, separators=(",", ":")).encode

    def escaped(value: Any) -> str:
        text = encode(value)
        if text.isprintable():
            return text
        return _HIDDEN.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], text)

    return escaped


def _run(report: Report, payload: LintPayload) -> Json:
    driver: Json = {"name": report.tool.name, "version": report.tool.version}
    driver["rules"] = [_rule(one) for one in payload.rules]
    notifications = [
        {"level": "warning", "message": _message(f"not looked at: {one.reason}"), "locations": [_location(one.path)]}
        for one in payload.skipped
    ]
    for doubt in report.warnings:
        text = f"{doubt.subject}: {doubt.message}" if doubt.subject else doubt.message
        notifications.append({"level": "warning", "message": _message(text), "descriptor": {"id": doubt.code}})
    invocation: Json = {"executionSuccessful": not report.verdict.undecidable, "endTimeUtc": report.created}
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    return {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that perftool was run in."}}},
        "properties": {
            "verdict": report.verdict.outcome,
            "headline": report.verdict.headline,
            "files": payload.files,
            "statements": payload.statements,
        },
    }


def _rule(rule: RuleCount) -> Json:
    text = rule.name.replace("-", " ") or rule.code
    return {
        "id": rule.code,
        "name": rule.name or rule.code,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": f"perftool lint --explain {rule.code}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["sql"]},
    }


def _result(one: Diagnostic, rules: dict[str, int]) -> Json:
    result: Json = {"ruleId": one.code}
    if one.code in rules:
        result["ruleIndex"] = rules[one.code]
    result["level"] = _LEVELS[one.severity]
    result["message"] = _message(f"{one.message}; do: {one.help}" if one.help else one.message)
    if one.span is not None:
        result["locations"] = [_location(one.span.path, one.span)]
    if one.key:
        result["partialFingerprints"] = {_FINGERPRINT: one.key}
    if one.fix is not None and one.fix.edits and one.span is not None:
        result["fixes"] = [_fix(one.fix, one.span.path, one.help or one.message)]
    if one.evidence:
        result["properties"] = dict(one.evidence)
    return result


def _message(text: str) -> Json:
    return {"text": _LINK.sub(r"\\[", text)}


def _location(path: str, span: Span | None = None) -> Json:
    place: Json = {"artifactLocation": _artifact(path)}
    if span is not None:
        region = {"startLine": span.line, "startColumn": span.column}
        if span.end_column:
            region |= {"endLine": span.end_line, "endColumn": span.end_column}
        place["region"] = {**region, **_bytes(span.start, span.end)}
    return {"physicalLocation": place}


def _artifact(path: str) -> Json:
    from urllib.parse import quote

    try:
        name = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        name = path.encode("utf-8", "surrogatepass")
    return {"uri": quote(name, safe="/"), "uriBaseId": _ROOT}


def _bytes(start: int, end: int) -> Json:
    return {"byteOffset": start, "byteLength": end - start}


def _fix(fix: Fix, path: str, what: str) -> Json:
    replacements: list[Json] = []
    for edit in fix.edits:
        replacement: Json = {"deletedRegion": _bytes(edit.start, edit.end)}
        if edit.text:
            replacement["insertedContent"] = {"text": edit.text}
        replacements.append(replacement)
    return {
        "description": _message(what),
        "artifactChanges": [{"artifactLocation": _artifact(path), "replacements": replacements}],
        "properties": {"safe": fix.safe},
    }


FORMAT = Format(
    name="sarif", suffixes=(".sarif", ".sarif.json"), kinds=frozenset({"lint"}), render=render, pieces=pieces
)
