"""What a format is: the only module that a format file needs beside the model and the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.model.report import Report


class RenderOptions(msgspec.Struct, frozen=True):
    """How to draw, whatever the format: width in characters, colours, ASCII only, verdict only, details."""

    width: int = 100
    colour: bool = False
    ascii_only: bool = False
    quiet: bool = False
    verbose: bool = False


class Format(msgspec.Struct, frozen=True):
    """One output format.

    ``suffixes`` are file endings that choose it (".md"). ``kinds`` are the report kinds that it can show, None for
    all. ``render`` returns what goes to standard output or the file; ``messages`` what the format says on standard
    error beside it (benchstat prints its warnings there).
    """

    name: str
    suffixes: tuple[str, ...]
    kinds: frozenset[str] | None
    render: Callable[[Report, RenderOptions], str | bytes]
    messages: Callable[[Report, RenderOptions], str] | None = None
