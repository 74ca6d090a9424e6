"""What a report says, free of any format: headings, tables, lists, charts, notes.

Presenters build a Document from a report; formats draw it. All text is plain: a format escapes it in its own way,
so nothing in a document is ever markup. The parts are structs and no dataclasses because those take 5 ms to define,
which every command would pay.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Tone = Literal["plain", "good", "bad", "warn", "muted", "strong"]
Align = Literal["left", "right"]

MARKS: dict[str, str] = {"pass": "✓", "warn": "⚠", "fail": "✗", "inconclusive": "?", "info": "·"}
TONES: dict[str, Tone] = {"pass": "good", "warn": "warn", "fail": "bad", "inconclusive": "warn", "info": "muted"}


class Banner(msgspec.Struct, frozen=True):
    """The verdict: one line that can be read aloud, and beside it what it was judged against."""

    outcome: str
    text: str
    aside: str = ""


class Heading(msgspec.Struct, frozen=True):
    """A title; ``aside`` stands at the far side of the same line where there is room."""

    text: str
    aside: str = ""


class Note(msgspec.Struct, frozen=True):
    """A paragraph."""

    text: str
    tone: Tone = "plain"


class Cell(msgspec.Struct, frozen=True, gc=False):
    """One cell of a table."""

    text: str
    tone: Tone = "plain"


class Column(msgspec.Struct, frozen=True):
    """One column.

    Where the width does not suffice, ``flexible`` columns are cut, then the one with the highest ``drop`` goes first;
    0 stays. A ``path`` is cut at its front, where least is lost. A ``sparkline`` is a small plot made of characters,
    which formats that draw plots leave out.
    """

    title: str
    align: Align = "right"
    drop: int = 0
    flexible: bool = False
    path: bool = False
    sparkline: bool = False


class TableRow(msgspec.Struct, frozen=True, gc=False):
    """One row; ``folded`` rows may be hidden behind a title where a format can fold, ``total`` rows sum up."""

    cells: tuple[Cell, ...]
    folded: bool = False
    total: bool = False


class Table(msgspec.Struct, frozen=True):
    """Rows under columns; ``fold_title`` names the folded rows ("3 unchanged")."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    title: str = ""
    fold_title: str = ""


class KeyValues(msgspec.Struct, frozen=True):
    """Facts by name."""

    items: tuple[tuple[str, str], ...]


class Item(msgspec.Struct, frozen=True):
    """One entry of a list, with what stands before it (a mark, a word)."""

    text: str
    mark: str = ""
    tone: Tone = "plain"


class Items(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple[Item, ...]
    title: str = ""


class Footnotes(msgspec.Struct, frozen=True):
    """Doubts: each with the mark that stands where the number stands."""

    items: tuple[Item, ...]


class Snippet(msgspec.Struct, frozen=True):
    """Text to be shown as it is, with its line breaks."""

    text: str
    language: str = ""


class Series(msgspec.Struct, frozen=True):
    """Points of one line of a chart with their centre and its interval, and the centre as text."""

    label: str
    values: tuple[float, ...]
    center: float
    lo: float | None
    hi: float | None
    text: str
    tone: Tone = "plain"


class Guide(msgspec.Struct, frozen=True):
    """A place on an axis that means something: no change, a threshold; one without text only holds room."""

    value: float
    text: str
    tone: Tone = "muted"


class Group(msgspec.Struct, frozen=True):
    """Lines of a chart that share one axis, which runs between its two ``ends`` and holds all ``guides``."""

    label: str
    series: tuple[Series, ...]
    ends: tuple[str, str] = ("", "")
    guides: tuple[Guide, ...] = ()


class Chart(msgspec.Struct, frozen=True):
    """Distributions: a dot per value, a tick at the centre, a bar over its interval; one axis per group."""

    title: str
    groups: tuple[Group, ...]


class Point(msgspec.Struct, frozen=True, gc=False):
    """One point of a timeline: its value with its interval, and what there is to say about it."""

    value: float
    lo: float | None
    hi: float | None
    text: str


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """Points ``first`` to ``last`` of a timeline that are on one level; ``lo`` and ``hi`` are a band around it."""

    first: int
    last: int
    value: float
    lo: float | None
    hi: float | None


class Turn(msgspec.Struct, frozen=True, gc=False):
    """A change of level that begins with the point ``at``, and what there is to say about it."""

    at: int
    text: str
    tone: Tone = "plain"


class Timeline(msgspec.Struct, frozen=True):
    """Points in order with their levels and turns; ``low`` to ``high`` is what the axis shows.

    ``ticks`` are the places on the value axis that are named, ``ends`` the names of the first and the last point.
    ``text`` says the newest value.
    """

    label: str
    text: str
    points: tuple[Point, ...]
    stretches: tuple[Stretch, ...]
    turns: tuple[Turn, ...]
    low: float
    high: float
    ticks: tuple[Guide, ...]
    ends: tuple[str, str]
    tone: Tone = "plain"


class Timelines(msgspec.Struct, frozen=True):
    """Plots over time below each other; plain text has the sparklines of its tables instead."""

    title: str
    lines: tuple[Timeline, ...]


class Section(msgspec.Struct, frozen=True):
    """Blocks under a title that a format may fold away.

    Plain text shows ``detail`` ones only when verbose; otherwise no more than the title, where it is a ``mention``.
    """

    title: str
    blocks: tuple[Block, ...]
    detail: bool = True
    mention: bool = False


Block = Banner | Heading | Note | Table | KeyValues | Items | Footnotes | Snippet | Chart | Timelines | Section


class Document(msgspec.Struct, frozen=True):
    """Everything that a report says, in reading order; ``title`` names the page."""

    title: str
    blocks: tuple[Block, ...]
