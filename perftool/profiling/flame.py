"""The flame graph as one HTML page: of a capture, or of what changed between two groups of captures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from perftool.errors import InputError
from perftool.profiling.capture import Capture, merged
from perftool.profiling.flame_table import Table
from perftool.units.display import format_duration, format_percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.profiling.capture import Function, ValueType

_LISTED: Final = 30
# Whatever a name in a capture contains, the page may load nothing and run nothing but what is named by its digest.
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


def page(capture: Capture, *, title: str = "") -> str:
    """Return the flame graph of ``capture`` as a page that needs nothing else; ``title`` is the target if not said."""
    table = Table(capture.value_types)
    table.add([capture])
    told: dict[str, Any] = {
        "title": title or capture.facts.get("target", "") or "profile",
        "default": capture.default,
        "facts": _facts(capture),
        "about": _about([("", [capture])]),
    }
    return _page(table, told, _listing(capture))


def diff_page(
    before: Sequence[Capture],
    after: Sequence[Capture],
    *,
    labels: tuple[str, str] = ("before", "after"),
    value: str = "",
    measure: str = "share",
    operations: tuple[int, int] = (0, 0),
    changed: Iterable[str] = (),
    sure: Iterable[str] | None = None,
) -> str:
    """Return one flame graph of two groups of captures, coloured by what changed.

    Weights are those of a mean capture, or of one operation where both numbers of ``operations`` are known. ``value``
    is the kind of value type to begin with, ``measure`` "share" or "weight"; ``changed`` are names of functions whose
    code differs, ``sure`` of those whose own weight changed by more than chance would do, None where that is not known.
    raises: InputError when the groups have no value type in common.
    """
    types = _common(before, after)
    table = Table(types)
    counted = all(operations)
    for group, number in zip((before, after), operations, strict=True):
        table.add(group, scale=1 / (number if counted else len(group)))
    first = merged(after)
    kinds = [one.kind for one in types]
    usual = first.value_types[first.default].kind
    wanted = value if value in kinds else usual
    told: dict[str, Any] = {
        "title": f"{labels[0]} → {labels[1]}",
        "default": kinds.index(wanted) if wanted in kinds else 0,
        "measure": measure,
        "facts": ["per operation"] if counted else _repeats(before, after),
        "about": _about([(f"{labels[0]}: ", before), (f"{labels[1]}: ", after)]),
        "changed": sorted(changed),
        "sure": None if sure is None else sorted(sure),
    }
    return _page(table, told, "")


def _page(table: Table, told: dict[str, Any], listing: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    from perftool.profiling import page as parts

    script = parts.script()
    digest = b64encode(sha256(script.encode()).digest()).decode()
    data = table.encoded(told)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY.format(digest)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n'
        f"<title>{_text(told['title'])} · flame graph</title>\n<style>\n{parts.part('style.css')}</style>\n</head>\n"
        f'<body class="waiting">\n{parts.part("body.html")}'
        f"<noscript><p>The flame graph needs a script, which is part of this file.</p>{listing}</noscript>\n"
        f'<script type="text/plain" id="data">{data}</script>\n<script>{script}</script>\n</body>\n</html>\n'
    )


def _common(before: Sequence[Capture], after: Sequence[Capture]) -> list[ValueType]:
    """Return the value types that every capture has, in the order of the first."""
    every = [*before, *after]
    types = [one for one in every[0].value_types if all(one in other.value_types for other in every)]
    if not types:
        sides = " and ".join(", ".join(one.kind for one in group[0].value_types) for group in (before, after))
        raise InputError(f"the two profiles measure nothing in common: {sides}")
    return types


def _facts(capture: Capture) -> list[str]:
    processes = {value for labels in capture.labels for key, value in labels if key == "pid"}
    found = [f"{len(processes)} processes"] if len(processes) > 1 else []
    found += [f"{format_duration(capture.duration_ns / 1e9)} wall time"] if capture.duration_ns else []
    return [*found, capture.engine] if capture.engine else found


def _repeats(before: Sequence[Capture], after: Sequence[Capture]) -> list[str]:
    if len(before) == len(after) == 1:
        return []
    return [f"means of {len(before)} and {len(after)} captures"]


def _about(groups: Iterable[tuple[str, Sequence[Capture]]]) -> list[tuple[str, str]]:
    """Return what there is to say of how captures were taken, each with its name."""
    found: list[tuple[str, str]] = []
    for prefix, captures in groups:
        one = merged(captures)
        at = one.index("samples")
        facts = [
            one.engine,
            f"{one.facts['rate']} samples per second" if "rate" in one.facts else "",
            f"{one.total(at):,} samples" if at is not None else "",
            f"{len(captures)} captures" if len(captures) > 1 else "",
            _date(one.started_ns),
        ]
        found.append((f"{prefix}taken by", ", ".join(fact for fact in facts if fact) or "unknown"))
        found += [(f"{prefix}doubt", message) for _, message in one.doubts]
    widths = "wide = much; next to each other by weight, not by time"
    return [*found, ("frames", f"below each function what it called; {widths}")]


def _date(started_ns: int) -> str:
    from datetime import UTC, datetime

    if not started_ns:
        return ""
    return datetime.fromtimestamp(started_ns / 1e9, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _listing(capture: Capture) -> str:
    """Return the heaviest functions as a table, for readers without scripts."""
    if not capture.value_types:
        return ""
    whole = capture.total() or 1
    own: dict[Function, int] = {}
    for sample in capture.samples:
        stack = capture.stacks[sample.stack]
        if stack:
            leaf = capture.function_of(stack[-1])
            own[leaf] = own.get(leaf, 0) + sample.values[capture.default]
    rows = "".join(
        f"<tr><td>{format_percent(value / whole)}</td><td>{_text(function.name)}</td></tr>"
        for function, value in sorted(own.items(), key=lambda one: (-one[1], one[0]))[:_LISTED]
    )
    return f"<table><tr><th>own</th><th>function</th></tr>{rows}</table>"


def _text(text: str) -> str:
    # What cannot be printed could reorder or hide what stands beside it.
    return escape("".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text), quote=True)
