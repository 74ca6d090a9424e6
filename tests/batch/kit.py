"""A batch in the test's own process, with work that needs no SQL."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import msgspec

from perftool.batch.api import Record
from perftool.batch.lines import Ndjson, Sink
from perftool.batch.runner import Plan, Run
from perftool.batch.totals import Totals
from perftool.batch.worker import Done
from perftool.events import Silent
from perftool.workers.api import Job
from perftool.workers.inline import InlineExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from perftool.batch.resuming import Resumed
    from perftool.workers.api import Executor

WORKED: list[str] = []


def make(_: Any) -> Callable[[bytes], bytes]:
    """Return work that gives a text back in capitals, or fails on "bad"."""

    def work(payload: bytes) -> bytes:
        text = payload.decode()
        WORKED.append(text)
        done = Done(None, "no good", 1, 2) if text.startswith("bad") else Done(msgspec.json.encode(text.upper()))
        return msgspec.msgpack.encode(done)

    return work


class Ran:
    """A run that has ended: its lines, its totals. ``texts`` may be a function of the run that gives them."""

    def __init__(
        self,
        texts: Iterable[str | Record] | Callable[[Run], Iterable[str]],
        executor: Executor | None = None,
        resumed: Resumed | None = None,
        **plan: Any,
    ) -> None:
        WORKED.clear()
        self.file = io.BytesIO()
        self.totals = Totals(0.0, resumed.statuses if resumed else None)
        sink = Sink(self.file, Ndjson(), name="results")
        with executor or InlineExecutor(Job("tests.batch.kit:make")) as made:
            self.run = Run(made, sink, self.totals, Silent(), Plan(**{"salt": b"s", **plan}), resumed)
            given = texts(self.run) if callable(texts) else texts
            self.run.run(one if isinstance(one, Record) else Record(one, "a.sql", 1) for one in given)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for line in self.file.getvalue().splitlines()]

    def values(self, name: str) -> list[Any]:
        return [line[name] for line in self.lines]
