"""What is answered below /debug/pprof/, and what is refused in one line."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from perftool.profiling import files
from perftool.profiling.capture import INUSE_SPACE
from perftool.profiling.live.service import Request, answer
from perftool.profiling.live.turn import TURN

if TYPE_CHECKING:
    from pathlib import Path


def ask(path: str, *, method: str = "GET", client: str = "127.0.0.1", token: str | None = None, **query: str):
    request = Request(method=method, path=path, query=query, headers={"host": "localhost"}, client=client)
    return answer(request, token)


def line(path: str, **more: str) -> tuple[int, str]:
    response = ask(path, **more)
    return response.status, response.body.decode().strip()


def test_index_names_everything() -> None:
    response = ask("")
    assert response.status == 200
    page = response.body.decode()
    assert all(f"/debug/pprof/{name}" in page for name in ("profile", "heap", "allocs", "goroutine", "cmdline"))


@pytest.mark.parametrize(
    ("path", "query", "status", "says"),
    [
        ("profile", {"seconds": "soon"}, 400, "seconds=soon"),
        ("profile", {"seconds": "-1"}, 400, "from 0.01 to 3600"),
        ("profile", {"seconds": "nan"}, 400, "seconds=nan"),
        ("profile", {"seconds": "99999"}, 400, "3600"),
        ("profile", {"rate": "0"}, 400, "rate=0"),
        ("heap", {"seconds": "900"}, 400, "300"),
        ("mutex", {}, 404, "profile, heap"),
        ("../../etc/passwd", {}, 404, "nothing here"),
    ],
)
def test_wrong_questions(path: str, query: dict[str, str], status: int, says: str) -> None:
    told = line(path, **query)
    assert told[0] == status
    assert says in told[1]
    assert "\n" not in told[1]


def test_only_get() -> None:
    assert ask("profile", method="DELETE").status == 405


def test_refusals_come_first() -> None:
    assert ask("cmdline", client="10.0.0.9").status == 403
    refused = ask("cmdline", token="t0ken")
    assert refused.status == 401
    assert ("WWW-Authenticate", "Bearer") in refused.headers


def test_one_capture_at_a_time() -> None:
    with TURN.taken("CPU time"):
        assert line("heap", seconds="0.01") == (409, "a capture of CPU time is under way; only one at a time")


def test_heap_has_the_types_of_go(tmp_path: Path) -> None:
    kept: list[bytes] = []
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            kept.append(bytes(50_000))
            done.wait(0.005)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        response = ask("heap", seconds="0.3")
    finally:
        done.set()
        thread.join()
    assert response.status == 200, response.body
    file = tmp_path / "heap.pb.gz"
    file.write_bytes(response.body)
    capture = files.read(file)
    assert [one.kind for one in capture.value_types] == ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]
    assert capture.value_types[capture.default] == INUSE_SPACE
    held: Counter[str] = Counter()
    for sample in capture.samples:
        held[capture.function_of(capture.stacks[sample.stack][-1]).name] += sample.values[3]
    mine = next(size for name, size in held.items() if name.endswith("work"))
    # Each is 33 bytes larger than its content; beside them there is only the list.
    assert 1 <= mine // 50_033 <= len(kept)
    assert mine % 50_033 < 10_000, held
    assert not any("live.heap" in name for name in held)
