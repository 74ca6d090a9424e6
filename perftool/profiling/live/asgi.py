"""The same endpoints inside an ASGI application: mounted, or around one."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl

from perftool.profiling.live import cpu
from perftool.profiling.live.endpoints import Endpoints
from perftool.profiling.live.service import PREFIX, Request, Response, answer
from perftool.profiling.runtime.labels import label

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LABELLED: Final = ("http", "websocket")


class Profiled:
    """An ASGI application that answers below ``/debug/pprof/`` and hands everything else to another one."""

    def __init__(self, app: App | None, token: str | None) -> None:
        self._app = app
        self._token = token
        self._endpoints = Endpoints()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http" and (path := self._own(scope)) is not None:
            await self._answer(path, scope, receive, send)
        elif self._app is None:
            await _without_app(scope, receive, send)
        elif scope["type"] in _LABELLED:
            # Samples taken meanwhile say whose request it was; without a capture that costs two context variables.
            with label(endpoint=self._endpoints.name(_within(scope))):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _own(self, scope: Scope) -> str | None:
        """Return what stands behind the prefix, None where the request is not for us.

        Mounted without an application of our own, everything is: whoever mounted us has chosen the prefix.
        """
        path = _within(scope)
        if path == PREFIX or path.startswith(PREFIX + "/"):
            return path[len(PREFIX) :].strip("/")
        return None if self._app is not None else path.strip("/")

    async def _answer(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        gone = threading.Event()
        client = scope.get("client")
        request = Request(
            method=scope["method"],
            path=path,
            query=dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))),
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            client=str(client[0]) if client else None,
            cancelled=gone,
            loops=(loop,),
        )
        done: asyncio.Future[Response] = loop.create_future()
        # A thread of its own: the loop's pool belongs to the application, and may be full.
        threading.Thread(
            target=_in_thread, args=(request, self._token, loop, done), name="perftool-pprof", daemon=True
        ).start()
        watching = asyncio.ensure_future(_until_gone(receive, gone))
        try:
            response = await done
        finally:
            gone.set()
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        headers = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in response.headers]
        headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else response.body
        await send({"type": "http.response.body", "body": body})


def asgi(app: App | None = None, *, token: str | None = None) -> Profiled:
    """Return an ASGI application that answers requests for profiles below ``/debug/pprof/``.

    Around an ``app`` it hands it everything else, and labels samples with the ``endpoint`` of the request:
    ``app = perftool.profiling.asgi(app)``. Without one it is there to be mounted:
    ``app.mount("/debug/pprof", perftool.profiling.asgi())``. ``token`` as in ``serve``.
    """
    cpu.install()
    return Profiled(app, token)


def _in_thread(
    request: Request, token: str | None, loop: asyncio.AbstractEventLoop, done: asyncio.Future[Response]
) -> None:
    try:
        response = answer(request, token)
    except BaseException as error:  # noqa: BLE001 - it belongs to the request that waits for it
        outcome: Callable[[], None] = lambda error=error: _set(done, error=error)  # type: ignore[misc]  # noqa: E731
    else:
        outcome = lambda: _set(done, response)  # noqa: E731
    with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits
        loop.call_soon_threadsafe(outcome)


def _set(done: asyncio.Future[Response], response: Response | None = None, error: BaseException | None = None) -> None:
    if done.done():
        return
    if response is not None:
        done.set_result(response)
    elif error is not None:
        done.set_exception(error)


async def _until_gone(receive: Receive, gone: threading.Event) -> None:
    """Set ``gone`` when the client has; the body of the request, which has none, goes by first."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            gone.set()
            return


def _within(scope: Scope) -> str:
    """Return the path below the point that the application is mounted at.

    Servers and frameworks put ``root_path`` in front of ``path``, older ones do not.
    """
    whole: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return whole[len(root) :] if root and whole.startswith(root + "/") else "" if whole == root else whole


async def _without_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Do what the protocol asks of an application that has nothing to start, and refuses WebSockets."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
        return
    if scope["type"] != "lifespan":
        raise RuntimeError(f"no application for {scope['type']}: only profiles are served here")
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
