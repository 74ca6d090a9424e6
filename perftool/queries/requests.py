"""Statements to run, as people give them: SQL text, files of it, standard input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from perftool.errors import InputError, UsageError
from perftool.sql.files import shown
from perftool.sql.opening import opened, streamed
from perftool.sql.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.sql.stretches import Stretched

LONGEST: Final = 64 << 20
"""Bytes of one statement: a database refuses longer ones anyway."""

STDIN: Final = "-"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text, the name of its ``source``, where it begins there, and which of its source it is.

    ``alone``: its source holds no other. ``literal``: it was given as text and stands in no file.
    """

    sql: str
    source: str
    start: int = 0
    line: int = 1
    column: int = 1
    ordinal: int = 1
    alone: bool = True
    literal: bool = False

    @property
    def place(self) -> str:
        """Return where it is, which is its name too: ``report.sql:3``; ``sql`` or ``sql#2`` where it is no file."""
        if not self.literal:
            return f"{self.source}:{self.line}"
        return self.source if self.alone else f"{self.source}#{self.ordinal}"


def statements(given: Sequence[str], dialect: str, *, root: Path | None, stdin: BinaryIO) -> list[Statement]:
    """Return the statements of what a command line named, in order.

    An existing file is read; "-" is standard input; everything else with a blank or of one word in capitals is SQL.
    raises: UsageError for a file that is not there or cannot be read, InputError where there is no statement.
    """
    found: list[Statement] = []
    texts = 0
    for one in given:
        if one == STDIN:
            found += _cut(streamed(stdin, name="standard input"), "stdin", dialect)
        elif is_file(one):
            found += _of_file(Path(one), root, dialect)
        else:
            texts += 1
            name = "sql" if texts == 1 else f"sql-{texts}"
            found += _cut(Source.of(one.encode("utf-8", "surrogateescape"), name=name), name, dialect, literal=True)
    if not found:
        raise InputError("there is no statement in " + (", ".join(_short(one) for one in given) or "nothing"))
    return found


def is_file(given: str) -> bool:
    """Say whether ``given`` names a file, not SQL text.

    raises: UsageError for what is neither.
    """
    if not given.strip():
        raise UsageError("an empty text is no statement", hint="quote the statement: 'SELECT 1'")
    if _exists(given):
        return True
    if any(character.isspace() for character in given) or given.upper() in _ONE_WORD or given.rstrip().endswith(";"):
        return False
    raise UsageError(f"{_short(given)} is no file and no statement", hint="quote the statement: 'SELECT 1'")


_ONE_WORD: Final = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "VACUUM", "ANALYZE", "CHECKPOINT", "REINDEX"})


def _exists(given: str) -> bool:
    try:
        return Path(given).exists()
    except (OSError, ValueError):
        # Too long for a name, or with a NUL: it is text.
        return False


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _of_file(path: Path, root: Path | None, dialect: str) -> list[Statement]:
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint=f"{path}/*.sql names its files")
    name = shown(path, root)
    try:
        with opened(path, name=name) as source:
            return _cut(source, name, dialect)
    except InputError as error:
        raise UsageError(error.message, hint=error.hint) from error


def _cut(source: Source | Stretched, name: str, dialect: str, *, literal: bool = False) -> list[Statement]:
    found = list(_statements(source, name, dialect, literal=literal))
    if len(found) > 1:
        from dataclasses import replace

        return [replace(one, alone=False) for one in found]
    return found


def _statements(source: Source | Stretched, name: str, dialect: str, *, literal: bool) -> Iterator[Statement]:
    for ordinal, one in enumerate(source.statements(dialect, max_statement=LONGEST), 1):
        if one.text is None:
            raise InputError(f"{name}:{one.line}: a statement of more than {LONGEST >> 20} MiB")
        if one.damaged or "\0" in one.text:
            what = "a NUL byte" if "\0" in one.text else "bytes that are not UTF-8"
            raise InputError(f"{name}:{one.line}: the statement holds {what}")
        yield Statement(one.text, name, one.start, one.line, one.column, ordinal, literal=literal)
