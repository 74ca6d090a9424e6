"""Programs that are profiled while they run: they end when their standard input does."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Threads that are busy behind a main thread that waits, hot four times as much as cold.
BUSY = """
import sys, threading, time
import perftool.profiling

def spin(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass

def hot():
    spin(0.02)

def cold():
    spin(0.005)

def work():
    while True:
        hot()
        cold()

server = perftool.profiling.serve(port=0)
print(server.port, flush=True)
threading.Thread(target=work, daemon=True).start()
sys.stdin.read()
"""


@contextmanager
def running(source: str, *words: str) -> Iterator[str]:
    """Start a program and give the address that it prints; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", source, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
    assert process.returncode == 0, process.returncode
