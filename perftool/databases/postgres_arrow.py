"""Arrow record batches from PostgreSQL, by ADBC: libpq's binary COPY, in a session of its own."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from perftool.databases import adbc
from perftool.databases.postgres_connecting import keywords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perftool.databases.address import Address
    from perftool.databases.api import Access

#: Bytes of a batch: ADBC's own 16 MiB took ten times the memory and were no faster.
BATCH_BYTES: Final = 1 << 20


@contextlib.contextmanager
def batches(
    address: Address,
    access: Access,
    sql: str,
    *,
    timeout_s: float | None,
    cancelling: Callable[[Callable[[], None] | None], None],
) -> Iterator[Any]:
    """Run a query and give a ``pyarrow.RecordBatchReader``; leaving the block early stops it on the server.

    ``cancelling`` is told what stops the query, and None at the end.
    """
    from psycopg.conninfo import make_conninfo

    library = adbc.dbapi_of("postgresql")
    given = keywords(address, access)
    if timeout_s is not None:
        given["options"] = f"{given['options']} -c statement_timeout={max(1, int(timeout_s * 1000))}"
    options = {"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)}
    with (
        adbc.closed(library.connect(make_conninfo(**given), autocommit=True)) as connection,
        adbc.closed(connection.cursor(adbc_stmt_kwargs=options)) as cursor,
    ):
        cancelling(cursor.adbc_cancel)
        try:
            cursor.execute(sql)
            with contextlib.closing(cursor.fetch_record_batch()) as reader:
                yield reader
        finally:
            cancelling(None)
            # The server would go on, and find nobody to send to.
            with contextlib.suppress(library.Error):
                cursor.adbc_cancel()
