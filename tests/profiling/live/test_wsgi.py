"""The endpoints inside a WSGI application, beside what it serves itself."""

from __future__ import annotations

from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from perftool.profiling.live.wsgi import wsgi


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


def get(app: Any, path: str, *, checked: bool = True, **more: str) -> tuple[str, bytes]:
    environ: dict[str, Any] = {
        "PATH_INFO": path,
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "QUERY_STRING": "",
        **more,
    }
    setup_testing_defaults(environ)
    environ.setdefault("SCRIPT_NAME", "")
    said: list[str] = []

    def start(status: str, _headers: Any, _error: Any = None) -> Any:
        said.append(status)
        return lambda _data: None

    body = (validator(app) if checked else app)(environ, start)
    try:
        return said[0], b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()


def test_around_an_application() -> None:
    app = wsgi(application)
    assert get(app, "/debug/pprof/cmdline")[0] == "200 OK"
    assert get(app, "/orders/17") == ("200 OK", b"/orders/17")
    assert get(app, "/debug/pprofile") == ("200 OK", b"/debug/pprofile")


@pytest.mark.parametrize("path", ["/cmdline", "/debug/pprof/cmdline"])
def test_mounted(path: str) -> None:
    assert get(wsgi(), path)[0] == "200 OK"


def test_refusals() -> None:
    assert get(wsgi(), "/nothing")[0] == "404 Not Found"
    assert get(wsgi(), "/cmdline", REMOTE_ADDR="10.1.2.3")[0] == "403 Forbidden"
    assert get(wsgi(token="t"), "/cmdline")[0] == "401 Unauthorized"
    assert get(wsgi(token="t"), "/cmdline", HTTP_AUTHORIZATION="Bearer t")[0] == "200 OK"
    assert get(wsgi(), "/profile", QUERY_STRING="seconds=never")[0] == "400 Bad Request"


def test_head_has_no_body() -> None:
    assert get(wsgi(), "/cmdline", REQUEST_METHOD="HEAD")[1] == b""
