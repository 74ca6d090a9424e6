"""Profiles that a run took beside its samples, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.figures import bare, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.profile import CaptureReference

_WORDS: Final = {"cpu": "CPU", "wall": "wall time", "memory": "memory"}


def blocks(captures: Sequence[CaptureReference]) -> list[doc.Block]:
    """Return a section with the profiles of each case, none where there are none."""
    if not captures:
        return []
    items: dict[str, list[str]] = {}
    for one in captures:
        name = "/".join([one.suite, one.case, *(f"{k}={v}" for k, v in one.parameters.items())])
        items.setdefault(name, []).append(_told(one))
    title = f"{count(len(captures), 'profile')}, found by digest"
    return [doc.Section(title, (doc.KeyValues(tuple((name, "; ".join(told)) for name, told in items.items())),))]


def _told(one: CaptureReference) -> str:
    """Say ``CPU 5,120 operations, 14.1 KiB (0e7f…)``."""
    side = f" of {one.side}" if one.side else ""
    return (
        f"{_WORDS[one.measures]}{side}: {count(one.operations, 'operation')}, {bare(one.size, 'B')} ({one.digest[:12]})"
    )
