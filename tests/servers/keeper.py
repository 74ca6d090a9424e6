"""Keep a server for tests: a program of its own, so that no server outlives a test run that was killed.

It starts, signals and awaits the server as told by lines of JSON on its standard input. When that closes, for whatever
reason, it stops the server and removes its folder. Standard library only: it runs without site-packages.
"""

from __future__ import annotations

import ctypes
import json
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

PR_SET_PDEATHSIG = 1
PATIENCE_S = 10


def main() -> None:
    """Serve one server; argv: the signal that stops it, and its folder."""
    stop, folder = int(sys.argv[1]), sys.argv[2]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with suppress(AttributeError, OSError):
        prctl = ctypes.CDLL(None).prctl
    server: subprocess.Popen[bytes] | None = None

    def die_with_keeper() -> None:
        # What is ignored here would be ignored there as well.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        with suppress(NameError):
            prctl(PR_SET_PDEATHSIG, stop)

    for line in sys.stdin:
        order = json.loads(line)
        answer: dict[str, int | None] = {}
        if "start" in order:
            with open(order["log"], "ab") as log:
                server = subprocess.Popen(
                    order["start"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    start_new_session=True,
                    preexec_fn=die_with_keeper,  # noqa: PLW1509 (this program has one thread)
                    **order["identity"],
                )
            answer["pid"] = server.pid
        elif server is not None:
            if "signal" in order:
                server.send_signal(order["signal"])
                answer["code"] = ended(server)
            else:
                answer["code"] = server.poll()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    if server is not None and server.poll() is None:
        server.send_signal(stop)
        ended(server)
    shutil.rmtree(folder, ignore_errors=True)


def ended(server: subprocess.Popen[bytes]) -> int:
    """Wait for the end of the server; who does not obey is killed."""
    try:
        return server.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


if __name__ == "__main__":
    main()
