"""What is kept of a statement and of a file once they are analysed: small, quick to encode, without trees."""

from __future__ import annotations

import bisect
import re
from typing import Final, NamedTuple

import msgspec

from perftool.lint.api import Finding
from perftool.lint.origins import Origin
from perftool.lint.suppression import Suppression
from perftool.sql import actions as act
from perftool.sql.actions import AnyAction

_BREAK: Final = re.compile(r"\r\n?|\n")
#: What statements do that the project's definitions are made of; the rest matters within its own file alone.
DEFINING: Final = (
    act.CreateTable, act.CreateIndex, act.CreateOther, act.AddColumn, act.AddConstraint, act.DropConstraint,
    act.AlterColumn, act.DropColumn, act.AlterTable, act.Drop, act.Rename,
)  # fmt: skip
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")


class Layout(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a statement's characters lie: where its second and further lines start, and which characters are wide.

    ``wide`` holds, for each character that takes more than one byte, its offset and the bytes beyond the first; in
    UTF-16 files ``unit`` is 2 and those of four bytes count one unit more.
    """

    lines: tuple[int, ...] = ()
    wide: tuple[tuple[int, int], ...] = ()
    unit: int = 1

    def offset(self, character: int) -> int:
        """Return the bytes before ``character``."""
        extra = sum(more for place, more in self.wide if place < character)
        return (character + extra) * self.unit

    def place(self, character: int) -> tuple[int, int]:
        """Return (lines below the statement's first, characters into that line)."""
        line = bisect.bisect_right(self.lines, character)
        return line, character - (self.lines[line - 1] if line else 0)


_ONE_LINE: Final = Layout()


def layout(text: str, *, unit: int = 1) -> Layout:
    """Return how the characters of ``text`` lie in its file, in UTF-8 or (``unit`` 2) in UTF-16."""
    lines = _lines(text)
    if text.isascii():
        return Layout(lines, (), unit) if lines or unit != 1 else _ONE_LINE
    wide = ((match.start(), _more(match[0], unit)) for match in _BEYOND_ASCII.finditer(text))
    return Layout(lines, tuple((at, more) for at, more in wide if more), unit)


def _lines(text: str) -> tuple[int, ...]:
    """Return where the second and further lines start."""
    if "\r" in text:
        return tuple(match.end() for match in _BREAK.finditer(text))
    found = []
    place = text.find("\n") + 1
    while place:
        found.append(place)
        place = text.find("\n", place) + 1
    return tuple(found)


def _more(character: str, unit: int) -> int:
    code = ord(character)
    if unit == 2:
        return int(code > 0xFFFF)
    # A byte that is no UTF-8 was decoded as a lone surrogate, and is one byte.
    return 0 if 0xDC80 <= code <= 0xDCFF else 1 if code < 0x800 else 2 if code < 0x10000 else 3


class Coded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A finding and the code of its rule."""

    code: str
    finding: Finding


class StatementRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that is known of one statement's text, whatever file it stands in.

    ``error`` says why it was not analysed, "" if it was, and ``error_code`` which way; ``opaque``: the parser took it
    without looking into it. ``layout`` is there when something has a place. ``filters`` are (table, column) that the
    statement looks rows up by. ``digest`` names its text, white space aside, where anything was found;
    ``replaced`` are the ranges that stand for a template's, which no edit may touch.
    """

    kind: str
    findings: tuple[Coded, ...] = ()
    actions: tuple[AnyAction, ...] = ()
    error: str = ""
    error_at: int = 0
    opaque: bool = False
    layout: Layout | None = None
    filters: tuple[tuple[str, str], ...] = ()
    error_code: str = "PT000"
    digest: str = ""
    replaced: tuple[tuple[int, int], ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether there is anything to say of it, or anything that others depend on."""
        return bool(self.findings or self.actions or self.error or self.filters)


class Placed(NamedTuple):
    """A statement in its file: where it starts (byte offset, line, column from 1) and what is known of it.

    ``number`` counts the file's statements from 0, those among them that have nothing to say.
    """

    start: int
    end: int
    line: int
    column: int
    record: StatementRecord
    number: int = -1


class FileRecord(msgspec.Struct, frozen=True, array_like=True):
    """All that is known of one file before its findings are judged.

    ``statements`` hold those that have something to say, ``suppressions`` what comments silence. ``sections`` are byte
    offsets from which on the file takes a migration back (True) or not (False). ``made_up`` names what stood in the
    text and is no SQL ("jinja"), ``left_out`` what was not looked at, ``rewritten`` the byte ranges that were read as
    something else of the same meaning. With an ``origin`` places are those of the text that dbt made of the file;
    ``note`` says which of the two was read; ``outdated``: that text is older than the file and was not. ``commands``
    are the starts of statements that sqlc makes code of, each with the command in its comment ("one", "many").
    """

    name: str
    dialect: str
    reason: str
    sets: tuple[str, ...]
    size: int
    count: int
    opaque: int
    errors: int
    statements: tuple[Placed, ...]
    sections: tuple[tuple[int, bool], ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    made_up: str = ""
    left_out: tuple[str, ...] = ()
    rewritten: tuple[tuple[int, int], ...] = ()
    origin: Origin | None = None
    note: str = ""
    outdated: bool = False
    commands: tuple[tuple[int, str], ...] = ()


class Definitions(msgspec.Struct, frozen=True, array_like=True):
    """What a file adds to what its project defines, leaving out what takes a migration back.

    ``filters`` are (table, column, number of statements that look rows up by it).
    """

    dialect: str
    actions: tuple[AnyAction, ...] = ()
    filters: tuple[tuple[str, str, int], ...] = ()
