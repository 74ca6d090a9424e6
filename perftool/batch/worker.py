"""What a worker process does for ``perftool batch``: one operation on one statement after the other."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from perftool import discovery
from perftool.batch.api import ENGINES, OPERATIONS, Settings
from perftool.batch.refusals import place
from perftool.errors import InputError
from perftool.sql.parsing import UNEXPECTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Engine, Operation

_WARMING: Final = (
    "SELECT a.x, count(*) AS n FROM t AS a LEFT JOIN u ON a.id = u.id WHERE a.y IN (1, 2) GROUP BY a.x ORDER BY n",
    "CREATE TABLE t (id INT PRIMARY KEY, b VARCHAR(20) NOT NULL)",
)


class Done(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What came of one statement: ``result`` in JSON, or the ``error`` with its place in the text, from 1.

    ``gc_seconds`` is the time of garbage collections meanwhile; ``first``: it was the first of its worker.
    """

    result: bytes | None
    error: str = ""
    error_line: int = 0
    error_column: int = 0
    cpu_seconds: float = 0.0
    gc_seconds: float = 0.0
    first: bool = False


decode_done = msgspec.msgpack.Decoder(Done).decode
_encode_done = msgspec.msgpack.Encoder().encode
_encode_json = msgspec.json.Encoder().encode


class Worker:
    """One operation with its engine."""

    def __init__(self, settings: Settings) -> None:
        operation = cast("Operation", discovery.load(OPERATIONS, settings.operation, "OPERATION", what="operation"))
        engine = cast("Engine", discovery.load(ENGINES, settings.engine, "ENGINE", what="engine"))
        self._parser = engine.make(settings.dialect)
        self._operate = operation.make(settings, self._parser)
        self._pauses = _Pauses()
        self._count = 0

    def listen(self) -> None:
        """Time garbage collections from now on, in this process."""
        gc.callbacks.append(self._pauses)

    def stats(self) -> dict[str, float]:
        """Return the counters of the engine."""
        return self._parser.stats()

    def __call__(self, payload: bytes) -> bytes:
        """Return what came of the statement in ``payload``, as ``Done``."""
        text = payload.decode("utf-8", "surrogatepass")
        paused, began = self._pauses.seconds, time.thread_time()
        self._count += 1
        result, error, where = None, "", (0, 0)
        try:
            result = _json(self._operate(text))
        except InputError as refused:
            error, where = refused.message, place(refused)
        except UNEXPECTED as unexpected:
            error = f"{type(unexpected).__name__}: {unexpected}".partition("\n")[0][:200]
        cpu = time.thread_time() - began
        return _encode_done(Done(result, error, *where, cpu, self._pauses.seconds - paused, self._count == 1))


def make(given: Any) -> Callable[[bytes], bytes]:
    """Return the function that a worker applies to each statement."""
    worker = Worker(msgspec.convert(given, Settings))
    worker.listen()
    return worker


def prepare(given: Any) -> None:
    """Load what the operation needs and use it once, so that workers start with it."""
    worker = Worker(msgspec.convert(given, Settings))
    for text in _WARMING:
        worker(text.encode())


class _Pauses:
    """Adds up garbage collections while it is registered in ``gc.callbacks``."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0

    def __call__(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self.seconds += time.perf_counter() - self._began


def _json(result: Any) -> bytes:
    try:
        return _encode_json(result)
    except UnicodeEncodeError:
        # Bytes of the file that were no UTF-8: JSON has no way to hold them.
        return _encode_json(_readable(result))


def _readable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _readable(one) for key, one in value.items()}
    return [_readable(one) for one in value] if isinstance(value, list) else value
