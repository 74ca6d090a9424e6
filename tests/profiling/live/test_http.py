"""A program's own small server: answers, refuses, closes, and leaves nothing behind."""

from __future__ import annotations

import os
import socket
import threading
import urllib.error
import urllib.request

import pytest

import perftool.profiling
from perftool.errors import UnavailableError
from perftool.profiling.live import http as module


def get(url: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answered:
            return answered.status, answered.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_serves_on_a_free_port_and_closes() -> None:
    with perftool.profiling.serve(port=0) as server:
        assert get(server.url)[0] == 200
        assert get(f"{server.url}cmdline")[1].strip()
        assert get(f"http://127.0.0.1:{server.port}/metrics") == (404, "profiles are below /debug/pprof/\n")
    assert not [thread for thread in threading.enumerate() if thread.name == "perftool-pprof"]
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server.url, timeout=5)
    server.close()  # a second time does nothing


def test_a_port_in_use_is_one_clear_line() -> None:
    with perftool.profiling.serve(port=0) as server:
        with pytest.raises(UnavailableError, match="address already in use") as caught:
            perftool.profiling.serve(port=server.port)
        assert "port=0" in str(caught.value.hint)


def test_a_port_that_is_none() -> None:
    with pytest.raises(UnavailableError, match="cannot listen"):
        perftool.profiling.serve(port=70_000)


def test_a_token_is_asked_for() -> None:
    with perftool.profiling.serve(port=0, token="let me in") as server:
        assert get(f"{server.url}cmdline")[0] == 401
        assert get(f"{server.url}cmdline", Authorization="Bearer let me in")[0] == 200


def test_head_has_no_body() -> None:
    with perftool.profiling.serve(port=0) as server:
        request = urllib.request.Request(f"{server.url}cmdline", method="HEAD")
        with urllib.request.urlopen(request, timeout=10) as answered:
            assert answered.read() == b""
            assert int(answered.headers["Content-Length"]) > 0


def test_nonsense_does_not_end_it() -> None:
    with perftool.profiling.serve(port=0) as server:
        for sent in (b"", b"\0\0\0", b"GET\r\n\r\n", b"GET /debug/pprof/ HTTP/9.9\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1000)
        assert get(server.url)[0] == 200


def test_closes_where_it_listens_everywhere() -> None:
    server = perftool.profiling.serve(port=0, host="0.0.0.0")
    assert get(f"http://127.0.0.1:{server.port}/debug/pprof/")[0] == 200
    server.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "perftool-pprof"]


def test_without_a_descriptor_left_it_waits_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr(module.time, "sleep", rests.append)
    with module._Listening("127.0.0.1", 0, None) as listening:
        monkeypatch.setattr(listening, "socket", NoneLeft())
        with pytest.raises(OSError, match="too many"):
            listening.get_request()
        monkeypatch.undo()
    assert rests
    assert rests[0] > 0.05


class NoneLeft:
    """A socket that cannot take a connection in."""

    def accept(self) -> None:
        raise OSError(24, "too many open files")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_leaves_the_socket_to_its_parent() -> None:
    with perftool.profiling.serve(port=0) as server:
        pid = os.fork()
        if pid == 0:
            server.close()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert get(server.url)[0] == 200


def test_names_are_imported_when_they_are_used() -> None:
    with pytest.raises(AttributeError, match="no attribute 'served'"):
        perftool.profiling.served  # noqa: B018


def test_a_name_stays_what_it_is_whatever_was_imported() -> None:
    import importlib
    import pkgutil

    modules = {one.name for one in pkgutil.iter_modules(perftool.profiling.__path__)}
    assert not modules & set(perftool.profiling.__all__)
    for name in perftool.profiling.__all__:
        importlib.import_module(perftool.profiling._PLACES[name])
        assert callable(getattr(perftool.profiling, name))
        assert getattr(perftool.profiling, name).__name__ == name
