"""Read a capture: in the terminal, in the browser, or written in another format."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.cli.output import OutputOptions
    from perftool.model.profile_view import ProfileViewPayload
    from perftool.model.verdict import ReportWarning
    from perftool.profiling.capture import Capture
    from perftool.profiling.viewing import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to show of which capture; without a view the top functions, unless it is only written to files."""

    name: str
    top: bool = False
    tree: bool = False
    listed: str | None = None
    peek: str | None = None
    web: bool = False
    value: str = ""
    focus: str = ""
    ignore: str = ""
    hide: str = ""
    labels: Sequence[str] = field(default_factory=tuple)
    lines: bool = False
    order: Literal["own", "total"] = "own"
    rows: int | None = None
    depth: int = 0
    min_share: float | None = None
    everything: bool = False

    @property
    def asks(self) -> bool:
        """Say whether a view was asked for by name."""
        return self.top or self.tree or self.listed is not None or self.peek is not None


def run(request: Request, output: OutputOptions) -> int:
    """Show the capture, or write it, and return the exit code.

    raises: UsageError for names, patterns and formats that do not exist; InputError for a file without a capture.
    """
    from perftool.cli import profile_files, session
    from perftool.cli.output import check, emit
    from perftool.errors import EXIT_OK
    from perftool.profiling.sources import Sources
    from perftool.profiling.viewing import looked_at, view

    captures, reports = _parted(output.outputs or ())
    shown = request.asks or not (captures or request.web) or bool(reports or output.formats)
    output = replace(output, outputs=reports)
    if shown:
        check(output, "profile-view")
    settings = session.settings()
    opened = profile_files.opened(request.name, settings)
    wanted = _wanted(request)
    steps = []
    if captures or request.web:
        chosen = looked_at(opened.capture, wanted.selection)
        steps += [f"written {path}" for path in _written(chosen, captures)]
        if request.web:
            from perftool.cli.profile_page import show

            steps += show(chosen, opened.path, settings)
    output = replace(output, next_steps=(*output.next_steps, *steps))
    if not shown:
        _say(output)
        return EXIT_OK
    root = settings.root
    payload = view(opened.capture, wanted, name=opened.name, root=str(root), sources=Sources(_roots(root)))
    report = session.plain_report(payload, _headline(payload), settings, warnings=_doubts(opened.capture))
    return emit(report, output)


def _say(output: OutputOptions) -> None:
    import sys

    if not output.quiet:
        sys.stderr.write("".join(f"{line}\n" for line in output.next_steps))


def _parted(outputs: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the files that are captures by their suffix, and those that are reports."""
    from perftool.profiling import files
    from perftool.render import dispatch

    captures: list[str] = []
    reports: list[str] = []
    for one in outputs:
        named, equals, _ = one.partition("=")
        is_report = bool(equals) and named in dispatch.names()
        (captures if not is_report and files.fits(one) is not None else reports).append(one)
    return captures, reports


def _written(capture: Capture, outputs: Sequence[str]) -> list[str]:
    from perftool.profiling import files

    for one in outputs:
        files.write(capture, Path(one))
    return list(outputs)


def _wanted(request: Request) -> Wanted:
    from perftool.profiling.shares import Selection
    from perftool.profiling.tree import MIN_SHARE, Shape
    from perftool.profiling.viewing import Wanted

    selection = Selection(
        value=request.value,
        focus=request.focus,
        ignore=request.ignore,
        hide=request.hide,
        labels=selection_labels(request.labels),
        lines=request.lines,
    )
    least = MIN_SHARE if request.min_share is None else request.min_share / 100
    return Wanted(
        top=request.top or not request.asks,
        tree=request.tree,
        listed=request.listed,
        peeked=request.peek,
        order=request.order,
        rows=request.rows,
        shape=Shape(min_share=least, depth=request.depth, everything=request.everything),
        selection=selection,
    )


def selection_labels(given: Sequence[str]) -> dict[str, str]:
    """Return the labels that ``--label KEY=VALUE`` asks for.

    raises: UsageError for what has no key.
    """
    labels = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key:
            raise UsageError(f"--label {one!r} is not KEY=VALUE", hint="for example --label thread=MainThread")
        labels[key] = value
    return labels


def _roots(root: Path) -> tuple[Path, ...]:
    """Return where sources are looked for that are not where the capture saw them: the project, installed packages."""
    import sysconfig

    found = sysconfig.get_paths()
    return (root, *dict.fromkeys(Path(found[key]) for key in ("purelib", "platlib", "stdlib") if key in found))


def _headline(payload: ProfileViewPayload) -> str:
    """Say what the capture holds, and how much of it is looked at."""
    from perftool.render.figures import count
    from perftool.render.profile_tables import NAMES, share, weight

    held = f"{weight(payload.whole, payload.unit)} {NAMES.get(payload.value, payload.value)}"
    if payload.selection and payload.whole:
        held = f"{weight(payload.seen, payload.unit)} ({share(payload.seen / payload.whole)}) of {held}"
    parts = [
        held,
        count(payload.samples, "sample") if payload.samples is not None and payload.value != "samples" else "",
    ]
    return ", ".join(part for part in parts if part)


def _doubts(capture: Capture) -> tuple[ReportWarning, ...]:
    from perftool.model.verdict import ReportWarning

    return tuple(ReportWarning(code=code, message=message) for code, message in capture.doubts)
