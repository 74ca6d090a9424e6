"""Open SQLite files: read-only unless told otherwise, and never one that is not there."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from perftool import discovery
from perftool.databases.address import MEMORY
from perftool.databases.sqlite_faults import fault
from perftool.databases.translating import Translator
from perftool.errors import UsageError

if TYPE_CHECKING:
    from perftool.databases.address import Address
    from perftool.databases.api import Access

#: How long a statement waits for another's lock; ``busy_timeout`` among the settings changes it.
BUSY_S: Final = 5.0
#: Options of a URL that SQLite itself knows.
OPTIONS: Final = ("cache", "immutable", "nolock", "vfs")
_VALUE: Final = re.compile(r"-?[\w.]+")


def pragma(name: str, value: str) -> str:
    """Return the statement that sets a pragma."""
    text = value if _VALUE.fullmatch(value) else "'" + value.replace("'", "''") + "'"
    return f"PRAGMA {name} = {text}"


def uri_of(address: Address, access: Access) -> str:
    """Return what SQLite opens: never a file that is not there, unless it may write."""
    if address.database == MEMORY:
        return MEMORY
    mode = "mode=rwc" if access.write else "mode=ro"
    query = "&".join([mode, *(f"{name}={quote(value)}" for name, value in address.options.items())])
    return f"file:{quote(address.database)}?{query}"


def opened(address: Address, access: Access) -> sqlite3.Connection:
    """Open the file, read-only without ``write``; a file that does not exist is made only with it."""
    unknown = [name for name in (*address.options, *address.secrets) if name not in OPTIONS]
    if unknown:
        raise discovery.unknown("option of a sqlite URL", unknown[0], OPTIONS)
    path = address.database
    if path != MEMORY and not access.write:
        must_exist(path)
    uri = uri_of(address, access)
    translator = Translator(fault, address)
    raw = None
    try:
        raw = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        # The first look into the file is what finds that it is none.
        raw.execute("PRAGMA schema_version").close()
    except sqlite3.Error as error:
        if raw is not None:
            raw.close()
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
            raise UsageError(f"{path} is no SQLite database") from error
        hint = "does its folder exist, and may you read it?"
        raise translator.connecting(error, hint=hint) or error from error
    return raw


def must_exist(path: str) -> None:
    """Refuse a path where no file is, or a folder.

    raises: UsageError.
    """
    if not Path(path).exists():
        raise UsageError(f"no such file: {path}", hint="--write makes a new database")
    if Path(path).is_dir():
        raise UsageError(f"{path} is a folder, not a SQLite database")
