"""List the ``bench_*`` functions of a file that has been executed, with every combination of their parameters."""

from __future__ import annotations

import inspect
import itertools
import json
from typing import TYPE_CHECKING, Any

from .operation import hook

if TYPE_CHECKING:
    from types import ModuleType

PREFIX = "bench_"


def functions(module: ModuleType) -> list[dict[str, Any]]:
    """Return one entry per function and parameter combination, in the order of definition.

    A function's own ``params`` ({name: [values]}) come on top of those of the module's ``PARAMS`` that it, or its
    setup, takes as an argument. A function that cannot be listed has an ``error`` instead of ``arguments``. An
    ``async`` function, and one with an attribute ``io = True``, waits for others: its wall time is what counts.
    """
    found: list[dict[str, Any]] = []
    for name, function in list(vars(module).items()):
        if not name.startswith(PREFIX) or not callable(function):
            continue
        line = getattr(getattr(function, "__code__", None), "co_firstlineno", None)
        entry = {
            "function": name,
            "case": name[len(PREFIX) :],
            "line": line,
            "cpu_bound": not (inspect.iscoroutinefunction(function) or getattr(function, "io", False)),
        }
        try:
            combinations = _combinations(module, name, function)
        except (TypeError, ValueError, LookupError) as error:
            found.append({**entry, "error": f"{type(error).__name__}: {error}"})
            continue
        found.extend({**entry, "arguments": arguments} for arguments in combinations)
    return found


def _combinations(module: ModuleType, name: str, function: Any) -> list[dict[str, Any]]:
    taken = set(inspect.signature(function).parameters)
    setup = hook(module, name, "setup", None)
    if setup is not None:
        taken |= set(inspect.signature(setup).parameters)
    shared = getattr(module, "PARAMS", {})
    own = getattr(function, "params", {})
    if not isinstance(shared, dict) or not isinstance(own, dict):
        raise TypeError("params must be a dict of lists: {'n': [1, 10]}")
    lists = {**{k: v for k, v in shared.items() if k in taken}, **own}
    for key, values in lists.items():
        if not (isinstance(key, str) and key.isidentifier()):
            raise TypeError(f"params has {key!r}, which cannot be the name of an argument")
        if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
            raise TypeError(f"params[{key!r}] must be a list of values")
        if key not in taken and not any(
            p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values()
        ):
            raise TypeError(f"params has {key!r}, which is no argument of {name} or its setup")
    plain = {key: list(values) for key, values in lists.items()}
    for key, values in plain.items():
        if not values:
            raise TypeError(f"params[{key!r}] is empty: nothing to measure")
        try:
            json.dumps(values)
        except TypeError:
            raise TypeError(f"params[{key!r}] holds more than numbers, strings, booleans, lists and dicts") from None
    return [dict(zip(plain, values)) for values in itertools.product(*plain.values())]  # noqa: B905 - Python 3.9
