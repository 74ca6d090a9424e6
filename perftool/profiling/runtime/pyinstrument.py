"""Run pyinstrument in the target, from its first line to its end; every process leaves a session of its own."""

from __future__ import annotations

import importlib.machinery
import json
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from . import ends

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import FrameType, ModuleType

_ENDING = ("SIGTERM", "SIGHUP")


class Recording:
    """The profiler of this process and what it leaves."""

    def __init__(self, settings: dict[str, Any], folder: str) -> None:
        self.settings = settings
        self.folder = folder
        self.thread = threading.get_ident()
        self.process = 0
        self.profiler: Any = None
        self.cwd = os.getcwd()

    def begin(self) -> None:
        """Profile this thread from now on."""
        pyinstrument = _imported()
        self.process = os.getpid()
        self.thread = threading.get_ident()
        self.profiler = pyinstrument.Profiler(
            interval=self.settings.get("interval", 0.01), async_mode=self.settings.get("async_mode", "enabled")
        )
        self.profiler.start()

    def end(self) -> None:
        """Stop and write the session; what cannot be written is lost, the target goes on."""
        profiler, self.profiler = self.profiler, None
        # Only the thread that started a profiler can stop it; after a fork it belongs to the parent.
        if profiler is None or threading.get_ident() != self.thread or os.getpid() != self.process:
            return
        try:
            session = profiler.stop()
            stem = os.path.join(self.folder, f"pyinstrument-{self.process}-{os.urandom(4).hex()}")
            self.write(stem + ".about.json", self.describe)
            self.write(stem + ".pyisession", session.save)
        except Exception:  # noqa: BLE001, S110 - whatever happens to the profile must not happen to the program
            pass

    def write(self, path: str, save: Callable[[str], None]) -> None:
        """Write a file that is there whole or not at all."""
        save(path + ".part")
        os.replace(path + ".part", path)

    def describe(self, path: str) -> None:
        """Say what the session cannot: which process it was, and which module every file is."""
        modules: dict[str, str] = {}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str):
                modules.setdefault(file, name)
        # By now the interpreter has taken __file__ away from __main__.
        script = next(iter(sys.argv), "")
        modules["<string>" if script == "-c" else os.path.join(self.cwd, script)] = "__main__"
        said = {
            "pid": self.process,
            "parent": os.getppid(),
            "command": " ".join(getattr(sys, "orig_argv", sys.argv)[1:]),
            "cwd": self.cwd,
            "modules": modules,
        }
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as stream:
            json.dump(said, stream)

    def again(self) -> None:
        """Go on where becoming another program has failed; what was seen before is written already."""
        if self.profiler is None and threading.get_ident() == self.thread and os.getpid() == self.process:
            self.begin()

    def forked(self) -> None:
        """Begin anew in a child: what its parent saw is not its own."""
        self.profiler, inherited = None, self.profiler
        if inherited is None or threading.get_ident() != self.thread or not self.settings.get("children", True):
            return
        try:
            inherited.reset()
            self.begin()
        except Exception:  # noqa: BLE001, S110 - see end
            pass


def start(settings: dict[str, Any], folder: str) -> None:
    """Begin, and see to it that the session is written however the process ends."""
    try:
        _imported()
    except ImportError:  # a child under another interpreter
        return
    recording = Recording(settings, folder)
    recording.begin()
    sys.meta_path.insert(0, LoopFinder())
    ends.at_end(recording.end)
    ends.in_child(recording.forked)
    ends.still_here(recording.again)
    for name in _ENDING:
        _on_signal(recording, name)


def _imported() -> Any:
    """Import pyinstrument, which would print a warning about slow clocks into the output of the program."""
    silenced = "PYINSTRUMENT_IGNORE_OVERHEAD_WARNING"
    unset = silenced not in os.environ
    if unset:
        os.environ[silenced] = "1"
    try:
        import pyinstrument
    finally:
        if unset:
            del os.environ[silenced]
    return pyinstrument


class LoopFinder:
    """Waits for asyncio, whose loop must run outside of the context that is profiled.

    pyinstrument takes time outside of it for time that a coroutine awaits. It was started before there was a loop, so
    that the loop's own waiting would look like work.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find asyncio.base_events as others find it, and change its loop once it is loaded; nothing else."""
        if name != "asyncio.base_events":
            return None
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                load(module)
                _outside(module.BaseEventLoop)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _outside(loop: Any) -> None:
    """Have an event loop run outside of the profiled context; tasks that were made in it stay in it."""
    from pyinstrument.stack_sampler import active_profiler_context_var as context

    original = loop.run_forever

    def run_forever(self: Any) -> Any:
        held = context.get()
        if held is not None:
            context.set(None)
        try:
            return original(self)
        finally:
            if held is not None:
                context.set(held)

    run_forever.__doc__ = original.__doc__
    run_forever.__qualname__ = original.__qualname__
    loop.run_forever = run_forever


def _on_signal(recording: Recording, name: str) -> None:
    """End before a signal that would end the process at once; a handler of the target's own takes this one's place."""
    number = getattr(signal, name, None)
    try:
        if number is None or signal.getsignal(number) is not signal.SIG_DFL:
            return

        def ending(received: int, _: FrameType | None) -> None:
            recording.end()
            signal.signal(received, signal.SIG_DFL)
            os.kill(os.getpid(), received)

        signal.signal(number, ending)
    except (OSError, ValueError):  # not in the main thread
        return
