"""What a stream says: its payload, measurements and verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.measurement import Measurement
from perftool.model.query import StreamPayload
from perftool.model.verdict import Verdict
from perftool.units.display import format_bytes, format_duration

if TYPE_CHECKING:
    from perftool.model.database import DatabaseFacts
    from perftool.model.measurement import Better
    from perftool.queries.streaming import Manner, Streamed

SUITE: Final = "query-stream"


def payload(
    done: Streamed,
    facts: DatabaseFacts,
    *,
    form: str,
    to: str,
    manner: Manner,
    chunk_rows: int,
    cpu_s: float,
    peak_bytes: int | None,
) -> StreamPayload:
    """Put together what was written."""
    return StreamPayload(
        database=facts,
        format=form,
        to=to,
        path=done.path,
        rows=done.rows,
        size=done.size,
        seconds=done.seconds,
        columns=done.columns,
        compression=manner.compression,
        chunk_rows=chunk_rows,
        cpu_s=cpu_s,
        first_row_s=done.first_row_s,
        peak_bytes=peak_bytes,
        fallbacks=tuple(done.fallbacks),
        stopped=done.stopped,
    )


def measurements(stream: StreamPayload, case: str) -> list[Measurement]:
    """Return times, rates and memory of a stream; the path is no parameter, so that two paths can be compared.

    The rate of rows gates; a stream that was stopped measures nothing.
    """
    if stream.stopped or not stream.rows or stream.seconds <= 0:
        return []
    parameters = {"format": stream.format}
    if stream.compression:
        parameters["compression"] = stream.compression

    def one(unit: str, value: float, better: Better = "lower", *, gates: bool = False) -> Measurement:
        return Measurement(
            suite=SUITE, case=case, unit=unit, better=better, values=(value,), parameters=parameters, gates=gates
        )

    made = [
        one("rows/s", stream.rows / stream.seconds, "higher", gates=True),
        one("B/s", stream.size / stream.seconds, "higher"),
        one("sec/op", stream.seconds),
        one("cpu-sec/op", stream.cpu_s),
    ]
    if stream.first_row_s is not None:
        made.append(one("first-row-sec/op", stream.first_row_s))
    if stream.peak_bytes is not None:
        made.append(one("peak-B", float(stream.peak_bytes)))
    return made


def verdict(stream: StreamPayload) -> Verdict:
    """Return the verdict, as a sentence."""
    rows = f"{stream.rows:,} row{'' if stream.rows == 1 else 's'}"
    done = f"{rows} of {stream.database.label} as {stream.format}"
    if stream.stopped:
        return Verdict(outcome="inconclusive", headline=f"{done}, then {stream.stopped}")
    return Verdict(outcome="pass", headline=f"{done}: {format_bytes(stream.size)} in {format_duration(stream.seconds)}")
