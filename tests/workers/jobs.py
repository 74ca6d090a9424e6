"""What the workers of these tests do: each item says it in a word, with an argument behind a colon."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

PREPARED: list[Any] = []
_EATEN: list[bytes] = []


def prepare(settings: Any) -> None:
    PREPARED.append((settings, os.getpid()))
    if settings == "prepare fails":
        raise ValueError("no\nluck")
    if settings == "prepare dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if settings in ("no forks", "one fork"):
        _allow_forks(settings == "one fork")
    if settings == "prepare hangs":
        time.sleep(60)


def _allow_forks(most: int) -> None:
    """Make every fork of this process after the first ``most`` fail as the system's do."""
    fork, done = os.fork, 0

    def few() -> int:
        nonlocal done
        if done >= most:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        done += 1
        return fork()

    os.fork = few


class Work:
    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.done = 0

    def __call__(self, item: bytes) -> bytes:
        self.done += 1
        word, _, argument = item.partition(b":")
        return _WORDS[word.decode()](argument.decode())

    def stats(self) -> dict[str, float]:
        return {"done": float(self.done)}


def make(settings: Any) -> Work:
    if settings == "make refuses":
        raise UsageError("no dialect named 'x'", hint="known: y")
    if settings == "make dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    return Work(settings)


def make_echo(settings: Any) -> Callable[[bytes], bytes]:
    return lambda item: item


not_a_function = 1


def _once(path: str, then: Callable[[], object]) -> bytes:
    """Do ``then`` the first time that ``path`` is seen."""
    try:
        Path(path).touch(exist_ok=False)
    except FileExistsError:
        return b"survived"
    then()
    return b"not reached"


def _noted(path: str) -> bytes:
    with open(path, "a") as file:
        file.write("x")
    return b"noted"


def _eat(megabytes: str) -> bytes:
    for _ in range(int(megabytes) // 4):
        _EATEN.append(os.urandom(1 << 16) * 64)
        time.sleep(0.004)
    # Long enough for the guard on any machine: it is ended before.
    time.sleep(30)
    return b"ate"


def _eat_and_forget(megabytes: str) -> bytes:
    _EATEN.append(b"x" * (int(megabytes) << 20))
    time.sleep(0.05)
    return b"ate"


def _raise(message: str) -> bytes:
    raise ValueError(message)


def _odd(_: str) -> bytes:
    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    raise OddError


def _deep(_: str) -> bytes:
    def down(n: int) -> int:
        return down(n + 1) + 1

    return b"%d" % down(0)


def _sleep(seconds: str) -> bytes:
    time.sleep(float(seconds))
    return seconds.encode()


def _stop(_: str) -> bytes:
    os.kill(os.getpid(), signal.SIGSTOP)
    return b"not reached"


def _noise(_: str) -> bytes:
    sys.stdout.write("out")
    sys.stderr.write("err")
    sys.stdout.flush()
    os.write(1, b"one")
    os.write(2, b"two")
    return b"quiet"


_WORDS: dict[str, Callable[[str], Any]] = {
    "echo": str.encode,
    "pid": lambda _: b"%d" % os.getpid(),
    "parent": lambda _: b"%d" % os.getppid(),
    "prepared": lambda _: repr(PREPARED).encode(),
    "main": lambda _: repr(getattr(sys.modules["__main__"], "__file__", "")).encode(),
    "size": lambda text: b"%d" % len(text),
    "make": lambda size: b"m" * int(size),
    "sleep": _sleep,
    "raise": _raise,
    "odd": _odd,
    "deep": _deep,
    "leave": lambda _: sys.exit(4),
    "text": lambda _: "text",
    "view": lambda text: bytearray(text.encode()),
    "die": lambda number: os.kill(os.getpid(), int(number)),
    "die-once": lambda path: _once(path, lambda: os.kill(os.getpid(), signal.SIGKILL)),
    "end": lambda code: os._exit(int(code)),
    "stop": _stop,
    "note": _noted,
    "eat": _eat,
    "grow": _eat_and_forget,
    "noise": _noise,
    "interrupt": lambda _: os.kill(os.getpid(), signal.SIGINT) or b"unimpressed",
}
