"""What worker processes of these tests do: a word, with an argument behind a colon."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from perftool.batch.worker import Done

if TYPE_CHECKING:
    from collections.abc import Callable


def make(_: Any) -> Callable[[bytes], bytes]:
    return _work


def _work(payload: bytes) -> bytes:
    word, _, argument = payload.decode().partition(":")
    if word == "sleep":
        time.sleep(float(argument))
    elif word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "once":
        try:
            Path(argument).touch(exist_ok=False)
        except FileExistsError:
            pass
        else:
            time.sleep(9)
    return msgspec.msgpack.encode(Done(b'"done"'))
