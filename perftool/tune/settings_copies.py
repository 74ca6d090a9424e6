"""Copies of a database's file, to try on them what would stay in it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.databases.address import FILES, MEMORY, Address
from perftool.databases.api import Access
from perftool.errors import OutputError, UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.databases.api import Driver

#: So much of the disk stays free.
_SPARE: Final = 256 << 20


def file_of(address: Address) -> Path | None:
    """Return the file of a database, None where it is none of this machine's.

    raises: UsageError for a database in memory: another session does not see it.
    """
    if address.scheme not in FILES:
        return None
    if address.database == MEMORY:
        raise UsageError(f"{address.label}: each session would have an empty database of its own in memory")
    return Path(address.database)


class Copies:
    """Copies in a folder of the run's own."""

    def __init__(self, driver: Driver, address: Address, folder: Path) -> None:
        self._driver = driver
        self._address = address
        self._folder = folder

    def room_for(self, count: int) -> None:
        """Make sure that the disk takes ``count`` copies.

        raises: OutputError when it does not.
        """
        file = file_of(self._address)
        needed = count * (file.stat().st_size if file is not None and file.exists() else 0)
        free = shutil.disk_usage(self._folder).free
        if needed > free - _SPARE:
            raise OutputError(
                f"{count} copies of the file need {needed >> 20:,} MiB, and {free >> 20:,} MiB are free",
                hint="set TMPDIR to a folder with room, or try fewer candidates",
            )

    def made(self, name: str, statements: Sequence[str]) -> Address:
        """Copy the file, run ``statements`` there, and return where the copy is.

        raises: UnavailableError where a file of this system cannot be copied while it may be in use.
        """
        copy = Address(scheme=self._address.scheme, database=str(self._folder / f"{name}.{self._driver.name}"))
        if self._driver.name == "sqlite":
            self._sqlite(copy)
        else:
            self._whole(Path(copy.database))
        if statements:
            with closing(self._driver.connect(copy, Access(write=True))) as connection:
                for statement in statements:
                    connection.execute(statement)
        return copy

    def _sqlite(self, copy: Address) -> None:
        """Copy page by page through SQLite itself: others may write meanwhile."""
        with (
            closing(self._driver.connect(self._address, Access())) as reading,
            closing(self._driver.connect(copy, Access(write=True))) as writing,
        ):
            reading.raw.backup(writing.raw)

    def _whole(self, path: Path) -> None:
        file = file_of(self._address)
        assert file is not None, "only files are copied"
        log = file.with_name(file.name + ".wal")
        if log.exists():
            raise UnavailableError(
                f"{file.name} has a log that is not yet in the file: somebody writes to it, or was killed",
                hint="CHECKPOINT it, and try again",
            )
        shutil.copyfile(file, path)
