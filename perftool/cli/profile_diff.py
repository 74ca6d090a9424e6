"""Carry out ``perftool profile diff``: captures opened, compared, shown as a table or as a page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from perftool.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.cli.output import OutputOptions
    from perftool.config.schema import Settings
    from perftool.model.profile import ProfileDiffPayload
    from perftool.model.verdict import ReportWarning
    from perftool.profiling.capture import Capture
    from perftool.profiling.diff import Side
    from perftool.profiling.shares import Selection

# A folder of captures has a few for each side; a folder given by mistake should not be read through.
_MOST_FILES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to compare: each side is a capture, several joined by commas, or a folder of them."""

    before: str
    after: str
    value: str = ""
    per: Literal["capture", "share", "op"] | None = None
    focus: str = ""
    ignore: str = ""
    hide: str = ""
    labels: Sequence[str] = field(default_factory=tuple)
    web: bool = False


def run(request: Request, output: OutputOptions) -> int:
    """Show what differs, write the pages that were asked for, and return the exit code.

    raises: UsageError for what cannot be opened or is not in the captures, InputError for files without a capture.
    """
    from perftool.cli import capture_outputs, profile_page, session
    from perftool.cli.output import check, emit
    from perftool.profiling.diff import compared
    from perftool.profiling.diff_verdict import headline
    from perftool.render.profile_tables import NAMES
    from perftool.store import atomic

    pages, reports = capture_outputs.parted(output.outputs or ())
    if wrong := [str(one.path) for one in pages if one.format != "html"]:
        raise UsageError(f"{wrong[0]}: a difference is no capture", hint="write the page diff.html, or a report")
    output = replace(output, outputs=reports)
    check(output, "profile-diff")
    settings = session.settings()
    before, after = _sides(request, settings)
    payload = compared(
        before,
        after,
        value=request.value,
        per=request.per,
        confidence=settings.compare.confidence,
        root=str(settings.root),
    )
    steps = []
    if pages or request.web:
        page = _page(before, after, payload)
        for one in pages:
            atomic.write_bytes(one.path, page)
        steps += [f"written {one.path}" for one in pages]
        if request.web:
            steps += profile_page.show_page(page, "diff", settings)
    else:
        steps.append(f"next    perftool profile diff {request.before} {request.after} --web")
    what = NAMES.get(payload.value, payload.value)
    report = session.plain_report(payload, headline(payload, what), settings, warnings=_doubts(before, after))
    return emit(report, replace(output, next_steps=(*output.next_steps, *steps)))


def _page(before: Side, after: Side, payload: ProfileDiffPayload) -> bytes:
    from perftool.profiling.flame import diff_page

    page = diff_page(
        before.captures,
        after.captures,
        labels=payload.labels,
        value=payload.value,
        measure="share" if payload.per == "share" else "weight",
        operations=(sum(before.operations), sum(after.operations)) if payload.per == "op" else (0, 0),
        changed=[row.function for row in payload.rows if row.changed],
        sure=[row.function for row in payload.rows if row.sure],
    )
    return page.encode()


def _sides(request: Request, settings: Settings) -> tuple[Side, Side]:
    """Open both sides; what is looked at is chosen before repeats are told apart."""
    from perftool.cli.profile_view import selection_labels
    from perftool.profiling.diff import side
    from perftool.profiling.shares import Selection

    selection = Selection(
        focus=request.focus, ignore=request.ignore, hide=request.hide, labels=selection_labels(request.labels)
    )
    opened = [_open(name, settings, selection) for name in (request.before, request.after)]
    names = [label for label, _ in opened]
    if names[0] == names[1]:
        names = _apart(request.before, request.after)
    first, second = (side(name, captures) for name, (_, captures) in zip(names, opened, strict=True))
    return first, second


def _open(name: str, settings: Settings, selection: Selection) -> tuple[str, list[Capture]]:
    """Return what to call a side, and its captures."""
    from perftool.cli import profile_files
    from perftool.profiling.shares import selected

    path = Path(name)
    if path.is_dir():
        names = _members(path)
        label = path.name or path.resolve().name
    else:
        names = [name] if path.exists() or "," not in name else [one for one in name.split(",") if one]
        label = ""
    if not names:
        raise UsageError("no capture is named", hint="perftool profile diff before.pb.gz after.pb.gz")
    opened = [profile_files.opened(one, settings) for one in names]
    more = f" and {len(opened) - 1} more" if len(opened) > 1 else ""
    shown = label or Path(opened[0].name).name + more
    return shown, [selected(one.capture, selection) for one in opened]


def _members(folder: Path) -> list[str]:
    """Return the captures of a folder by their suffix, sorted by name.

    raises: UsageError when it has none, or more than anyone compares.
    """
    from perftool.profiling import files

    suffixes = tuple(suffix for reader in files.readable() for suffix in reader.suffixes)
    try:
        found = sorted(
            str(path) for path in folder.iterdir() if path.name.lower().endswith(suffixes) and path.is_file()
        )
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot open the folder {folder}: {reason}") from error
    if not found:
        raise UsageError(f"no capture in the folder {folder}", hint="captures end in " + ", ".join(suffixes))
    if len(found) > _MOST_FILES:
        raise InputError(f"{folder}: {len(found):,} files, more than the {_MOST_FILES} that are compared at once")
    return found


def _apart(before: str, after: str) -> list[str]:
    """Return names that tell two sides apart whose files are called the same."""
    from perftool.cli.compare_inputs import shown_names

    firsts = [one if Path(one).exists() else one.split(",")[0] for one in (before, after)]
    if firsts[0] == firsts[1]:
        return ["before", "after"]
    names = shown_names(firsts)
    more = [
        f" and {one.count(',')} more" if one != first else ""
        for one, first in zip((before, after), firsts, strict=True)
    ]
    return [names[first] + rest for first, rest in zip(firsts, more, strict=True)]


def _doubts(before: Side, after: Side) -> list[ReportWarning]:
    """Return what the captures say that they could not see, and what makes the two sides unlike each other."""
    from perftool.model.verdict import ReportWarning

    found = []
    engines = [sorted({one.engine for one in side.captures if one.engine}) for side in (before, after)]
    if all(engines) and engines[0] != engines[1]:
        told = " and ".join("/".join(names) for names in engines)
        found.append(ReportWarning(code="engines-differ", message=f"taken by {told}, which see different things"))
    pythons = [sorted({one.facts.get("python", "") for one in side.captures} - {""}) for side in (before, after)]
    if all(pythons) and pythons[0] != pythons[1]:
        told = " and ".join("/".join(names) for names in pythons)
        message = f"taken under {told}, whose byte code differs: 'code changed' says nothing"
        found.append(ReportWarning(code="pythons-differ", message=message))
    for one in (before, after):
        doubts = dict.fromkeys(doubt for capture in one.captures for doubt in capture.doubts)
        found += [ReportWarning(code=code, message=message, subject=one.label) for code, message in doubts]
    return found
