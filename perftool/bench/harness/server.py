"""Answer requests: import targets once, then fork a child for every sample."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from typing import TYPE_CHECKING, Any

from .loading import load, reason

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
FORKS = hasattr(os, "fork")
# How long a process that the measured code forked is waited for, once the measuring child has spoken.
SECOND_VOICE_S = 0.2


def serve(requests: int, replies: int) -> None:
    """Read one JSON request a line and write one JSON reply a line until ``requests`` closes."""
    with os.fdopen(requests, "rb") as incoming:
        for line in incoming:
            try:
                _write(replies, answer(json.loads(line), (requests, replies)))
            except BrokenPipeError:
                return


def answer(request: Json, pipes: tuple[int, ...] = ()) -> Json:
    """Do what ``request["do"]`` says; a failure is a reply with ``error``, never an exception.

    ``pipes`` are the server's own: a child that kept them open would hide the server's death from perftool.
    """
    what = request["do"]
    if what in SAMPLES:
        work = SAMPLES[what]
        if FORKS and request.get("fork", True):
            return in_child(lambda: guarded(lambda: work(request)), request["timeout"], pipes)
        return guarded(lambda: work(request))
    if what == "list":
        return guarded(lambda: _list(request))
    if what == "modules":
        return guarded(_modules)
    if what == "pure":
        return guarded(lambda: _pure(request))
    return guarded(lambda: _load(request))


def guarded(work: Callable[[], Json]) -> Json:
    """Run ``work`` and turn whatever it raises, ``sys.exit`` too, into an error reply."""
    try:
        return work()
    except ModuleNotFoundError as error:
        return {"error": reason(error), "missing": error.name}
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of measured code end here too
        return {"error": reason(error)}


def take(request: Json) -> Json:
    """Build the case and take one sample of the requested kind."""
    from .operation import Operation

    case, kind = request["case"], request["kind"]
    if kind == "counters":
        case = {**case, "factory": case["counters"], "direct": True}
    operation = Operation(load(case.get("module"), case.get("file"), case.get("installed", False)), case)
    with contextlib.closing(operation):
        return _taken(operation, kind, request)


def _taken(operation: Any, kind: str, request: Json) -> Json:
    from . import timing

    if kind == "calibrate":
        return timing.calibrate(operation, request["min_time"])
    if kind == "time":
        return timing.sample(operation, request["loops"], request["warm_up"], request["gc"])
    if kind == "latency":
        from .latency import latencies

        return latencies(operation, request["loops"], request["count"], request["warm_up"], request["gc"])
    if kind == "counters":
        return {"counters": {unit: float(number) for unit, number in operation.value().items()}}
    if kind == "instructions":
        from .instruction import instructions

        return instructions(operation, request["folder"])
    if kind == "capture-calls":
        from .calling import called

        return called(operation, request)
    if kind.startswith("capture-"):
        from .capturing import captured

        return captured(operation, kind, request)
    from .allocation import allocations

    return allocations(operation, request["few"], request["many"], request.get("folder"))


def _read_yardstick(_request: Json) -> Json:
    from .yardstick import reading

    return reading()


# What is done in a child of its own.
SAMPLES = {"sample": take, "yardstick": _read_yardstick}


def in_child(work: Callable[[], Json], timeout_s: float, pipes: tuple[int, ...] = ()) -> Json:
    """Run ``work`` in a forked child without ``pipes``; its death or silence is an error reply."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            for descriptor in (reading, *pipes):
                os.close(descriptor)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 2)
            _write(writing, work())
        finally:
            os._exit(0)  # no exit handlers of the server: they are not the child's to run
    os.close(writing)
    try:
        text = _read_line(reading, time.monotonic() + timeout_s)
        if text is None or text.endswith(b"\n"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # it has said all: threads it left behind must not keep it
            status = os.waitpid(pid, 0)[1]
            # At once the end, unless a process that it forked still holds the pipe and may be about to speak.
            text = text and text + (_read_line(reading, time.monotonic() + SECOND_VOICE_S) or b"")
        else:
            status = os.waitpid(pid, 0)[1]
    finally:
        os.close(reading)
    if text is None:
        return {"error": f"took longer than {timeout_s:g} s for one sample with its warm-up: see --timeout"}
    if text.endswith(b"\n"):
        if text.count(b"\n") > 1:
            from .operation import TWICE

            return {"error": TWICE}
        reply: Json = json.loads(text)
        return reply
    return {"error": _death(status)}


def _death(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        return f"the measuring process was killed by {name}"
    return f"the measuring process ended itself with exit code {os.WEXITSTATUS(status)}"


def _read_line(descriptor: int, deadline: float) -> bytes | None:
    """Read up to a newline or the end; None when the deadline passes first."""
    text = b""
    while not text.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return None
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            break
        text += piece
    return text


def _write(descriptor: int, reply: Json) -> None:
    data = json.dumps(reply).encode() + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]


def _load(request: Json) -> Json:
    """Import a target and call its ``factories`` once: what they import late, every child would import again."""
    module = load(request.get("module"), request.get("file"), request.get("installed", False))
    for name, arguments in request.get("factories", ()):
        with contextlib.suppress(Exception):  # the samples of that case will say it
            getattr(module, name)(**arguments)
    return {}


def _list(request: Json) -> Json:
    from .listing import functions

    return {"functions": functions(load(None, request["file"]))}


def _pure(request: Json) -> Json:
    """Load the Python twin of compiled packages from here on."""
    from .capturing import profiler

    profiler(request["runtime"], "pure").prefer(request["packages"])
    return {}


def _modules() -> Json:
    from .origins import digests

    return {"modules": digests()}
