"""A small server of its own for programs that serve nothing else."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from perftool.errors import UnavailableError
from perftool.profiling.live import cpu
from perftool.profiling.live.service import PREFIX, Request, Response, answer, plain

if TYPE_CHECKING:
    from types import TracebackType

#: How long a client may take to say what it wants.
_PATIENCE_S: Final = 30
_REST_S: Final = 0.2


class Server:
    """Answers below ``/debug/pprof/`` in a thread that sleeps while nobody asks; ``url`` is where."""

    def __init__(self, host: str, port: int, token: str | None) -> None:
        self._listening = _Listening(host, port, token)
        name = self._listening.server_address
        shown = str(name[0])
        self.port = int(name[1])
        self.url = f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}{PREFIX}/"
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="perftool-pprof", daemon=True)
        self._open = True
        self._thread.start()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def close(self) -> None:
        """Stop answering; captures under way end in their own time, without an answer where the program ends first."""
        if not self._open or os.getpid() != self._pid:
            return
        self._open = False
        family = self._listening.address_family
        # The thread waits for a connection and for nothing else: it would never look at a flag by itself.
        with contextlib.suppress(OSError), socket.socket(family) as caller:
            caller.settimeout(1)
            caller.connect((_reachable(str(self._listening.server_address[0])), self.port))
        self._thread.join(_PATIENCE_S)
        self._listening.server_close()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        while self._open:
            self._listening.handle_request()

    def _forked(self) -> None:
        """Leave the socket to the parent: nobody listens in the fork."""
        self._listening.socket.close()


def _reachable(host: str) -> str:
    """Return where a socket that listens everywhere can be reached."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a name to look up, none to listen on


def serve(port: int = 6060, host: str = "127.0.0.1", token: str | None = None) -> Server:
    """Answer requests for profiles of this process on ``http://host:port/debug/pprof/`` and return the server.

    Port 0 takes a free one (``server.port``). Without a ``token``, only this machine is answered. Call it in the main
    thread: only there can a CPU capture be prepared; elsewhere captures are less exact and say so.
    raises: UnavailableError when the port cannot be listened to.
    """
    cpu.install()
    try:
        return Server(host, port, token)
    except (OSError, OverflowError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UnavailableError(
            f"cannot listen on {host}:{port}: {reason}", hint="port=0 takes a free one, which server.url tells"
        ) from error


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    # Two programs on one port would answer in turn.
    allow_reuse_port = False

    def __init__(self, host: str, port: int, token: str | None) -> None:
        self.token = token
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        # The standard one asks the name service who we are, which may take seconds.
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, object]:
        try:
            return super().get_request()
        except OSError:
            # With no descriptor left, the connection would be offered again at once, and for ever.
            time.sleep(_REST_S)
            raise

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that went away is no trouble of the program that is profiled."""


class _Handler(BaseHTTPRequestHandler):
    server: _Listening
    timeout = _PATIENCE_S
    server_version = "perftool"
    sys_version = ""

    def do_GET(self) -> None:
        self._respond(self._answer())

    do_HEAD = do_POST = do_GET  # noqa: N815 - so the standard library calls them

    def _answer(self) -> Response:
        where = urlsplit(self.path)
        if not (where.path == PREFIX or where.path.startswith(PREFIX + "/")):
            return plain(404, f"profiles are below {PREFIX}/")
        gone = threading.Event()
        request = Request(
            method=self.command,
            path=where.path[len(PREFIX) :].strip("/"),
            query=dict(parse_qsl(where.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            client=str(self.client_address[0]),
            cancelled=gone,
        )
        over = threading.Event()
        watching = threading.Thread(target=self._watch, args=(gone, over), name="perftool-pprof-client", daemon=True)
        if request.path in ("profile", "heap", "allocs"):
            watching.start()
        try:
            return answer(request, self.server.token)
        finally:
            over.set()

    def _watch(self, gone: threading.Event, over: threading.Event) -> None:
        """Set ``gone`` when the client ends the connection before it has its answer."""
        with contextlib.suppress(OSError, ValueError):
            while not over.is_set():
                if select.select([self.connection], [], [], 0.5)[0]:
                    if not self.connection.recv(1, socket.MSG_PEEK):
                        gone.set()
                    return

    def _respond(self, response: Response) -> None:
        with contextlib.suppress(OSError):
            self.send_response(response.status)
            for name, value in response.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own name
        """Say nothing: standard error belongs to the program."""
