"""Record every allocation of the target with memray, from its first line to its end; every process leaves a file."""

from __future__ import annotations

import _thread
import contextlib
import gc
import json
import operator
import os
import sys
import threading
import time

from . import ends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: How often it is looked whether the recording has to end.
_LOOK_S = 0.5
_PATIENCE_S = 20.0
#: Above all levels of logging.
_SILENT = 100


class Recording:
    """The tracker of this process and what it leaves."""

    def __init__(self, settings: dict[str, Any], folder: str) -> None:
        self.settings = settings
        self.folder = folder
        self.cwd = os.getcwd()
        self.stem = ""
        self.path = ""
        self.tracker: Any = None
        self.stopped: Any = None
        self.ended_early = ""

    def begin(self) -> None:
        """Record from now on."""
        import memray

        # What it cannot write is said in the report, not in the program's output.
        memray.set_log_level(_SILENT)  # type: ignore[attr-defined]  # exported, but not in its stubs
        self.path = self.stem = os.path.join(self.folder, f"memray-{os.getpid()}-{os.urandom(4).hex()}.bin")
        self.describe({})
        self.tracker = _entered(
            memray.Tracker(
                self.path,
                native_traces=self.settings.get("native", False),
                trace_python_allocators=self.settings.get("python_allocators", True),
                follow_fork=self.settings.get("children", True),
                memory_interval_ms=self.settings.get("interval_ms", 10),
            )
        )
        if self.tracker is None:
            return
        # The main thread is one like others now: its callers are not left out, whatever stood below the tracker.
        memray.start_thread_trace(None, "call", None)  # type: ignore[attr-defined]  # exported, but not in its stubs
        # memray takes down the names of threads when they are given.
        main = threading.main_thread()
        main.name = main.name
        self.watch()

    def end(self) -> None:
        """Collect garbage, which is no leak, and close the file."""
        tracker, self.tracker = self.tracker, None
        if tracker is None:
            return
        self.stopped.release()
        try:
            gc.collect()
        finally:
            tracker.__exit__(None, None, None)
            self.describe({"closed": True, "early": self.ended_early})

    def forked(self) -> None:
        """Go on in a child, in the file that memray has opened for it."""
        if self.tracker is None:
            return
        if not self.settings.get("children", True):
            self.tracker = None
            sys.setprofile(None)
            return
        self.path = f"{self.stem}.{os.getpid()}"
        self.describe({})
        self.watch()

    def watch(self) -> None:
        """Have a thread of no name end the recording when its time is over or its file is too large."""
        self.stopped = _thread.allocate_lock()
        self.stopped.acquire()
        # Where there are no more threads for this process, nothing ends it early.
        with contextlib.suppress(RuntimeError):
            _thread.start_new_thread(self._watching, (self.path, self.stopped, time.monotonic()))

    def _watching(self, path: str, stopped: Any, began: float) -> None:
        most, seconds = self.settings.get("most_bytes"), self.settings.get("duration_s")
        while not stopped.acquire(timeout=_LOOK_S if seconds is None else min(_LOOK_S, seconds)):
            try:
                size = os.stat(path).st_size
            except OSError:
                size = 0
            if seconds is not None and time.monotonic() - began >= seconds:
                self.ended_early = "duration"
            elif most is not None and size > most:
                self.ended_early = "size"
            else:
                continue
            self.end()
            return

    def describe(self, more: dict[str, Any]) -> None:
        """Say what the file cannot: which process it was, and which module every source file is."""
        said: dict[str, Any] = {
            "pid": os.getpid(),
            "parent": os.getppid(),
            "command": " ".join(getattr(sys, "orig_argv", sys.argv)[1:]),
            "cwd": self.cwd,
            "modules": _modules(self.cwd),
        }
        said.update(more)
        path = self.path + ".about.json"
        try:
            with open(path + ".part", "w", encoding="utf-8", errors="backslashreplace") as stream:
                json.dump(said, stream)
            os.replace(path + ".part", path)
        except OSError:
            pass


def start(settings: dict[str, Any], folder: str) -> None:
    """Begin, and see to it that the file is closed however the process ends."""
    try:
        __import__("memray")
    except ImportError:  # a child under another interpreter
        return
    recording = Recording(settings, folder)
    recording.begin()
    ends.at_end(recording.end)
    ends.in_child(recording.forked)


def _entered(tracker: Any) -> Any:
    """Start a tracker in a thread that runs no Python function, and return it, or None when it would not start.

    memray leaves out of all stacks of the thread that starts it as many of the outermost frames as stood there then.
    Here these are of the interpreter's own start and will have gone: the program's would be left out in their place.
    """
    done = _thread.allocate_lock()
    done.acquire()
    calls = map(operator.methodcaller("__call__"), (tracker.__enter__, done.release))
    _thread.start_new_thread(list, (calls,))
    return tracker if done.acquire(timeout=_PATIENCE_S) else None


def _modules(cwd: str) -> dict[str, str]:
    """Return the name of the module in every source file."""
    found: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and name != "__main__":
            found.setdefault(file, name)
    main = sys.modules.get("__main__")
    script = getattr(main, "__file__", None) or next(iter(sys.argv), "")
    if "-c" in getattr(sys, "orig_argv", sys.argv):
        found["<string>"] = "__main__"
    elif isinstance(script, str) and script:
        found[script] = found[os.path.join(cwd, script)] = "__main__"
    return found
