"""Run pyinstrument in the target, from its first line to its end; every process leaves a session of its own."""

import atexit
import json
import os
import signal
import sys
import threading

_ENDING = ("SIGTERM", "SIGHUP")


class Recording:
    """The profiler of this process and what it leaves."""

    def __init__(self, settings, folder):
        self.settings = settings
        self.folder = folder
        self.thread = threading.get_ident()
        self.process = 0
        self.profiler = None
        self.cwd = os.getcwd()

    def begin(self):
        """Profile this thread from now on."""
        import pyinstrument

        self.process = os.getpid()
        self.thread = threading.get_ident()
        self.profiler = pyinstrument.Profiler(
            interval=self.settings.get("interval", 0.01), async_mode=self.settings.get("async_mode", "enabled")
        )
        self.profiler.start()

    def end(self):
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

    def write(self, path, save):
        """Write a file that is there whole or not at all."""
        save(path + ".part")
        os.replace(path + ".part", path)

    def describe(self, path):
        """Say what the session cannot: which process it was, and which module every file is."""
        modules = {}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str):
                modules.setdefault(file, name)
        main = getattr(sys.modules.get("__main__"), "__file__", None)
        if isinstance(main, str):
            modules[main] = "__main__"
        said = {
            "pid": self.process,
            "parent": os.getppid(),
            "command": " ".join(getattr(sys, "orig_argv", sys.argv)[1:]),
            "cwd": self.cwd,
            "modules": modules,
        }
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as stream:
            json.dump(said, stream)

    def forked(self):
        """Begin anew in a child: what its parent saw is not its own."""
        self.profiler, inherited = None, self.profiler
        if inherited is None or threading.get_ident() != self.thread or not self.settings.get("children", True):
            return
        try:
            inherited.reset()
            self.begin()
        except Exception:  # noqa: BLE001, S110 - see end
            pass


def start(settings, folder):
    """Begin, and see to it that the session is written however the process ends."""
    try:
        import pyinstrument  # noqa: F401
    except ImportError:  # a child under another interpreter
        return
    recording = Recording(settings, folder)
    recording.begin()
    atexit.register(recording.end)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=recording.forked)
    _wrap(recording, "_exit")
    for name in ("execv", "execve"):
        _wrap(recording, name)
    for name in _ENDING:
        _on_signal(recording, name)


def _wrap(recording, name):
    """End before a function of ``os`` that never comes back; an exec that fails ends the session all the same."""
    original = getattr(os, name, None)
    if original is None:
        return

    def ending(*arguments, **named):
        recording.end()
        return original(*arguments, **named)

    ending.__name__ = ending.__qualname__ = name
    ending.__doc__ = original.__doc__
    setattr(os, name, ending)


def _on_signal(recording, name):
    """End before a signal that would end the process at once; a handler of the target's own takes this one's place."""
    number = getattr(signal, name, None)
    try:
        if number is None or signal.getsignal(number) is not signal.SIG_DFL:
            return

        def ending(received, _):
            recording.end()
            signal.signal(received, signal.SIG_DFL)
            os.kill(os.getpid(), received)

        signal.signal(number, ending)
    except (OSError, ValueError):  # not in the main thread
        return
