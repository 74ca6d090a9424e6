"""Arrow's IPC stream format, which can be read from a pipe: an end mark only when all rows came."""

from __future__ import annotations

from perftool.queries.format import Format
from perftool.queries.record_batches import stream_of_batches, stream_of_rows

FORMAT = Format(
    name="arrows",
    suffixes=(".arrows",),
    summary="an Arrow IPC stream, for pipes (extra: arrow)",
    rows=stream_of_rows,
    batches=stream_of_batches,
    typed=True,
    package="pyarrow",
)
