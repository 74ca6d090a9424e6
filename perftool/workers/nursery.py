"""The process that all workers are forked from: it imports and warms up once, has no threads, and reaps them."""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import socket
import sys
import traceback
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import msgspec

from perftool.workers.frames import Frames, framed
from perftool.workers.loading import maker, trouble
from perftool.workers.messages import (
    Born,
    Died,
    Failed,
    Fork,
    Kill,
    Load,
    Notice,
    Ready,
    Unborn,
    decode_order,
)
from perftool.workers.serving import serve
from perftool.workers.slots import Slots

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE: Final = 1 << 16
_MOST_SOCKETS: Final = 64
# Where the kernel must kill something for memory, let it be a worker: that one can be replaced.
_OOM_SCORE: Final = "500"


class Nursery:
    """Obeys the orders that come over ``control``; ``slots`` is the descriptor of ``count`` shared slots."""

    def __init__(self, control: int, slots: int, count: int) -> None:
        gc.disable()  # until the workers, so that what is built lies dense
        self._control = socket.socket(fileno=control)
        self._slots = Slots(slots, count)
        os.close(slots)
        self._frames = Frames()
        self._sockets: deque[int] = deque()
        self._children: dict[int, int] = {}
        self._build: Callable[[], Any] | None = None
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Fork, kill and reap until the parent goes; then end every worker."""
        control = self._control.fileno()
        try:
            while True:
                ready, _, _ = select.select([control, self._woken], [], [])
                if self._woken in ready:
                    os.read(self._woken, _PIECE)
                    self._reap()
                if control in ready and not self._obey():
                    return
        except (BrokenPipeError, ConnectionResetError):
            return
        finally:
            self._end_all()

    def _obey(self) -> bool:
        data, sockets, _, _ = socket.recv_fds(self._control, _PIECE, _MOST_SOCKETS)
        for descriptor in sockets:
            os.set_inheritable(descriptor, False)  # noqa: FBT003 - takes no keyword
            self._sockets.append(descriptor)
        for message in self._frames.feed(data):
            order = decode_order(message)
            if isinstance(order, Fork):
                self._fork(order.place, self._sockets.popleft())
            elif isinstance(order, Kill):
                if order.pid in self._children:
                    os.kill(order.pid, signal.SIGKILL)
            else:
                self._load(order)
        return bool(data)

    def _load(self, order: Load) -> None:
        try:
            make, prepare = maker(order.make)
            settings = msgspec.msgpack.decode(order.settings)
            if prepare is not None:
                prepare(settings)
        except BaseException as error:  # noqa: BLE001 - the parent raises it
            self._tell(Failed(trouble(error)))
            return
        self._build = lambda: make(settings)
        gc.collect()
        gc.freeze()  # collections in the workers leave these pages alone, so they stay shared
        self._tell(Ready())

    def _fork(self, place: int, descriptor: int) -> None:
        if self._build is None:
            os.close(descriptor)
            return
        try:
            pid = os.fork()
        except OSError as error:
            os.close(descriptor)
            self._tell(Unborn(place, error.strerror or str(error)))
            return
        if pid == 0:
            self._become_worker(place, descriptor, self._build)
        os.close(descriptor)
        self._children[pid] = place
        self._tell(Born(place, pid))

    def _become_worker(self, place: int, descriptor: int, build: Callable[[], Any]) -> None:
        """Serve and end this forked process; no handler or buffer of the nursery is the worker's to run or flush."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for inherited in (self._woken, self._waker, *self._sockets):
                os.close(inherited)
            self._control.close()
            _prefer_as_victim()
            serve(socket.socket(fileno=descriptor), self._slots[place], build)
            code = 0
        except (BrokenPipeError, ConnectionResetError):
            code = 0  # the parent has gone
        except BaseException:  # noqa: BLE001 - it may not unwind into the nursery's loop
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        for pid, place in list(self._children.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del self._children[pid]
                self._tell(Died(place, pid, status))

    def _end_all(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        for pid in self._children:
            os.waitpid(pid, 0)

    def _tell(self, notice: Notice) -> None:
        self._control.sendall(framed(notice))


def _prefer_as_victim() -> None:
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write(_OOM_SCORE)
    except OSError:
        pass  # not Linux, or not allowed
    # A crash of a worker is told by its signal; a core file would only fill the folder.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
