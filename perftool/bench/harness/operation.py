"""Build the operation of a case, with a timed loop as tight as timeit's."""

from __future__ import annotations

import inspect
import itertools
import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

Json = dict[str, Any]

TWICE = "forked, and the forked process returned too: end that with os._exit()"

# The names begin with "_p_" so that a parameter of measured code cannot meet them.
LOOP = """
{define} timed(_p_iterations, _p_wall, _p_cpu, _p_operation{parameters}):
    _p_cpu_before = _p_cpu()
    _p_before = _p_wall()
    for _p_ in _p_iterations:
        {call}({arguments})
    _p_after = _p_wall()
    return _p_after - _p_before, _p_cpu() - _p_cpu_before
"""
EACH = """
{define} each(_p_iterations, _p_clock, _p_record, _p_operation{parameters}):
    for _p_ in _p_iterations:
        _p_before = _p_clock()
        {call}({arguments})
        _p_record(_p_clock() - _p_before)
"""
# Of operations that say themselves how many seconds counted: what they tidy up afterwards does not.
LOOP_OF_SECONDS = """
{define} timed(_p_iterations, _p_wall, _p_cpu, _p_operation{parameters}):
    _p_cpu_before = _p_cpu()
    _p_seconds = 0.0
    for _p_ in _p_iterations:
        _p_seconds += {call}({arguments})
    return _p_seconds, _p_cpu() - _p_cpu_before
"""
EACH_OF_SECONDS = """
{define} each(_p_iterations, _p_clock, _p_record, _p_operation{parameters}):
    for _p_ in _p_iterations:
        _p_record(int(1e9 * {call}({arguments})))
"""


class Operation:
    """One case, built: call ``run`` to time a number of operations, ``each`` to time every one.

    Asynchronous operations share one event loop for the whole sample and are awaited inside the timed loop. One with
    the attribute ``returns_seconds`` returns the seconds that count, which are part of those that it takes.
    """

    def __init__(self, module: ModuleType, case: Json) -> None:
        function = getattr(module, case["factory"], None)
        if not callable(function):
            raise LookupError("no function named " + repr(case["factory"]))
        self._events: Any = None
        self._teardown: tuple[Callable[..., Any], Json] | None = None
        values = dict(case.get("arguments") or {})
        setup = hook(module, case["factory"], "setup", case.get("setup"))
        teardown = hook(module, case["factory"], "teardown", case.get("teardown"))
        if setup is not None:
            given = self._call(setup, accepted(setup, values))
            if isinstance(given, dict):
                values.update(given)
        if teardown is not None:
            self._teardown = (teardown, accepted(teardown, values))
        if case.get("direct"):
            arguments = accepted(function, values)
            missing = required(function) - set(arguments)
            if missing:
                names = ", ".join(sorted(missing))
                raise TypeError(
                    f"{case['factory']} needs {names}: give it in params or in the dict that its setup returns"
                )
            operation = function
        else:
            operation, arguments = function(**values), {}
            if not callable(operation):
                raise TypeError(case["factory"] + " did not return a callable")
        self.asynchronous = inspect.iscoroutinefunction(operation) or inspect.iscoroutinefunction(
            type(operation).__call__
        )
        self._operation = operation
        self._arguments = arguments
        own = bool(getattr(operation, "returns_seconds", False))
        self._each = EACH_OF_SECONDS if own else EACH
        self._timed = compiled(LOOP_OF_SECONDS if own else LOOP, "timed", arguments, self.asynchronous)

    def try_out(self) -> None:
        """Run one operation and make sure that it is one: a coroutine that nobody awaits does nothing.

        raises: TypeError.
        """
        if inspect.isgeneratorfunction(self._operation) or inspect.isasyncgenfunction(self._operation):
            raise TypeError("is a generator, and calling it runs nothing of it: loop over it in the benchmark")
        pid = os.getpid()
        value = self._operation(**self._arguments)
        if os.getpid() != pid:
            raise RuntimeError(TWICE)
        if self.asynchronous:
            self._finish(value)
        elif inspect.iscoroutine(value):
            value.close()
            raise TypeError("returned a coroutine without awaiting it: make the benchmark itself async")

    def value(self) -> Any:
        """Run one operation and return what it returns."""
        return self._finish(self._operation(**self._arguments))

    def run(self, count: int) -> tuple[float, float]:
        """Run ``count`` operations and return their wall and CPU seconds."""
        iterations = itertools.repeat(None, count)
        took: tuple[float, float] = self._finish(
            self._timed(iterations, time.perf_counter, time.process_time, self._operation, **self._arguments)
        )
        return took

    def each(self, count: int, record: Callable[[int], None]) -> None:
        """Run ``count`` operations and hand the wall nanoseconds of each to ``record``."""
        loop = compiled(self._each, "each", self._arguments, self.asynchronous)
        iterations = itertools.repeat(None, count)
        self._finish(loop(iterations, time.perf_counter_ns, record, self._operation, **self._arguments))

    def close(self) -> None:
        """Call the teardown and close the event loop."""
        if self._teardown is not None:
            function, arguments = self._teardown
            self._call(function, arguments)
        if self._events is not None:
            self._events.close()

    def _call(self, function: Callable[..., Any], arguments: Json) -> Any:
        return self._finish(function(**arguments))

    def _finish(self, value: Any) -> Any:
        if not inspect.iscoroutine(value):
            return value
        if self._events is None:
            import asyncio

            self._events = asyncio.new_event_loop()
            asyncio.set_event_loop(self._events)
        return self._events.run_until_complete(value)


def hook(module: ModuleType, function: str, kind: str, name: str | None) -> Callable[..., Any] | None:
    """Return the ``kind`` ("setup", "teardown") of a ``function``: named, its attribute, or by its own name."""
    if name is not None:
        found = getattr(module, name, None)
        if not callable(found):
            raise LookupError("no " + kind + " function named " + repr(name))
        return found  # type: ignore[no-any-return]
    attached = getattr(getattr(module, function), kind, None)
    if attached is None and function.startswith("bench_"):
        attached = getattr(module, kind + "_" + function[len("bench_") :], None)
    return attached if callable(attached) else None


def accepted(function: Callable[..., Any], values: Json) -> Json:
    """Return those of ``values`` that ``function`` takes by name."""
    parameters = inspect.signature(function).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return dict(values)
    return {name: value for name, value in values.items() if name in parameters}


def required(function: Callable[..., Any]) -> set[str]:
    """Return the names of the parameters that have no default."""
    return {
        name
        for name, p in inspect.signature(function).parameters.items()
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }


def compiled(template: str, name: str, arguments: Json, asynchronous: bool) -> Any:
    """Return the loop as a function whose operation and arguments are local variables, as timeit does it."""
    source = template.format(
        define="async def" if asynchronous else "def",
        call="await _p_operation" if asynchronous else "_p_operation",
        parameters="".join(", " + key for key in arguments),
        arguments=", ".join(f"{key}={key}" for key in arguments),
    )
    namespace: Json = {"__name__": "_perftool_loop"}  # profiles are cut off below it
    exec(compile(source, "<perftool loop>", "exec"), namespace)  # noqa: S102 - our own text; names are identifiers
    return namespace[name]
