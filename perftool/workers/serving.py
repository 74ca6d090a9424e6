"""What a worker process does: take chunks, work their items one by one, answer."""

from __future__ import annotations

import gc
import os
import time
from typing import TYPE_CHECKING, Final

from perftool.workers import pace
from perftool.workers.frames import Frames, framed
from perftool.workers.loading import as_bytes, described, trouble
from perftool.workers.messages import BROKEN, HELLO, STATS, Reply, decode_chunk, encode

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from perftool.workers.slots import Slot

    Work = Callable[[bytes], bytes]

# Results are sent when the last sending is so long ago, and at the end of a chunk: a system call for each of many
# short items would cost as much as the items.
SEND_EVERY_NS: Final = 50_000_000
_PIECE: Final = 1 << 18


def serve(connection: socket.socket, slot: Slot, build: Callable[[], Work]) -> None:
    """Work what comes over ``connection`` until it closes; an exception of the work is a result like any other."""
    gc.enable()
    try:
        work = build()
    except BaseException as error:  # noqa: BLE001 - the parent raises it
        connection.sendall(framed(Reply(BROKEN, body=encode(trouble(error)))))
        return
    stats = getattr(work, "stats", None)
    # From here on nobody reads what the work prints.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    connection.sendall(framed(Reply(HELLO, body=b"stats" if callable(stats) else b"")))
    frames = Frames()
    worker = _Worker(connection, slot, work)
    while True:
        data = connection.recv(_PIECE)
        if not data:
            worker.send_stats(stats)
            return
        for message in frames.feed(data):
            chunk = decode_chunk(message)
            if chunk:
                worker.work_through(chunk)
            else:
                worker.send_stats(stats)


class _Worker:
    def __init__(self, connection: socket.socket, slot: Slot, work: Work) -> None:
        self._connection = connection
        self._slot = slot
        self._work = work
        self._number = 0
        self._sent_at = time.monotonic_ns()
        pace.bind(lambda: slot.begin(self._number, time.monotonic_ns()))

    def work_through(self, chunk: list[bytes]) -> None:
        slot, work, clock = self._slot, self._work, time.monotonic_ns
        for payload in chunk:
            self._number += 1
            began = clock()
            slot.begin(self._number, began)
            failure = ""
            try:
                body = work(payload)
                if body.__class__ is not bytes:
                    body = as_bytes(body)
            except BaseException as error:  # noqa: BLE001 - whatever the work raises is its outcome
                failure, body = "failed", described(error).encode("utf-8", "replace")
            ended = clock()
            slot.end()
            frame = framed(Reply(self._number, began, (ended - began) / 1e9, failure, body))
            if not slot.keep(frame):
                self._flush()
                if not slot.keep(frame):
                    self._connection.sendall(frame)
            elif ended - self._sent_at > SEND_EVERY_NS:
                self._flush()
        self._flush()

    def _flush(self) -> None:
        with self._slot.kept() as kept:
            if kept:
                self._connection.sendall(kept)
        # Only now: killed while sending, the worker leaves what may be missing behind.
        self._slot.sent()
        self._sent_at = time.monotonic_ns()

    def send_stats(self, stats: Callable[[], dict[str, float]] | None) -> None:
        told: dict[str, float] = {}
        if stats is not None:
            try:
                told = {str(name): float(value) for name, value in stats().items()}
            except Exception:  # noqa: BLE001 - counters are no reason to lose a worker
                told = {}
        try:
            self._connection.sendall(framed(Reply(STATS, body=encode(told))))
        except OSError:
            return  # the parent has gone
