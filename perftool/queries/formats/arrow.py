"""Arrow's IPC file format, with a footer that is written only when all rows came."""

from __future__ import annotations

from perftool.queries.format import Format
from perftool.queries.record_batches import file_of_batches, file_of_rows

FORMAT = Format(
    name="arrow",
    suffixes=(".arrow", ".feather", ".ipc"),
    summary="an Arrow IPC file (extra: arrow)",
    rows=file_of_rows,
    batches=file_of_batches,
    typed=True,
    package="pyarrow",
)
