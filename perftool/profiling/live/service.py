"""What is answered below ``/debug/pprof/``, whoever carries the request."""

from __future__ import annotations

import html
import math
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from perftool.errors import PerftoolError
from perftool.profiling.capture import ALLOC_SPACE, INUSE_SPACE
from perftool.profiling.live import access
from perftool.profiling.live.turn import TURN, BusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from perftool.profiling.capture import Capture

PREFIX: Final = "/debug/pprof"
DEFAULT_SECONDS: Final = {"profile": 30.0, "heap": 5.0, "allocs": 5.0}
#: Longer captures are refused: whoever asked has long gone, and allocations fill the disk.
MOST_SECONDS: Final = {"profile": 3600.0, "heap": 300.0, "allocs": 300.0}
_RATE: Final = 100.0
_RATES: Final = (1.0, 1000.0)
_SUMMARIES: Final = {
    "profile": "CPU time of all threads: ?seconds=30",
    "heap": "memory that is allocated and kept during ?seconds=5",
    "allocs": "all memory that is allocated during ?seconds=5",
    "goroutine": "where every thread and asyncio task stands; ?debug=1 for text",
    "cmdline": "the command line of this process",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request: ``path`` behind the prefix ("profile", "" for the index), lower-case header names.

    ``client`` is the address of the other end, None where it has none. ``cancelled`` is set when it has gone;
    ``loops`` are event loops that are known to run.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    client: str | None
    cancelled: threading.Event = field(default_factory=threading.Event)
    loops: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """The answer: status, headers, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _Wrong(Exception):  # noqa: N818 - a request that is refused, not an error of ours
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def answer(request: Request, token: str | None) -> Response:
    """Return the answer to ``request``; takes as long as the capture that it asks for.

    One capture at a time: others are told 409. Everything refused is one line of text.
    """
    refused = access.refusal(request.client, request.headers, request.query, token)
    if refused is not None:
        status, reason = refused
        more = (("WWW-Authenticate", "Bearer"),) if status == _UNAUTHORIZED else ()
        return plain(status, reason, *more)
    page = _PAGES.get(request.path.strip("/"))
    if page is None:
        return plain(404, f"nothing here is called {request.path[:60]!r}; there are {', '.join(_SUMMARIES)}")
    if request.method not in ("GET", "HEAD") and request.path.strip("/") != "symbol":
        return plain(405, "only GET is answered", ("Allow", "GET, HEAD"))
    try:
        return page(request)
    except _Wrong as wrong:
        return plain(wrong.status, str(wrong))
    except BusyError as busy:
        return plain(409, str(busy))
    except PerftoolError as error:
        return plain(500, error.message)


_UNAUTHORIZED: Final = 401


def plain(status: int, message: str, *headers: tuple[str, str]) -> Response:
    """Return an answer of one line."""
    kept = ("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff"), *headers
    return Response(status, kept, message.encode("utf-8", "replace") + b"\n")


def _profile(request: Request) -> Response:
    from perftool.profiling.live import cpu

    seconds, rate = _seconds(request, "profile"), _number(request, "rate", _RATE, *_RATES)
    with TURN.taken("CPU time"):
        return _file("profile", cpu.capture(seconds, request.cancelled, rate=rate))


def _heap(request: Request) -> Response:
    return _memory(request, "heap", INUSE_SPACE)


def _allocs(request: Request) -> Response:
    return _memory(request, "allocs", ALLOC_SPACE)


def _memory(request: Request, name: str, default: Any) -> Response:
    from perftool.profiling.live import heap

    seconds = _seconds(request, name)
    with TURN.taken("allocations"):
        try:
            return _file(name, heap.capture(seconds, request.cancelled, default=default))
        except heap.NoTrackerError as error:
            raise _Wrong(501, str(error)) from error


def _goroutine(request: Request) -> Response:
    from perftool.profiling.live import tasks

    found = tasks.standing(request.loops)
    if request.query.get("debug", "0") not in ("", "0"):
        return plain(200, tasks.text(found).rstrip("\n"))
    return _file("goroutine", tasks.capture(found))


def _cmdline(_request: Request) -> Response:
    # Go parts the words by NUL, and its tool knows that.
    return plain(200, "\0".join(sys.orig_argv))


def _symbol(_request: Request) -> Response:
    # Asked by pprof for addresses; ours have names already, so any answer that says "there are symbols" will do.
    return plain(200, "num_symbols: 1")


def _index(_request: Request) -> Response:
    rows = "".join(
        f'<tr><td><a href="{PREFIX}/{name}{"?debug=1" if name == "goroutine" else ""}">{name}</a></td>'
        f"<td>{html.escape(summary)}</td></tr>"
        for name, summary in _SUMMARIES.items()
    )
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>/debug/pprof</title>'
        "<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:46rem;padding:0 1rem}"
        "td{padding:.2rem 1rem .2rem 0;vertical-align:top}</style>"
        f"<h1>/debug/pprof</h1><p>Profiles of this process, in the format of <code>go tool pprof</code>.</p>"
        f"<table>{rows}</table><p>From a terminal: <code>perftool profile fetch URL --seconds 30</code></p></html>"
    )
    return Response(200, (("Content-Type", "text/html; charset=utf-8"),), body.encode())


_PAGES: Final[dict[str, Callable[[Request], Response]]] = {
    "": _index,
    "profile": _profile,
    "heap": _heap,
    "allocs": _allocs,
    "goroutine": _goroutine,
    "cmdline": _cmdline,
    "symbol": _symbol,
}


def _file(name: str, capture: Capture) -> Response:
    from perftool.profiling import files

    headers = (
        ("Content-Type", "application/octet-stream"),
        ("Content-Disposition", f'attachment; filename="{name}.pb.gz"'),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Response(200, headers, files.encode(capture, "pprof"))


def _seconds(request: Request, name: str) -> float:
    return _number(request, "seconds", DEFAULT_SECONDS[name], 0.01, MOST_SECONDS[name])


def _number(request: Request, name: str, default: float, least: float, most: float) -> float:
    said = request.query.get(name)
    if not said:
        return default
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise _Wrong(400, f"{name}={said[:40]}: a number from {least:g} to {most:g} is needed")
    return value
