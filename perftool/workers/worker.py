"""One worker as its parent sees it: what it was given, what it has answered, what is still to be written."""

from __future__ import annotations

import socket
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from perftool.workers.frames import Frames, framed
from perftool.workers.messages import decode_reply

if TYPE_CHECKING:
    from perftool.workers.chunks import Chunk, Task
    from perftool.workers.messages import Reply
    from perftool.workers.slots import Slot

_PIECE: Final = 1 << 18
# One chunk runs while another waits behind it.
_MOST_CHUNKS: Final = 2


class Worker:
    """The parent's end of a worker at ``place``; nothing here ever blocks.

    ``received`` is how many items it has answered; ``tasks`` are those given and not answered, in its order.
    ``doomed`` is the number of the item for which it was killed, 0 while it was not, and ``doom`` the failure.
    ``quiet_since`` is when it last said anything or was given work after a rest, None before its first word;
    ``deaf`` that its end of the connection is closed.
    """

    def __init__(self, place: int, connection: socket.socket, slot: Slot) -> None:
        connection.settimeout(0)
        self.place = place
        self.slot = slot
        self.connection = connection
        self.pid: int | None = None
        self.tasks: deque[Task] = deque()
        self.received = 0
        self.doomed = 0
        self.doom = ""
        self.retiring = False
        self.deaf = False
        self.watched = 0
        self.quiet_since: int | None = None
        self.not_before = 0
        self.heavy_item = 0
        self.has_stats = False
        self.stats: dict[str, float] = {}
        self.stats_due = False
        self._chunks: deque[list[int]] = deque()
        self._chunk_seconds = 0.0
        self._alone = False
        self._out: deque[memoryview] = deque()
        self._frames = Frames()
        self._half_closed = False
        self._final: tuple[int, int] | None = None

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self.connection.fileno()

    @property
    def chunks(self) -> int:
        """Return how many chunks it has not finished."""
        return len(self._chunks)

    @property
    def has_room(self) -> bool:
        """Tell whether it may be given another chunk."""
        return not (self._alone or self.retiring or self.doomed or self.deaf) and len(self._chunks) < _MOST_CHUNKS

    @property
    def wants_to_write(self) -> bool:
        """Tell whether something waits until its socket takes it."""
        return bool(self._out)

    def give(self, chunk: Chunk) -> None:
        """Send a chunk, as much of it as the socket takes now."""
        if not self.tasks and self.quiet_since is not None:
            self.quiet_since = time.monotonic_ns()
        self._alone = chunk.alone
        self.tasks.extend(chunk.tasks)
        self._chunks.append([len(chunk.tasks), chunk.size])
        self._send([task.item.payload for task in chunk.tasks])

    def ask_stats(self) -> None:
        """Ask for its counters."""
        self.stats_due = True
        self._send([])

    def retire(self) -> None:
        """Let it finish what it has and end."""
        self.retiring = True
        self.write()

    def write(self) -> None:
        """Write what waits, as far as the socket takes it."""
        try:
            while self._out:
                sent = self.connection.send(self._out[0])
                if sent < len(self._out[0]):
                    self._out[0] = self._out[0][sent:]
                else:
                    self._out.popleft()
            if self.retiring and not self._half_closed:
                self._half_closed = True
                self.connection.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            return
        except OSError:
            self._out.clear()  # it is dead; the nursery will say how

    def read(self) -> tuple[list[Reply], bool]:
        """Return what has arrived, and whether that was the last."""
        try:
            data = self.connection.recv(_PIECE)
        except BlockingIOError:
            return [], False
        except OSError:
            return [], True
        self.quiet_since = time.monotonic_ns()
        return [decode_reply(message) for message in self._frames.feed(data)], not data

    def peek(self) -> list[Reply]:
        """Return what lies finished beside a long item: it is sent only when that ends."""
        before = self.slot.running()
        if not before[1]:
            return []  # it may be writing there now
        kept = bytes(self.slot.kept())
        if self.slot.running() != before:
            return []
        return [decode_reply(message) for message in Frames().feed(kept)]

    def read_rest(self) -> list[Reply]:
        """Return everything that a dead worker has left: in the socket, then what it had not sent."""
        found: list[Reply] = []
        while True:
            before = self._frames.pending
            replies, last = self.read()
            found += replies
            if last or (not replies and self._frames.pending == before):
                break
        with self.slot.kept() as kept:
            return found + [decode_reply(message) for message in Frames().feed(kept)]

    def close(self) -> None:
        """Take leave of a dead worker: what it was doing stays known, its slot may be used again."""
        self._final = self.slot.running()
        self.connection.close()

    def answered(self, reply: Reply) -> tuple[Task, tuple[int, float] | None] | None:
        """Return the task that ``reply`` answers, with size and seconds of its chunk if that is done.

        None for an answer that was heard before, or that others still on their way come before.
        """
        if reply.number != self.received + 1:
            return None
        self.received = reply.number
        task = self.tasks.popleft()
        current = self._chunks[0]
        current[0] -= 1
        self._chunk_seconds += reply.seconds
        if current[0]:
            return task, None
        self._chunks.popleft()
        if not self._chunks:
            self._alone = False
        done = (current[1], self._chunk_seconds)
        self._chunk_seconds = 0.0
        return task, done

    def running(self) -> tuple[Task, int, int] | None:
        """Return the task that runs now, its number and since when (monotonic nanoseconds); None between items."""
        number, started = self._final or self.slot.running()
        ahead = number - self.received - 1
        if not started or not 0 <= ahead < len(self.tasks):
            return None
        return self.tasks[ahead], number, max(started, self.not_before)

    def unfinished(self) -> list[list[Task]]:
        """Return what it has not answered, chunk by chunk."""
        tasks, found = list(self.tasks), []
        for count, _ in self._chunks:
            found.append(tasks[:count])
            tasks = tasks[count:]
        return found

    def _send(self, payloads: list[bytes]) -> None:
        self._out.append(memoryview(framed(payloads)))
        self.write()
