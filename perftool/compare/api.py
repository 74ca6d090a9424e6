"""What an importer is and what it gives: the only module that an importer needs beside the model."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from perftool.model.environment import Environment
    from perftool.model.measurement import Better, Measurement
    from perftool.model.paired import PairedRun
    from perftool.model.report import BaselineInfo
    from perftool.model.verdict import ReportWarning

Config = tuple[tuple[str, str], ...]

HEAD_BYTES: Final = 65_536


class Series(msgspec.Struct, gc=False):
    """All values of one quantity of one benchmark under one configuration, in the order read, in base units.

    ``config`` are the file configuration pairs in force, in their order. ``unit`` is the base unit and
    ``written_unit`` the unit as the file has it (a filter may name either). ``blocks`` runs in step with ``values``,
    None where each value is a block of its own. ``better`` and ``gates`` are None where the input does not say.
    """

    config: Config
    name: str
    unit: str
    written_unit: str
    values: array[float] = msgspec.field(default_factory=lambda: array("d"))
    blocks: array[int] | None = None
    better: Better | None = None
    gates: bool | None = None
    exact: bool = False


class SyntaxMessage(msgspec.Struct, frozen=True):
    """Something in an input that was skipped, and why."""

    line: int
    text: str


class UnitDeclaration(msgspec.Struct, frozen=True):
    """A ``key=value`` that an input declares for a unit; ``unit`` is the base unit, ``written_unit`` as written."""

    line: int
    unit: str
    written_unit: str
    key: str
    value: str


class Imported(msgspec.Struct, frozen=True):
    """What one input holds.

    ``name`` is the path as opened; ``series`` are in the order in which they first appeared; ``events`` in file
    order. ``facts`` are things known of the whole input (``python``, ``commit`` …) that a projection may name but
    that do not split tables by themselves. ``environment``, ``created`` and ``baseline`` come from perftool's
    own reports. ``base`` are the series of the other side where one report holds two that were measured in turn, and
    ``run`` how. ``yardstick`` are readings of the fixed kernel.
    """

    name: str
    format: str
    series: tuple[Series, ...]
    events: tuple[SyntaxMessage | UnitDeclaration, ...] = ()
    facts: Config = ()
    environment: Environment | None = None
    created: str | None = None
    baseline: BaselineInfo | None = None
    warnings: tuple[ReportWarning, ...] = ()
    base: tuple[Series, ...] = ()
    run: PairedRun | None = None
    yardstick: tuple[Measurement, ...] = ()


class ReadOptions(msgspec.Struct, frozen=True):
    """How to read: ``as_benchstat`` follows benchstat where perftool's own reading is kinder (BOM, infinities)."""

    as_benchstat: bool = False


class Folder(Protocol):
    """A folder of results."""

    @property
    def names(self) -> Sequence[str]:
        """Return the JSON files below it, sorted, with ``/`` between the parts of a name."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open one of the files; raises: OSError."""
        ...


class Importer(msgspec.Struct, frozen=True):
    """One format of results.

    ``detects`` looks at the first bytes of an input (at most ``HEAD_BYTES``) and says whether they are this format;
    a text format that takes anything sets ``fallback`` and is asked last. ``read`` takes the stream from its start
    and the name for messages. ``gathers`` is for a tool that writes a folder of files for one run: it returns what the
    folder holds, or None where it is not of this tool.
    """

    name: str
    detects: Callable[[bytes], bool]
    read: Callable[[BinaryIO, str, ReadOptions], Imported]
    fallback: bool = False
    gathers: Callable[[Folder, str], Imported | None] | None = None
