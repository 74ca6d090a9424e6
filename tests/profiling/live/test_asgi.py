"""The endpoints inside an ASGI application, beside what it serves itself."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from perftool.profiling.live import asgi as module
from perftool.profiling.live.asgi import asgi
from perftool.profiling.live.service import Request, Response, plain
from perftool.profiling.runtime import labels

PAGES: list[str] = []


async def application(scope: Any, _receive: Any, send: Any) -> None:
    PAGES.append(scope["path"])
    said = dict(labels._HERE.get())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(said).encode()})


class Call:
    """One request as a server makes it; ``gone`` is the moment at which the client goes away."""

    def __init__(self, path: str, *, root: str = "", method: str = "GET", query: bytes = b"") -> None:
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "root_path": root,
            "query_string": query,
            "headers": [(b"Host", b"localhost")],
            "client": ("127.0.0.1", 5000),
        }
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))

    async def answered_by(self, app: Any) -> tuple[int, bytes]:
        await app(self.scope, self.receive, self.send)
        return self.sent[0]["status"], self.sent[1]["body"]


def test_around_an_application() -> None:
    app = asgi(application)

    async def both() -> None:
        assert (await Call("/debug/pprof/cmdline").answered_by(app))[0] == 200
        assert (await Call("/debug/pprof").answered_by(app))[0] == 200
        status, body = await Call("/orders/17").answered_by(app)
        assert status == 200
        assert body == b"{'endpoint': '/orders/{id}'}"
        assert (await Call("/debug/pprofile").answered_by(app))[0] == 200

    PAGES.clear()
    asyncio.run(both())
    assert PAGES == ["/orders/17", "/debug/pprofile"]


@pytest.mark.parametrize("path", ["/api/debug/pprof/cmdline", "/debug/pprof/cmdline"])
def test_around_an_application_behind_a_root_path(path: str) -> None:
    async def both() -> None:
        app = asgi(application)
        assert (await Call(path, root="/api").answered_by(app))[0] == 200
        assert await Call("/api/orders/17", root="/api").answered_by(app) == (200, b"{'endpoint': '/orders/{id}'}")

    PAGES.clear()
    asyncio.run(both())
    assert PAGES == ["/api/orders/17"]


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/debug/pprof/cmdline", ""),
        ("/cmdline", ""),
        ("/mine/cmdline", "/mine"),
        ("/mine/debug/pprof/cmdline", "/mine"),
        ("/debug/pprof/cmdline", "/debug/pprof"),
        ("/cmdline", "/x"),
        ("/debug/pprof", "/debug/pprof"),
    ],
)
def test_mounted(path: str, root: str) -> None:
    async def one() -> tuple[int, bytes]:
        return await Call(path, root=root).answered_by(asgi())

    assert asyncio.run(one())[0] == 200


def test_head_and_wrong_methods() -> None:
    async def one(method: str) -> tuple[int, bytes]:
        return await Call("/debug/pprof/cmdline", method=method).answered_by(asgi())

    assert asyncio.run(one("HEAD")) == (200, b"")
    assert asyncio.run(one("DELETE"))[0] == 405


def test_a_client_that_goes_ends_its_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow(request: Request, _token: str | None) -> Response:
        begun.set()
        if request.cancelled.wait(10):
            ended.set()
        return plain(200, "done")

    monkeypatch.setattr(module, "answer", slow)

    async def one() -> None:
        call = Call("/debug/pprof/profile")
        running = asyncio.ensure_future(call.answered_by(asgi()))
        await asyncio.to_thread(begun.wait, 10)
        call.gone.set()
        await running

    asyncio.run(one())
    assert ended.is_set()


def test_what_breaks_is_the_servers_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_request: Request, _token: str | None) -> Response:
        raise ZeroDivisionError("broken")

    monkeypatch.setattr(module, "answer", broken)

    async def one() -> None:
        await Call("/debug/pprof/profile").answered_by(asgi())

    with pytest.raises(ZeroDivisionError, match="broken"):
        asyncio.run(one())


def test_life_of_an_application_without_one() -> None:
    sent: list[str] = []
    messages = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, str]:
        return {"type": next(messages)}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(asgi()({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_web_sockets_where_only_profiles_are_served_are_closed() -> None:
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(asgi()({"type": "websocket", "path": "/chat"}, receive, send))
    assert sent == ["websocket.close"]
