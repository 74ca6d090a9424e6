"""Run a program with other settings of the garbage collector, and note what collections cost."""

from __future__ import annotations

import gc
import json
import os
import sys
import time

from . import ends

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

#: Collections of the first generation or an older one in a row without a new module: imports are over.
QUIET = 2


class Tuned:
    """Applies the settings of one candidate and counts collections, in this process and in its forks."""

    def __init__(self, settings: dict[str, Any], folder: str) -> None:
        self._settings = settings
        self._folder = folder
        self._freezing = bool(settings.get("freeze"))
        self._clear()

    def _clear(self) -> None:
        self._count = self._total = self._longest = 0
        self._began = 0
        self._quiet = 0
        self._modules = len(sys.modules)

    def start(self) -> None:
        """Apply the settings."""
        threshold = self._settings.get("threshold")
        if threshold:
            gc.set_threshold(*threshold)
        if self._settings.get("disable"):
            gc.disable()
        gc.callbacks.append(self._heard)
        ends.at_end(self._end)
        ends.in_child(self._clear)

    def _heard(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.perf_counter_ns()
            return
        if self._began:
            took = time.perf_counter_ns() - self._began
            self._began = 0
            self._count += 1
            self._total += took
            if took > self._longest:
                self._longest = took
        if self._freezing and info["generation"]:
            self._look()

    def _look(self) -> None:
        """Freeze once what was imported, when nothing new has been for a while.

        A program says itself when it is ready (``perftool.profiling.collector.apply``); one that is only tried out
        cannot be asked.
        """
        modules = len(sys.modules)
        if modules != self._modules:
            self._modules, self._quiet = modules, 0
            return
        self._quiet += 1
        if self._quiet >= QUIET:
            self._freezing = False
            gc.freeze()

    def _end(self) -> None:
        said = {
            "count": self._count,
            "total_ns": self._total,
            "longest_ns": self._longest,
            "frozen": gc.get_freeze_count(),
        }
        path = os.path.join(self._folder, f"gc-{os.getpid()}-{time.time_ns()}.json")
        try:
            with open(path, "w", encoding="utf-8") as file:
                json.dump(said, file)
        except OSError:
            return  # the folder has gone: whoever wanted to know has too


def start(settings: dict[str, Any], folder: str) -> None:
    """Run this process and its children with the settings of one candidate."""
    Tuned(settings, folder).start()
