"""Turn the bytes of one file into statements to be analysed, with their places in the file as it is on disk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.lint.reading.dialects import detect
from perftool.lint.reading.regions import regions
from perftool.lint.reading.templates import neutralise
from perftool.lint.worker import Work
from perftool.sql.positions import Places
from perftool.sql.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.reading.region import Region
    from perftool.lint.selection import FilePlan

_SECTION: Final = re.compile(
    rb"^[ \t]*--[ \t]*(?:\+goose|\+migrate|\+micrate|migrate:|rollback\b|//[ \t]*@undo|@?undo\b|@?down\b|up\b)"
    rb"[ \t]*(up|down|statementbegin|statementend)?",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class LoadedStatement:
    """A statement of a file: its place, and what a worker needs; ``work`` is None when it is too long (``size``)."""

    start: int
    end: int
    line: int
    column: int
    work: Work | None


@dataclass(slots=True)
class LoadedFile:
    """A file cut into statements."""

    name: str
    dialect: str
    reason: str
    size: int
    statements: list[LoadedStatement] = field(default_factory=list)
    sections: tuple[tuple[int, bool], ...] = ()
    made_up: str = ""
    left_out: tuple[str, ...] = ()
    #: The byte ranges that hold SQL, empty when all of it does.
    within: tuple[tuple[int, int], ...] = ()
    #: The dialect of the files around it, where that was asked for because the file itself tells nothing.
    voted: str | None = None


def load(data: bytes, name: str, plan: FilePlan, *, max_statement: int, voted: str = "") -> LoadedFile:
    """Cut ``data``, the bytes of the file called ``name``, into statements.

    ``voted`` is the dialect that the files around it have, for a file that tells nothing.
    raises: InputError when it cannot be text.
    """
    dialect, reason = plan.dialect, "as chosen"
    asked: str | None = None
    if dialect is None:
        found = detect(data, name)
        dialect, reason = found.dialect, found.reason
        if not dialect:
            asked = voted
            if voted:
                dialect, reason = voted, "as the files around it"
    loaded = LoadedFile(name, dialect, reason, len(data), sections=tuple(_sections(data)), voted=asked)
    split = regions(data, name)
    loaded.left_out = tuple(one.reason for one in split if one.reason)
    taken = [one for one in split if not one.reason]
    if [(one.start, one.end) for one in taken] != [(0, len(data))]:
        loaded.within = tuple((one.start, one.end) for one in taken)
    for region in taken:
        _cut(data, region, loaded, max_statement)
    return loaded


def _cut(data: bytes, region: Region, loaded: LoadedFile, max_statement: int) -> None:
    start = region.start
    whole = start == 0 and region.end == len(data)
    piece = data if whole else region.text(data)
    neutral = neutralise(piece, loaded.dialect)
    replaced = sorted([*neutral.replaced, *((a - start, b - start) for a, b in region.replaced)])
    loaded.made_up = neutral.kind or loaded.made_up
    if neutral.note:
        loaded.left_out += (neutral.note,)
    source = Source.of(neutral.data, name=loaded.name)
    unit = 1 if source.encoding == "utf-8" else 2
    line, column = (1, 1) if whole else Places(data).find(start)
    for one in source.statements(loaded.dialect, max_statement=max_statement):
        work = None
        if one.text is not None:
            inside = _inside(replaced, one.start, one.end, one.text) if replaced and unit == 1 else ()
            work = Work(loaded.dialect, one.text, one.fault, inside, unit)
        loaded.statements.append(
            LoadedStatement(
                start + one.start,
                start + one.end,
                one.line + line - 1,
                one.column + column - 1 if one.line == 1 else one.column,
                work,
            )
        )


def _inside(replaced: list[tuple[int, int]], start: int, end: int, text: str) -> tuple[tuple[int, int], ...]:
    """Return the byte ranges that lie in a statement, as characters from its start."""
    found = [(max(a, start) - start, min(b, end) - start) for a, b in replaced if a < end and start < b]
    if text.isascii():
        return tuple(found)
    data = text.encode("utf-8", "surrogateescape")
    return tuple((len(data[:a].decode("utf-8", "replace")), len(data[:b].decode("utf-8", "replace"))) for a, b in found)


def _sections(data: bytes) -> Iterator[tuple[int, bool]]:
    """Yield where parts of a migration that take it back begin (True) and end (False): marks of the common runners."""
    if b"--" not in data:
        return
    for mark in _SECTION.finditer(data):
        word = (mark[1] or b"").lower()
        text = mark[0].lower()
        if word.startswith(b"statement"):
            continue
        if word == b"down" or b"undo" in text or b"rollback" in text or text.strip(b" \t-@") == b"down":
            yield mark.start(), True
        elif word == b"up":
            yield mark.start(), False
