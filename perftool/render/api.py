"""What a format is: the only module that a format file needs beside the model and the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perftool.model.report import Report

Quote: TypeAlias = "Callable[[str, int, int], str | None]"
"""Given a path and the two byte offsets of a span, return the whole line or lines that the span lies in.

They are decoded, without a byte order mark, with their line endings. None where the file is not there any more, is not
the one that was looked at, or cannot be read.
"""


class RenderOptions(msgspec.Struct, frozen=True):
    """How to draw, whatever the format: width in characters, colours, ASCII only, verdict only, details.

    ``source`` gives the text that findings stand in: a report holds none of it. ``statistics`` and ``show_skipped``
    are what the options of these names ask for.
    """

    width: int = 100
    colour: bool = False
    ascii_only: bool = False
    quiet: bool = False
    verbose: bool = False
    statistics: bool = False
    show_skipped: bool = False
    source: Quote | None = None


class Format(msgspec.Struct, frozen=True):
    """One output format.

    ``suffixes`` are file endings that choose it (".md"). ``kinds`` are the report kinds that it can show, None for
    all. ``render`` returns what goes to standard output or the file; ``messages`` what the format says on standard
    error beside it (benchstat prints its warnings there). ``pieces`` gives the same as ``render`` bit by bit: a lint
    report may have more findings than memory should hold as one text. It checks before it returns, so that what can be
    refused is refused before anything is written.
    """

    name: str
    suffixes: tuple[str, ...]
    kinds: frozenset[str] | None
    render: Callable[[Report, RenderOptions], str | bytes]
    messages: Callable[[Report, RenderOptions], str] | None = None
    pieces: Callable[[Report, RenderOptions], Iterator[str | bytes]] | None = None
