"""A flame graph in one HTML file, which needs no network and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.profiling.api import Writer
from perftool.profiling.flame import page

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture


def write(capture: Capture) -> bytes:
    """Return the page of ``capture``."""
    return page(capture).encode()


WRITER = Writer(name="html", suffixes=(".html", ".htm"), write=write)
