"""The ports of a batch: what is read, what is done with a statement, by which parser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from perftool.batch.tap import Tap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from perftool.sql.nodes import Node

OPERATIONS = "perftool.batch.operations"
INPUTS = "perftool.batch.inputs"
ENGINES = "perftool.batch.engines"


class Record(msgspec.Struct, frozen=True, gc=False):
    """One statement as an input gives it: where it starts, and what its source calls it.

    ``text`` is None where there is none to be had, and ``problem`` says why.
    """

    text: str | None
    path: str = ""
    line: int = 0
    id: str | int | None = None
    problem: str = ""


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How inputs are read: the dialect decides where statements end; fields and columns are those with SQL.

    ``max_statement`` is the most bytes of one statement. ``tap`` opens the files, and counts what is read of them.
    """

    dialect: str = ""
    max_statement: int = 1 << 20
    field: str = "sql"
    column: str = "sql"
    id: str = "id"
    tap: Tap = msgspec.field(default_factory=Tap)


class Input(msgspec.Struct, frozen=True):
    """A form that statements come in: ``read(path, name, options)`` yields them and never holds all of them.

    ``name`` is how records call their source. Files whose name ends in one of ``suffixes`` are taken to have this form.
    raises: UsageError when the whole file cannot be of this form; a bad record is one with a problem.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Path, str, ReadOptions], Iterator[Record]]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for, in a form that can be sent to a process."""

    operation: str
    dialect: str = ""
    to: str = ""
    engine: str = "sqlglot"
    tokens: bool = False


class Parser(Protocol):
    """What an operation may ask of an engine; texts that are refused raise InputError."""

    def trees(self, text: str) -> list[Node]:
        """Return sqlglot's trees of the statements in ``text``, there until the next call."""

    def validate(self, text: str) -> None:
        """Return when ``text`` can be parsed."""

    def stats(self) -> dict[str, float]:
        """Return counters of what has been done so far."""


class Engine(msgspec.Struct, frozen=True):
    """A parser behind the port; ``make(dialect)`` imports it and raises UnavailableError where it is not installed."""

    name: str
    make: Callable[[str], Parser]


class Operation(msgspec.Struct, frozen=True):
    """Something done with each statement.

    ``make(settings, parser)`` returns the function from a text to its result: the values of ``columns`` by name,
    anything JSON can hold. ``engines`` are those that may stand behind it.
    """

    name: str
    summary: str
    columns: tuple[str, ...]
    make: Callable[[Settings, Parser], Callable[[str], dict[str, Any]]]
    engines: tuple[str, ...] = ("sqlglot",)
