"""What the servers that tests start have in common: their folder, their port, their start, death and end."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

USER = "tester"
#: The password of every test server, which no output may ever show; it needs quoting in a URL.
PASSWORD = "hunter2-Planted/&%"
KEEPER = Path(__file__).with_name("keeper.py")
#: The path of a socket may have 107 characters; this leaves room for its name.
FOLDER_LENGTH = 60
START_S = 30.0
ATTEMPTS = 5


class Server:
    """A server from local binaries, in a folder of its own, on a free port of 127.0.0.1. Use it in a ``with`` block."""

    package: ClassVar[str]
    account: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGKILL

    def __init__(self) -> None:
        self.port = 0
        self.pid = 0
        self.folder = Path()
        self._keeper: subprocess.Popen[str] | None = None

    def prepare(self) -> None:
        """Make what the server needs before its first start."""

    def command(self) -> list[str]:
        """Return the command line that serves in ``folder`` on ``port``."""
        raise AssertionError("a server says how it is started")

    def answers(self) -> bool:
        """Say whether the server serves."""
        raise AssertionError("a server says when it serves")

    @property
    def log(self) -> Path:
        """Return the file of what the server said."""
        return self.folder / "server.log"

    @property
    def credentials(self) -> str:
        """Return user and password as a URL has them."""
        return f"{USER}:{quote(PASSWORD, safe='')}"

    def identity(self) -> dict[str, Any]:
        """Say as whom the server runs: database servers refuse root."""
        if os.geteuid() != 0:
            return {}
        try:
            user = pwd.getpwnam(self.account)
        except KeyError:
            pytest.skip(f"there is no user {self.account} to run a server as (Debian: {self.package})")
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(self, command: Sequence[str]) -> None:
        """Run a program as the server's user to its end."""
        done = subprocess.run(
            command, cwd="/", capture_output=True, text=True, check=False, timeout=60, **self.identity()
        )
        assert done.returncode == 0, f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"

    def __enter__(self) -> Self:
        identity = self.identity()
        self.folder = Path(tempfile.mkdtemp(prefix="pt-", dir=short_folder()))
        if identity:
            os.chown(self.folder, identity["user"], identity["group"])
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(KEEPER), str(int(self.stop_signal)), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            self.prepare()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The keeper stops the server and removes the folder, as it does when the tests are killed.
        assert self._keeper is not None
        self._keeper.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server, again after a kill; another port is tried when somebody took the one found."""
        for _ in range(ATTEMPTS):
            # A server that comes back is where its clients look for it.
            self.port = self.port or free_port()
            order = {"start": self.command(), "log": str(self.log), "identity": self.identity()}
            self.pid = self._ordered(order)["pid"]
            if self._served():
                return
            self.port = 0
        said = self.log.read_text(errors="replace")[-3000:]
        raise AssertionError(f"{self.package}: the server does not start:\n{said}")

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End the server as a crash would, or by another signal, and wait until it is gone."""
        self._ordered({"signal": int(number)})

    def _served(self) -> bool:
        limit = time.monotonic() + START_S
        while time.monotonic() < limit:
            if self._ordered({})["code"] is not None:
                return False
            if self.answers():
                return True
            time.sleep(0.01)
        return False

    def _ordered(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._keeper is not None
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write(json.dumps(order) + "\n")
        self._keeper.stdin.flush()
        answer: dict[str, Any] = json.loads(self._keeper.stdout.readline())
        return answer


def program(name: str, *, package: str, beside: Sequence[str] = ()) -> str:
    """Return the path of a server's program, from PATH or the folders that match ``beside``; skip without it.

    Of several versions the newest is taken.
    """
    found = shutil.which(name)
    if found is None:
        places = [place for pattern in beside for place in Path("/").glob(f"{pattern.lstrip('/')}/{name}")]
        places.sort(key=lambda place: [int(part) if part.isdigit() else 0 for part in place.parts])
        found = str(places[-1]) if places else None
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: {package})")
    return found


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def short_folder() -> str:
    """Return a folder for temporary files that is short enough for sockets and open to the users of servers."""
    for place in (tempfile.gettempdir(), "/tmp"):
        path = Path(place).resolve()
        if len(str(path)) <= FOLDER_LENGTH and all(parent.stat().st_mode & 1 for parent in (path, *path.parents)):
            return str(path)
    return "/var/tmp"
