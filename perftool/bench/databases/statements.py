"""The statements of a file or folder, with names that stay when lines are added above them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.sql import files, opening
from perftool.sql.kinds import kind_of_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST: Final = 1 << 20
MOST: Final = 500
"""So many statements are measured at most."""

# "-- name: top_customers", as libraries that load SQL from files have it; a sign behind the name is not part of it.
_NAME: Final = re.compile(r"(?:--|#|/\*)\s*name\s*:\s*([^\s*^$!#<]+)", re.IGNORECASE)
READS: Final = frozenset({"SELECT", "VALUES", "SHOW", "DESCRIBE", "EXPLAIN", "PRAGMA"})
#: What can be rolled back everywhere.
WRITES: Final = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"})


@dataclass(frozen=True, slots=True)
class Query:
    """A statement to measure: its name, its text, where it stands ("file:line"), and its type (SELECT …)."""

    name: str
    sql: str
    source: str
    kind: str

    @property
    def reads(self) -> bool:
        """Say whether it changes nothing."""
        return self.kind in READS

    @property
    def undoable(self) -> bool:
        """Say whether it can be measured: it reads, or what it writes can be rolled back."""
        return self.reads or self.kind in WRITES


def queries(path: Path) -> list[Query]:
    """Return the statements of a ``.sql`` file, or of all those in a folder.

    A comment ``-- name: x`` before a statement names it; others are called after their file, with their number in it
    where it has several.
    raises: InputError for a file that cannot be read, or when there is no statement.
    """
    base = path if path.is_dir() else path.parent
    found: list[Query] = []
    for file in files.find([path], base=base):
        if file.reason:
            raise InputError(f"cannot read {file.name}: {file.reason}")
        found += _of_file(file.path, file.name)
    if not found:
        raise InputError(f"there is no SQL statement in {path}", hint="--queries FILE.sql, or a folder of them")
    if len(found) > MOST:
        raise InputError(f"{path} holds {len(found):,} statements: {MOST} are measured at most")
    return list(_distinct(found))


def _of_file(path: Path, name: str) -> list[Query]:
    data = path.read_bytes()
    with opening.opened(path, name=name) as source:
        cut = list(source.statements("", max_statement=LONGEST))
    found, end = [], 0
    for number, one in enumerate(cut, 1):
        place = f"{name}:{one.line}"
        if one.text is None or one.damaged:
            raise InputError(f"{place}: the statement is too long, or not UTF-8")
        said = _NAME.findall(data[end : one.start].decode("utf-8", "replace"))
        plain = f"{name}#{number}" if len(cut) > 1 else name
        found.append(Query(said[-1] if said else plain, one.text, place, kind_of_text(one.text)))
        end = one.end
    return found


def _distinct(queries: list[Query]) -> Iterator[Query]:
    """Number names that were given twice."""
    seen: Counter[str] = Counter()
    for one in queries:
        seen[one.name] += 1
        again = seen[one.name]
        yield one if again == 1 else Query(f"{one.name}#{again}", one.sql, one.source, one.kind)
