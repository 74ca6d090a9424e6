"""Leaves what a process ran in a folder, again and again: a process that is killed has said most of it."""

from __future__ import annotations

import json
import os
import sys
import threading
import time

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

    from .ledger import Ledger

#: Seconds between two looks whether there is something new; writing may take this share of the time.
_EVERY_S, _SHARE = 0.5, 0.02


class Writer:
    """Writes a ledger to a file of its process in ``folder``."""

    def __init__(self, ledger: Ledger, folder: str, children: bool = True) -> None:
        self._ledger, self._folder, self._children = ledger, folder, children
        self._told = -1
        self._done = threading.Event()
        self._on = True

    def start(self) -> None:
        """Write from now on, beside the program."""
        self._path = os.path.join(self._folder, f"statements-{os.getpid()}-{time.time_ns()}.json")
        self._started = time.time()
        self._done = threading.Event()
        self._told = -1
        threading.Thread(target=self._beside, args=(self._done,), name="perftool-statements", daemon=True).start()

    def forked(self) -> None:
        """Begin anew in a process that was forked."""
        self._ledger.clear()
        self._on = self._children
        if self._on:
            self.start()

    def end(self) -> None:
        """Write the last word."""
        self._done.set()
        if self._on:
            self.write(ended=True)

    def again(self) -> None:
        """Go on: the process did not become another."""
        if self._on and self._done.is_set():
            path = self._path
            self.start()
            self._path = path

    def write(self, *, ended: bool = False) -> None:
        """Write all that is known, in place of what was written before."""
        self._told = self._ledger.news
        said: dict[str, Any] = {
            "version": 1,
            "pid": os.getpid(),
            "parent": os.getppid(),
            "started": self._started,
            "command": list(getattr(sys, "orig_argv", sys.argv)),
            "cpu_s": time.process_time(),
            "ended": ended,
            **self._ledger.said(),
        }
        fresh = self._path + ".new"
        try:
            with open(fresh, "w", encoding="utf-8", errors="surrogatepass") as file:
                json.dump(said, file)
            os.replace(fresh, self._path)
        except OSError:
            return  # no room, or the folder has gone: the program goes on undisturbed

    def _beside(self, done: threading.Event) -> None:
        wait = _EVERY_S
        while not done.wait(wait):
            if self._ledger.news != self._told:
                began = time.perf_counter()
                self.write()
                wait = max(_EVERY_S, (time.perf_counter() - began) / _SHARE)
