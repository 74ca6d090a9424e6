"""What is asked of the two sides of the code, and what each is once it is ready."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.environment import Source
    from perftool.model.paired import SideName
    from perftool.model.verdict import ReportWarning


@dataclass(frozen=True, slots=True)
class Request:
    """Which two sides are wanted.

    ``root`` is the project, ``folder`` the user's working directory. ``vs`` is a git revision or the path of a second
    checkout, ``vs_python`` another interpreter; exactly one of them is given. ``python`` is the interpreter to measure
    with, or to build environments from. ``setup`` builds a side in its environment, "" for code that is found by
    path. ``files`` are patterns relative to ``root`` of what both sides take from the working tree beside the
    benchmarks; ``targets`` the files and folders to measure. Everything that is made is made below ``cache``.
    """

    root: Path
    folder: Path
    vs: str | None
    vs_python: str | None
    python: str
    setup: str
    files: tuple[str, ...]
    targets: tuple[Path, ...]
    cache: Path


@dataclass(frozen=True, slots=True)
class Prepared:
    """One side, ready: how its processes are started and what it is.

    ``python`` is started in ``folder`` with the whole environment ``variables``. ``home`` is the user's tree that
    stands at ``tree`` on this side. ``setup_s`` is None where nothing had to be built. ``dependencies`` is a digest
    of the files that declare them, ``packages`` the versions of the distributions installed beside the project
    itself. ``overlaid`` are the files, relative to the project, that this side took from the working tree instead of
    its own.
    """

    name: SideName
    label: str
    python: str
    folder: Path
    variables: dict[str, str]
    source: Source | None
    setup: str
    setup_s: float | None
    dependencies: str
    home: Path
    tree: Path
    warnings: tuple[ReportWarning, ...] = ()
    packages: dict[str, str] = field(default_factory=dict)
    overlaid: tuple[str, ...] = ()
