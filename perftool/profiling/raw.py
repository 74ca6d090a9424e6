"""Captures as the profiled process says them: plain JSON, because nothing of perftool runs there."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from perftool.errors import InputError
from perftool.profiling.capture import Capture

VERSION: Final = 1


def capture_of(table: dict[str, Any], *, name: str) -> Capture:
    """Return the capture in ``table``: the fields of ``Capture`` as JSON has them, and ``version``.

    ``name`` says whose it is, for messages.
    raises: InputError when it is of another version, or indexes point nowhere.
    """
    if table.get("version") != VERSION:
        raise InputError(f"{name}: the profiled process wrote version {table.get('version')!r} of its table")
    plain = {key: value for key, value in table.items() if key != "version"}
    try:
        capture = msgspec.convert(plain, Capture)
    except msgspec.ValidationError as error:
        raise InputError(f"{name}: not a table of stacks: {error}") from error
    if not _closed(capture):
        raise InputError(f"{name}: not a table of stacks: an index points nowhere")
    return capture


def table_of(capture: Capture) -> dict[str, Any]:
    """Return ``capture`` as ``capture_of`` reads it."""
    plain: dict[str, Any] = msgspec.to_builtins(capture)
    return {"version": VERSION, **plain}


def _closed(capture: Capture) -> bool:
    kinds = len(capture.value_types)
    return (
        all(0 <= frame.function < len(capture.functions) for frame in capture.frames)
        and all(0 <= at < len(capture.frames) for stack in capture.stacks for at in stack)
        and all(
            0 <= s.stack < len(capture.stacks) and 0 <= s.labels < len(capture.labels) and len(s.values) == kinds
            for s in capture.samples
        )
        and 0 <= capture.default < max(kinds, 1)
    )
