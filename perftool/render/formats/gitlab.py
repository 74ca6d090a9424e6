"""GitLab Code Quality: what fails, warns or is undecided, and what was found in SQL, as findings of a merge request.

source: docs.gitlab.com, "Code Quality", section "Code Quality report format"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from perftool.model.diagnostic import Span
from perftool.render.api import Format
from perftool.render.visible import to_ascii, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.model.comparison import ComparisonPayload
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

_SEVERITIES: Final = {"fail": "major", "warn": "minor", "inconclusive": "info"}
_LEVELS: Final = {"error": "major", "warning": "minor", "info": "info"}
_CHECKS: Final = {"fail": "regression", "warn": "slowdown", "inconclusive": "undecided"}
# Where nothing tells a file of the project: GitLab wants one.
_NOWHERE: Final = ("perftool.toml", 1)
Place = tuple[str, int] | Span
Finding = tuple[str, str, str, Place, str]


def render(report: Report, options: RenderOptions) -> str:
    """Return a JSON array, empty when there is nothing to tell.

    A fingerprint stays the same from run to run, whatever was measured, so that GitLab tells old findings from new.
    """
    return "".join(pieces(report, options))


def pieces(report: Report, options: RenderOptions) -> Iterator[str]:
    """Return what ``render`` returns bit by bit."""
    from perftool.model.comparison import ComparisonPayload
    from perftool.render.portions import portions

    payload = report.payload
    if not isinstance(payload, ComparisonPayload):
        return portions(_array(_linted(report, options), options))
    found = [] if options.quiet else [*_rows(payload), *_one_sided(report, payload)]
    if _failed(report) and not any(severity == "major" for _, severity, *_ in found):
        # A verdict that no row explains must not get lost.
        found.append(_verdict(report, _fallback(payload)))
    return portions(_array(found, options))


def _failed(report: Report) -> bool:
    return report.verdict.outcome == "fail" or report.verdict.undecidable


def _verdict(report: Report, place: Place) -> Finding:
    text = "; ".join([report.verdict.headline, *report.verdict.reasons[:3]])
    return ("verdict", "major", text, place, "verdict")


def _array(found: Iterable[Finding], options: RenderOptions) -> Iterator[str]:
    import json
    from hashlib import sha256

    # The first half of each digest is enough to count by, and small: there may be very many.
    seen: dict[int, int] = {}
    lead = "[\n"
    for one in found:
        identity = one[-1].encode("utf-8", "surrogatepass")
        half = int.from_bytes(sha256(identity).digest()[:8])
        seen[half] = seen.get(half, 0) + 1
        entry = json.dumps(_entry(one, seen[half], options), ensure_ascii=options.ascii_only, indent=2)
        yield lead + "  " + entry.replace("\n", "\n  ")
        lead = ",\n"
    yield "\n]\n" if seen else "[]\n"


def _entry(finding: Finding, ordinal: int, options: RenderOptions) -> dict[str, Any]:
    from hashlib import sha256

    check, severity, text, place, identity = finding
    shown = visible(text)
    # Two findings with one fingerprint would be shown as one.
    identity += f"\0{ordinal}" if ordinal > 1 else ""
    return {
        "description": to_ascii(shown) if options.ascii_only else shown,
        "check_name": f"perftool/{check}",
        "fingerprint": sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        "severity": severity,
        "location": _location(place),
    }


def _location(place: Place) -> dict[str, Any]:
    """Return lines or positions: GitLab takes only one of them."""
    if not isinstance(place, Span):
        return {"path": visible(place[0]), "lines": {"begin": place[1]}}
    ends = [("begin", place.line, place.column)]
    if place.end_column:
        ends.append(("end", place.end_line, place.end_column))
    positions = {name: {"line": line, "column": column} for name, line, column in ends}
    return {"path": visible(place.path), "positions": positions}


def _linted(report: Report, options: RenderOptions) -> Iterator[Finding]:
    for one in () if options.quiet else report.diagnostics:
        help_ = "; do: " + " ".join(one.help.split("\n")) if one.help else ""
        text = f"{one.code} {one.name}".rstrip() + f": {one.message}{help_}"
        path = one.span.path if one.span else ""
        identity = "\0".join(["lint", path, one.key or f"{one.code}\0{one.message}"])
        yield (one.code, _LEVELS[one.severity], text, one.span or _NOWHERE, identity)
    if _failed(report) and (options.quiet or not report.diagnostics):
        yield _verdict(report, _NOWHERE)


def _rows(payload: ComparisonPayload) -> Iterator[Finding]:
    from perftool.render.gated import judged

    places = _places(payload)
    several = len(payload.columns) > 2
    for one in judged(payload):
        outcome = one.change.outcome
        if not one.gates or outcome not in _SEVERITIES:
            continue
        column = one.column if several else ""
        text = f"{one.name}{f' ({column})' if column else ''}: {one.text}"
        identity = "\0".join(["row", one.table, one.name, one.unit, column])
        yield (_CHECKS[outcome], _SEVERITIES[outcome], text, places.get(one.name, _fallback(payload)), identity)


def _one_sided(report: Report, payload: ComparisonPayload) -> Iterator[Finding]:
    places = _places(payload)
    for one in payload.unmatched:
        # Whether it fails is told by the verdict alone.
        failing = any(reason.startswith(f"✗ {one.name}: ") for reason in report.verdict.reasons)
        what = f"cannot be measured in {one.column}: {one.reason}" if one.reason else f"is {one.state}"
        identity = "\0".join(["one-sided", one.name, one.unit, one.state])
        unit = f" ({one.unit})" if one.unit else ""
        place = places.get(one.name, _fallback(payload))
        yield (one.state, "major" if failing else "minor", f"{one.name}{unit} {what}", place, identity)


def _places(payload: ComparisonPayload) -> dict[str, tuple[str, int]]:
    """Return file and line of each benchmark by its name, where one run measured both sides."""
    found: dict[str, tuple[str, int]] = {}
    for case in payload.run.cases if payload.run is not None else ():
        path, _, line = (case.source or "").rpartition(":")
        if path and line.isdecimal() and _relative(path):
            name = "/".join([case.suite, case.case, *(f"{key}={value}" for key, value in case.parameters.items())])
            found[name] = (path.replace("\\", "/"), max(1, int(line)))
    return found


def _fallback(payload: ComparisonPayload) -> tuple[str, int]:
    """Return the file that the last column was read from, if it is one of the project."""
    sources = payload.columns[-1].sources if payload.columns and payload.run is None else ()
    return next(((source, 1) for source in sources if _relative(source)), _NOWHERE)


def _relative(path: str) -> bool:
    """Tell whether ``path`` stays inside the project; one without an ending is rather a name than a file."""
    pieces = path.replace("\\", "/").split("/")
    return "." in pieces[-1] and pieces[0] != "" and ":" not in pieces[0] and ".." not in pieces


FORMAT = Format(name="gitlab", suffixes=(), kinds=frozenset({"compare", "lint"}), render=render, pieces=pieces)
