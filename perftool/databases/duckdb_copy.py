"""Take what DuckDB's COPY writes, through a pipe with a name, so that nothing is gathered in memory or on disk."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMS: Final = {"csv": "FORMAT csv, HEADER", "ndjson": "FORMAT json"}
PIECE: Final = 1 << 16


@contextlib.contextmanager
def copied(raw: Any, sql: str, form: str) -> Iterator[Iterator[bytes]]:
    """Run COPY in a thread of its own and give what it writes; leaving early interrupts it.

    raises: what COPY raised, at the end of the bytes.
    """
    if not hasattr(os, "mkfifo"):
        raise UnavailableError("this system has no named pipes, through which DuckDB could write")
    statement = sql.strip().rstrip(";")
    with tempfile.TemporaryDirectory(prefix="perftool-") as folder:
        pipe = Path(folder) / "rows"
        os.mkfifo(pipe)
        # Opened for both, so that neither side waits for the other; the writing end goes when COPY has its own.
        reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(reading, True)
        keeping = os.open(pipe, os.O_WRONLY)
        failed: list[BaseException] = []

        def write() -> None:
            try:
                raw.execute(f"COPY (\n{statement}\n) TO '{pipe}' ({FORMS[form]})")
            except BaseException as error:  # noqa: BLE001  raised again by the reader
                failed.append(error)
            finally:
                os.close(keeping)

        writer = threading.Thread(target=write, name="perftool COPY")
        writer.start()

        def pieces() -> Iterator[bytes]:
            while piece := os.read(reading, PIECE):
                yield piece
            writer.join()
            if failed:
                raise failed[0]

        try:
            yield pieces()
        finally:
            os.close(reading)
            if writer.is_alive():
                raw.interrupt()
            writer.join()
