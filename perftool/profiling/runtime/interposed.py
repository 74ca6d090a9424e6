"""What the program does to signals and threads, as far as the sampler must know: told by the functions it calls.

The functions are put back when sampling ends. Those that a module has taken for itself before cannot be told of.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
    from typing import Any
else:
    import _signal

_PROF = int(getattr(_signal, "SIGPROF", 0))
_ITIMER_PROF = getattr(_signal, "ITIMER_PROF", None)
# (module, name): the same functions under all names that programs call them by.
_PLACES = {
    "signal": (("_signal", "signal"),),
    "setitimer": (("_signal", "setitimer"), ("signal", "setitimer")),
    "set_wakeup_fd": (("_signal", "set_wakeup_fd"), ("signal", "set_wakeup_fd")),
    "start_new_thread": (
        ("_thread", "start_new_thread"),
        ("_thread", "start_new"),
        ("_thread", "start_joinable_thread"),
        ("threading", "_start_new_thread"),
        ("threading", "_start_joinable_thread"),
    ),
}


class Interposed:
    """Tells of what the program does while it is ``on``.

    ``taken(what)`` is called before it takes the signal or the timer of the sampler for itself, ``wakeup(file)`` when
    it gives the interpreter another file to write signals to, ``threaded()`` before its next thread starts.
    """

    def __init__(
        self, taken: Callable[[str], None], wakeup: Callable[[int], None], threaded: Callable[[], None]
    ) -> None:
        self._taken, self._wakeup, self._threaded = taken, wakeup, threaded
        self._replaced: list[tuple[Any, str, Any, Any]] = []

    def on(self) -> None:
        """Begin to tell."""
        if self._replaced:
            return
        self._put("signal", self._signal)
        self._put("setitimer", self._setitimer)
        self._put("set_wakeup_fd", self._set_wakeup_fd)
        self._put("start_new_thread", self._start)

    def off(self) -> None:
        """Put back what is still in its place."""
        for module, name, call, told in self._replaced:
            if getattr(module, name, None) is told:
                setattr(module, name, call)
        self._replaced = []

    def _put(self, what: str, telling: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        for module_name, name in _PLACES[what]:
            module = sys.modules.get(module_name)
            call = getattr(module, name, None)
            if call is None:
                continue
            told = telling(call)
            for one in ("__name__", "__qualname__", "__doc__", "__module__"):
                setattr(told, one, getattr(call, one, None))
            self._replaced.append((module, name, call, told))
            setattr(module, name, told)

    def _signal(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def told(number: Any, handler: Any) -> Any:
            if number == _PROF:
                self._taken("a handler for SIGPROF")
            return call(number, handler)

        return told

    def _setitimer(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def told(which: Any, *times: Any) -> Any:
            if which == _ITIMER_PROF:
                self._taken("the timer ITIMER_PROF")
            return call(which, *times)

        return told

    def _set_wakeup_fd(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def told(file: Any, *more: Any, **named: Any) -> Any:
            before = call(file, *more, **named)
            self._wakeup(file)
            return before

        return told

    def _start(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def told(*arguments: Any, **named: Any) -> Any:
            self._threaded()
            return call(*arguments, **named)

        return told
