"""The queries of a batch, read one at a time: JSON, NDJSON or SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from perftool.errors import InputError, UsageError
from perftool.queries.requests import LONGEST
from perftool.sql.opening import opened, streamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from perftool.databases.api import Parameters

Form = Literal["json", "ndjson", "sql"]

SUFFIXES: Final[dict[str, Form]] = {".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".sql": "sql"}
_HINT: Final = '{"id": "orders", "query": "SELECT …", "source": "shop"} a line, a JSON list of these, or a .sql file'
_UNITS: Final = {"ms": 1e-3, "s": 1.0, "min": 60.0, "": 1.0}
_TIME: Final = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(ms|s|min|)\s*")


class Query(msgspec.Struct, frozen=True, gc=False):
    """One query of a batch; ``number`` counts all of them from 1.

    ``source`` names its database, "" the usual one. For ``table`` the statement is made for the database's dialect.
    ``problem`` says why it cannot be run.
    """

    number: int
    id: str
    source: str = ""
    sql: str = ""
    table: str = ""
    parameters: Parameters = ()
    timeout_s: float | None = None
    problem: str = ""


class _Entry(msgspec.Struct, frozen=True, gc=False):
    """One query as people write it."""

    id: str | int | None = None
    query: str = ""
    table: str = ""
    source: str = ""
    timeout: str | float | None = None
    parameters: list[Any] | None = None


class _Listed(msgspec.Struct, frozen=True, gc=False):
    queries: list[msgspec.Raw]


def form_of(name: str) -> Form:
    """Return the form of a file by its suffix.

    raises: UsageError for another one.
    """
    for suffix, form in SUFFIXES.items():
        if name.lower().endswith(suffix):
            return form
    raise UsageError(f"{name}: neither .json, .ndjson nor .sql", hint="--input-format says what it is")


class Reading:
    """Reads queries of one input after the other, and numbers them; ``dialect`` gives that of the usual database."""

    def __init__(self, dialect: Callable[[], str]) -> None:
        self._dialect = dialect
        self._number = 0
        self._decode = msgspec.json.Decoder(_Entry).decode

    def file(self, path: Path, name: str, form: Form) -> Iterator[Query]:
        """Yield the queries of a file. raises: UsageError when it cannot be read, InputError when it is no JSON."""
        try:
            if form == "sql":
                with opened(path, name=name) as source:
                    yield from self._statements(source, name)
                return
            with path.open("rb") as file:
                yield from self.stream(file, name, form)
        except OSError as error:
            raise UsageError(f"cannot read {name}: {(error.strerror or str(error)).lower()}") from error

    def stream(self, file: BinaryIO, name: str, form: Form) -> Iterator[Query]:
        """Yield the queries of an open file or pipe; lines are read as they come."""
        if form == "sql":
            yield from self._statements(streamed(file, name=name), name)
        elif form == "json":
            yield from self._listed(file.read(), name)
        else:
            yield from self._lines(file, name)

    def _statements(self, source: Any, name: str) -> Iterator[Query]:
        for one in source.statements(self._dialect(), max_statement=LONGEST):
            self._number += 1
            problem = ""
            if one.text is None:
                problem = f"is longer than {LONGEST >> 20} MiB"
            elif one.damaged or "\0" in one.text:
                problem = "holds a NUL byte or bytes that are not UTF-8"
            text = "" if problem else one.text
            yield Query(self._number, f"{name}:{one.line}", sql=text, problem=problem)

    def _listed(self, data: bytes, name: str) -> Iterator[Query]:
        try:
            head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
            if head == b"[":
                entries = msgspec.json.decode(data, type=list[msgspec.Raw])
            else:
                entries = msgspec.json.decode(data, type=_Listed).queries
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(f'{name}: neither a JSON list nor {{"queries": […]}}: {error}', hint=_HINT) from error
        for number, entry in enumerate(entries, 1):
            yield self._query(bytes(entry), f"{name}#{number}")

    def _lines(self, file: BinaryIO, name: str) -> Iterator[Query]:
        number = 0
        while line := file.readline(LONGEST):
            number += 1
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield self._query(line, f"{name}:{number}")

    def _query(self, text: bytes, place: str) -> Query:
        self._number += 1
        try:
            entry = self._decode(text)
            return Query(
                number=self._number,
                id=place if entry.id is None else str(entry.id),
                source=entry.source,
                sql=entry.query,
                table=entry.table,
                parameters=tuple(entry.parameters or ()),
                timeout_s=_seconds(entry.timeout),
                problem=_problem(entry),
            )
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
            # What stands there may hold a URL with its password: msgspec tells the place and the type alone.
            return Query(self._number, place, problem=f"is no query: {error}"[:200])


def _problem(entry: _Entry) -> str:
    if bool(entry.query.strip()) == bool(entry.table.strip()):
        return "has both query and table" if entry.query.strip() else "has neither query nor table"
    return "holds a NUL character" if "\0" in entry.query + entry.table else ""


def _seconds(given: str | float | None) -> float | None:
    """Read a time: seconds, or a text with its unit. raises: ValueError."""
    if given is None:
        return None
    found = _TIME.fullmatch(given if isinstance(given, str) else f"{given:f}")
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if seconds <= 0:
        raise ValueError("its timeout is no time such as 2.5 or 500ms")
    return seconds


def of_table(name: str, dialect: str) -> str:
    """Return the statement that reads a whole table; a dot parts the schema from its name."""
    mark = "`" if dialect == "mysql" else '"'
    quoted = ".".join(mark + part.replace(mark, mark * 2) + mark for part in name.strip().split("."))
    return f"SELECT * FROM {quoted}"  # noqa: S608 - quoted above
