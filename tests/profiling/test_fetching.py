"""Profiles are fetched from what answers as pprof does; everything else is one clear line."""

from __future__ import annotations

import gzip
import http.server
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError, PerftoolError, UnavailableError, UsageError
from perftool.profiling import fetching, files
from perftool.profiling.capture import CPU, SAMPLES, Builder, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

BODIES: dict[str, tuple[int, bytes]] = {}
ASKED: list[tuple[str, str | None]] = []


class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        ASKED.append((self.path, self.headers.get("Authorization")))
        status, body = BODIES.get(self.path.partition("?")[0], (404, b"404 page not found\n"))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def profile() -> bytes:
    builder = Builder((SAMPLES, CPU))
    builder.add([builder.frame(Function("shop.total", "shop.py", 3), 4)], (2, 20_000_000))
    return files.encode(replace(builder.build(), default=1, period=10_000_000, period_type=CPU), "pprof")


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("localhost:6060", "http://localhost:6060/debug/pprof/profile?seconds=2.5"),
        ("http://h", "http://h/debug/pprof/profile?seconds=2.5"),
        ("https://h/app/", "https://h/app/debug/pprof/profile?seconds=2.5"),
        ("http://h/app/debug/pprof/heap?seconds=9&x=1", "http://h/app/debug/pprof/profile?x=1&seconds=2.5"),
        ("[::1]:6060", "http://[::1]:6060/debug/pprof/profile?seconds=2.5"),
        ("http://user:secret@h:1", "http://h:1/debug/pprof/profile?seconds=2.5"),
    ],
)
def test_addresses(url: str, whole: str) -> None:
    assert fetching.address(url, "profile", 2.5) == whole


@pytest.mark.parametrize("url", ["", "http://", "ftp://h/x", "file:///etc/passwd", "h:port", "h:0", "http://[::1"])
def test_no_address(url: str) -> None:
    with pytest.raises(UsageError):
        fetching.address(url, "profile", None)


def test_a_profile_is_read(service: str) -> None:
    BODIES["/debug/pprof/profile"] = 200, profile()
    capture = fetching.fetch(service, "profile", seconds=1, token="t0ken")
    assert capture.total() == 20_000_000
    assert capture.functions[0].name == "shop.total"
    assert ASKED[-1] == ("/debug/pprof/profile?seconds=1", "Bearer t0ken")


def test_text_is_for_people(service: str) -> None:
    BODIES["/debug/pprof/goroutine"] = 200, b"thread MainThread:\n"
    assert fetching.text(service, "goroutine") == "thread MainThread:\n"
    assert ASKED[-1][0] == "/debug/pprof/goroutine?debug=1"


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (404, b"404 page not found\n", UnavailableError, "404"),
        (409, b"a capture of CPU time is under way", UnavailableError, "under way"),
        (401, b"the token is missing or wrong", UnavailableError, "401: the token"),
        (500, b"<html>", UnavailableError, "500"),
        (302, b"", UnavailableError, "302"),
        (200, b"<html>hello</html>", InputError, "no profile"),
        (200, b"", InputError, "no profile"),
        (200, gzip.compress(b"\xff" * 50, mtime=0), InputError, "no profile"),
    ],
)
def test_refusals(service: str, status: int, body: bytes, kind: type[PerftoolError], says: str) -> None:
    BODIES["/debug/pprof/heap"] = status, body
    with pytest.raises(kind, match=says) as caught:
        fetching.fetch(service, "heap", seconds=None)
    assert "\n" not in caught.value.message


def test_nobody_is_there() -> None:
    with pytest.raises(UnavailableError, match="connection refused") as caught:
        fetching.fetch("127.0.0.1:1", "profile", seconds=1)
    assert "is it running" in str(caught.value.hint)


def test_no_such_host() -> None:
    with pytest.raises(UnavailableError, match=r"nowhere\.invalid"):
        fetching.fetch("nowhere.invalid:6060", "profile", seconds=1)


def test_silence_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(fetching, "GRACE_S", 0.2)
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, pytest.raises(UnavailableError, match=r"no answer within 0\.2 s"):
        fetching.fetch(f"127.0.0.1:{silent.getsockname()[1]}", "heap", seconds=None)
