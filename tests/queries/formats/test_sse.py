"""Server-sent events."""

from __future__ import annotations

from perftool.databases.api import Column
from perftool.queries.formats.sse import FORMAT


def test_each_row_is_a_message_and_the_end_is_one() -> None:
    written = b"".join(FORMAT.rows([Column("a")], [[(1,), (2,)], [("x\n",)]]))
    assert written == (b'data: {"a":1}\n\ndata: {"a":2}\n\ndata: {"a":"x\\n"}\n\nevent: end\ndata: {"rows":3}\n\n')


def test_an_error_is_an_event() -> None:
    assert FORMAT.broken is not None
    assert FORMAT.broken("gone", 2) == b'event: error\ndata: {"error":"gone","rows":2}\n\n'
