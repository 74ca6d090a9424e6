"""Turn the bytes of one file into statements to be analysed, with their places in the file as it is on disk."""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from perftool.lint.reading.dialects import detect
from perftool.lint.reading.regions import regions
from perftool.lint.reading.surroundings import NOTHING, Beside
from perftool.lint.reading.templates import neutralise
from perftool.lint.work import Work
from perftool.sql.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.lint.reading.region import Region
    from perftool.lint.selection import FilePlan
    from perftool.sql.source import Text

_SECTION: Final = re.compile(
    rb"--[ \t]*(?:\+goose|\+migrate|\+micrate|migrate:|rollback\b|//[ \t]*@undo|@?undo\b|@?down\b|up\b)"
    rb"[ \t]*(up|down|statementbegin|statementend)?",
    re.IGNORECASE,
)
#: What sqlc is told of a query: its name, and what the code that it makes gives back.
#: source: sqlc documentation, "Query annotations"
_ANNOTATION: Final = re.compile(
    rb"^[ \t]*(?:--|/\*|#)[ \t]*name:[ \t]*\w+[ \t]+:(one|many|exec\w*|batch\w+|copyfrom)\b", re.MULTILINE
)
_WIDEST: Final = 1024
_LINE_FEED: Final = 0x0A
# One byte, given as a number, is searched a hundred times as fast as two.
_COLON: Final = ord(":")
_DASH: Final = ord("-")


class LoadedStatement(msgspec.Struct, frozen=True, gc=False):
    """A statement of a file: its bytes, and what is to be analysed; ``work`` is None when it is too long.

    ``place`` is its line and column where they are known already (UTF-16), else None.
    """

    start: int
    end: int
    work: Work | None
    place: tuple[int, int] | None = None


@dataclass(slots=True)
class LoadedFile:
    """A file cut into statements."""

    name: str
    dialect: str
    reason: str
    size: int
    statements: list[LoadedStatement] = field(default_factory=list)
    sections: tuple[tuple[int, bool], ...] = ()
    #: Where the statements start that sqlc makes code of, each with the command in the comment before it ("many").
    commands: tuple[tuple[int, str], ...] = ()
    made_up: str = ""
    left_out: tuple[str, ...] = ()
    #: The byte ranges that hold SQL, empty when all of it does.
    within: tuple[tuple[int, int], ...] = ()
    #: The byte ranges that were read as something else of the same meaning.
    rewritten: tuple[tuple[int, int], ...] = ()
    #: The text that the places of statements are in, where it is not the file's own.
    beside: Beside = NOTHING


class Spoken(NamedTuple):
    """The dialect of a file, why that one, and, where the file itself tells nothing, that of the files around it."""

    dialect: str
    reason: str
    voted: str | None = None


def spoken(data: bytes, name: str, plan: FilePlan, voted: str = "", beside: Beside = NOTHING) -> Spoken:
    """Decide the dialect of a file; ``voted`` is the one that the files around it have."""
    if plan.dialect is not None:
        return Spoken(plan.dialect, "as chosen")
    found = detect(beside.made or data, name, beside.hint, beside.reason)
    if found.dialect:
        return Spoken(found.dialect, found.reason)
    return Spoken(voted, "as the files around it", voted) if voted else Spoken("", found.reason, "")


def load(
    data: bytes, name: str, dialect: str, *, max_statement: int, reason: str = "", beside: Beside = NOTHING
) -> LoadedFile:
    """Cut ``data``, the bytes of the file called ``name``, into statements of a ``dialect``.

    Where there is a text ``beside`` it that was made of it, that is cut.
    raises: InputError when it cannot be text.
    """
    if beside.made is not None:
        Source.of(data, name=name)
        loaded = LoadedFile(name, dialect, reason, len(data), beside=beside)
        for one in Source.of(beside.made, name=beside.name).texts(dialect, max_statement=max_statement):
            work = Work(dialect, one.text, one.fault) if one.text is not None else None
            loaded.statements.append(LoadedStatement(one.start, one.end, work, one.place))
        return loaded
    loaded = LoadedFile(name, dialect, reason, len(data), sections=tuple(_sections(data)), beside=beside)
    split = regions(data, name)
    loaded.left_out = tuple(_left_out(one, data) for one in split if one.reason)
    taken = [one for one in split if not one.reason]
    if [(one.start, one.end) for one in taken] != [(0, len(data))]:
        loaded.within = tuple((one.start, one.end) for one in taken)
    for region in taken:
        _cut(data, region, loaded, max_statement)
    if _COLON in data and b"name:" in data:
        loaded.commands = tuple(_commands(data, loaded.statements))
    return loaded


