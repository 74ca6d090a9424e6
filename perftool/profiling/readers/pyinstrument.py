"""Read the sessions that pyinstrument saves (``.pyisession``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.profiling import opened
from perftool.profiling.api import Reader
from perftool.profiling.sessions import capture_of, decoded

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.capture import Capture


def recognises(name: str, head: bytes) -> bool:
    """Say whether a file is a session: JSON with the stack that it was started from, or what its name says."""
    starts = head.lstrip()[:1] == b"{"
    return starts and (b'"start_call_stack"' in head or name.lower().endswith(".pyisession"))


def read(path: Path) -> Capture:
    """Return the capture in a session file.

    raises: InputError when it is damaged.
    """
    return capture_of(decoded(opened.content(path), name=str(path)))


READER = Reader(name="pyinstrument", suffixes=(".pyisession",), recognises=recognises, read=read)
