"""Choose a format by name or file and a presenter by kind, loading only what is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from perftool import discovery
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perftool.model.report import Report
    from perftool.render.api import Format, RenderOptions
    from perftool.render.document import Document

FORMATS = "perftool.render.formats"
PRESENTERS = "perftool.render.presenters"
# Their presenters show the findings themselves: there may be more than a list should hold, or each has its place.
_OF_FINDINGS = frozenset({"lint", "query"})


def names() -> tuple[str, ...]:
    """Return the names of all formats as the command line spells them, sorted."""
    return tuple(_spelled(module) for module in discovery.names(FORMATS))


def find(name: str) -> Format:
    """Return the format called ``name``; hyphen and underscore are the same.

    raises: UsageError naming the nearest one when there is none.
    """
    module = name.strip().lower().replace("-", "_")
    if module not in discovery.names(FORMATS):
        raise discovery.unknown("format", name, names())
    return cast("Format", discovery.load(FORMATS, module, "FORMAT", what="format"))


def available(kind: str) -> tuple[str, ...]:
    """Return the names of the formats that can show a report of ``kind``.

    cost: imports every format.
    """
    return tuple(name for name in names() if _shows(find(name), kind))


def format_for_path(path: str) -> str:
    """Return the name of the format that the suffix of ``path`` asks for; the longest suffix wins.

    raises: UsageError when no format has this suffix.
    cost: imports every format.
    """
    lowered = path.lower()
    known = {suffix: name for name in names() for suffix in find(name).suffixes}
    fitting = [suffix for suffix in known if lowered.endswith(suffix)]
    if not fitting:
        hint = "name it with --format, or end it in " + ", ".join(sorted(known))
        raise UsageError(f"{path}: no format has this file suffix", hint=hint)
    return known[max(fitting, key=len)]


def check(kind: str, format_name: str) -> None:
    """Make sure before long work that ``format_name`` exists and can show reports of ``kind``.

    raises: UsageError naming the formats that can.
    """
    _require(find(format_name), kind)


def render(report: Report, format_name: str, options: RenderOptions) -> str | bytes:
    """Return ``report`` in the format called ``format_name``.

    raises: UsageError for an unknown format, or one that cannot show this kind of report.
    """
    chosen = find(format_name)
    _require(chosen, report.kind)
    return chosen.render(report, options)


def pieces(report: Report, format_name: str, options: RenderOptions) -> Iterator[str | bytes]:
    """Return ``report`` in the format called ``format_name`` bit by bit, in one piece where the format knows no other.

    What can be refused is refused here, not while the pieces are taken.
    raises: UsageError for an unknown format, or one that cannot show this kind of report.
    """
    chosen = find(format_name)
    _require(chosen, report.kind)
    if chosen.pieces is not None:
        return chosen.pieces(report, options)
    return iter((chosen.render(report, options),))


def messages(report: Report, format_name: str, options: RenderOptions) -> str:
    """Return what the format says on standard error beside the report; mostly nothing."""
    chosen = find(format_name)
    _require(chosen, report.kind)
    return chosen.messages(report, options) if chosen.messages else ""


def present(report: Report, options: RenderOptions) -> Document:
    """Return the document that says what ``report`` holds: what its presenter makes of it, then its diagnostics."""
    found = discovery.load(PRESENTERS, report.kind.replace("-", "_"), "PRESENT", what="kind of report")
    presenter = cast("Callable[[Report, RenderOptions], Document]", found)
    document = presenter(report, options)
    if report.kind in _OF_FINDINGS or not report.diagnostics:
        return document
    import msgspec

    from perftool.render.findings import findings

    return msgspec.structs.replace(document, blocks=(*document.blocks, *findings(report.diagnostics)))


def _shows(chosen: Format, kind: str) -> bool:
    return chosen.kinds is None or kind in chosen.kinds


def _require(chosen: Format, kind: str) -> None:
    if not _shows(chosen, kind):
        raise UsageError(
            f"format {chosen.name!r} cannot show a report of kind {kind!r}",
            hint="formats that can: " + ", ".join(available(kind)),
        )


def _spelled(module: str) -> str:
    return module.replace("_", "-")