def _commands(data: bytes, statements: Sequence[LoadedStatement]) -> Iterator[tuple[int, str]]:
    starts = [one.start for one in statements]
    for mark in _ANNOTATION.finditer(data):
        number = bisect.bisect_left(starts, mark.end())
        if number < len(starts):
            yield starts[number], mark[1].decode()


def _left_out(region: Region, data: bytes) -> str:
    """Say what was left out of a file, and where that is not all of it."""
    if (region.start, region.end) == (0, len(data)):
        return region.reason
    line = data.count(b"\n", 0, region.start) + 1
    return f"line {line}: {region.reason}"


def _cut(data: bytes, region: Region, loaded: LoadedFile, max_statement: int) -> None:
    start = region.start
    whole = start == 0 and region.end == len(data)
    piece = data if whole else region.text(data)
    neutral = neutralise(piece, loaded.dialect)
    replaced = sorted([*neutral.replaced, *((a - start, b - start) for a, b in region.replaced)])
    loaded.made_up = neutral.kind or loaded.made_up
    if neutral.note:
        loaded.left_out += (neutral.note,)
    if neutral.rewritten:
        loaded.rewritten += tuple((start + a, start + b) for a, b in neutral.rewritten)
    source = Source.of(neutral.data, name=loaded.name)
    dialect, unit = loaded.dialect, 1 if source.encoding == "utf-8" else 2
    inside = _Inside(replaced) if replaced and unit == 1 else None
    add = loaded.statements.append
    for one in source.texts(dialect, max_statement=max_statement):
        work = None
        if one.text is not None:
            work = Work(dialect, one.text, one.fault, inside.of(one) if inside else (), unit)
        add(LoadedStatement(start + one.start, start + one.end, work, one.place))


class _Inside:
    """The byte ranges that lie in each of a text's statements, asked in order; the ranges are sorted."""

    def __init__(self, replaced: list[tuple[int, int]]) -> None:
        self.replaced = replaced
        self.next = 0

    def of(self, one: Text) -> tuple[tuple[int, int], ...]:
        """Return them as characters from the statement's start."""
        replaced, start, end = self.replaced, one.start, one.end
        while self.next < len(replaced) and replaced[self.next][1] <= start:
            self.next += 1
        found = []
        for first, last in itertools.islice(replaced, self.next, None):
            if first >= end:
                break
            if last > start:
                found.append((max(first, start) - start, min(last, end) - start))
        if not found or one.text is None or one.text.isascii():
            return tuple(found)
        data = one.text.encode("utf-8", "surrogateescape")
        return tuple(
            (len(data[:a].decode("utf-8", "replace")), len(data[:b].decode("utf-8", "replace"))) for a, b in found
        )


def _sections(data: bytes) -> Iterator[tuple[int, bool]]:
    """Yield where parts of a migration that take it back begin (True) and end (False): marks of the common runners."""
    if _DASH not in data or b"--" not in data:
        return
    for mark in _SECTION.finditer(data):
        start = mark.start()
        indent = data[max(0, start - _WIDEST) : start]
        blank = len(indent) - len(indent.rstrip(b" \t"))
        start -= blank
        # Looked back at, so that the search is one for two dashes.
        if start and (blank == _WIDEST or data[start - 1] != _LINE_FEED):
            continue
        word = (mark[1] or b"").lower()
        text = mark[0].lower()
        if word.startswith(b"statement"):
            continue
        if word == b"down" or b"undo" in text or b"rollback" in text or text.strip(b" \t-@") == b"down":
            yield start, True
        elif word == b"up":
            yield start, False
