"""The same endpoints inside a WSGI application: mounted, or around one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from perftool.profiling.live import cpu
from perftool.profiling.live.endpoints import Endpoints
from perftool.profiling.live.service import PREFIX, Request, answer
from perftool.profiling.runtime.labels import label

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


class Profiled:
    """A WSGI application that answers below ``/debug/pprof/`` and hands everything else to another one.

    WSGI does not tell when a client has gone: a capture goes on to its end then.
    """

    def __init__(self, app: App | None, token: str | None) -> None:
        self._app = app
        self._token = token
        self._endpoints = Endpoints()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if self._app is not None and not (path == PREFIX or path.startswith(PREFIX + "/")):
            # What an application yields later is worked on by the server, outside of this call.
            with label(endpoint=self._endpoints.name(path)):
                return self._app(environ, start_response)
        response = answer(
            Request(
                method=environ["REQUEST_METHOD"],
                path=path.strip("/").removeprefix(PREFIX.strip("/")).strip("/"),
                query=dict(parse_qsl(environ.get("QUERY_STRING", ""))),
                headers=_headers(environ),
                client=environ.get("REMOTE_ADDR") or None,
            ),
            self._token,
        )
        status = f"{response.status} {HTTPStatus(response.status).phrase}"
        start_response(status, [*response.headers, ("Content-Length", str(len(response.body)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]


def wsgi(app: App | None = None, *, token: str | None = None) -> Profiled:
    """Return a WSGI application that answers requests for profiles below ``/debug/pprof/``.

    Around an ``app`` it hands it everything else; without one it is there to be mounted. ``token`` as in ``serve``.
    """
    cpu.install()
    return Profiled(app, token)


def _headers(environ: Environ) -> dict[str, str]:
    named = ((key[5:], value) for key, value in environ.items() if key.startswith("HTTP_"))
    return {key.replace("_", "-").lower(): str(value) for key, value in named}
