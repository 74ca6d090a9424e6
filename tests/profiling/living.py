"""Processes that live while a test looks into them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY = """
import threading, time

numbers = list(range(100_000))

def burn():
    while True:
        blocks = [bytearray(200_000) for _ in range(5)]
        sorted(numbers)

def sleepy():
    time.sleep(600)

threading.Thread(target=sleepy, name="sleepy", daemon=True).start()
threading.Thread(target=burn, name="burner", daemon=True).start()
print("ready", flush=True)
input()
"""


@contextlib.contextmanager
def living(folder: Path, text: str = BUSY) -> Iterator[subprocess.Popen[str]]:
    """Run a program until the block ends; it says a line when it is ready."""
    (folder / "service.py").write_text(text)
    with subprocess.Popen(
        [sys.executable, "service.py"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()
