"""What a report says, free of any format: headings, tables, lists, charts, notes.

Presenters build a Document from a report; formats draw it. All text is plain: a format escapes it in its own way,
so nothing in a document is ever markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "good", "bad", "warn", "muted", "strong"]
Align = Literal["left", "right"]

MARKS: dict[str, str] = {"pass": "✓", "warn": "⚠", "fail": "✗", "inconclusive": "?", "info": "·"}
TONES: dict[str, Tone] = {"pass": "good", "warn": "warn", "fail": "bad", "inconclusive": "warn", "info": "muted"}


@dataclass(frozen=True, slots=True)
class Banner:
    """The verdict: one line that can be read aloud, and beside it what it was judged against."""

    outcome: str
    text: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; ``aside`` stands at the far side of the same line where there is room."""

    text: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Where the width does not suffice, ``flexible`` columns are cut, then the one with the highest ``drop`` goes first;
    0 stays. A ``path`` is cut at its front, where least is lost.
    """

    title: str
    align: Align = "right"
    drop: int = 0
    flexible: bool = False
    path: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; ``folded`` rows may be hidden behind a title where a format can fold, ``total`` rows sum up."""

    cells: tuple[Cell, ...]
    folded: bool = False
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; ``fold_title`` names the folded rows ("3 unchanged")."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    title: str = ""
    fold_title: str = ""


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Facts by name."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list, with what stands before it (a mark, a word)."""

    text: str
    mark: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Item, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Footnotes:
    """Doubts: each with the mark that stands where the number stands."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Snippet:
    """Text to be shown as it is, with its line breaks."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one line of a chart with their centre and its interval, and the centre as text."""

    label: str
    values: tuple[float, ...]
    center: float
    lo: float | None
    hi: float | None
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of a chart that share one axis, which runs between its two ``ends``."""

    label: str
    series: tuple[Series, ...]
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Chart:
    """Distributions: a dot per value, a tick at the centre, a bar over its interval; one axis per group."""

    title: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under a title that a format may fold away.

    Plain text shows ``detail`` ones only when verbose; otherwise no more than the title, where it is a ``mention``.
    """

    title: str
    blocks: tuple[Block, ...]
    detail: bool = True
    mention: bool = False


Block = Banner | Heading | Note | Table | KeyValues | Items | Footnotes | Snippet | Chart | Section


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that a report says, in reading order; ``title`` names the page."""

    title: str
    blocks: tuple[Block, ...]
