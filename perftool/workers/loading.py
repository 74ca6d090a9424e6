"""Import what a job names, and carry its errors from one process to another."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from perftool import errors
from perftool.workers.messages import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[bytes], bytes]

_LONGEST_MESSAGE = 2000


def maker(make: str) -> tuple[Callable[[Any], Work], Callable[[Any], object] | None]:
    """Return the function that ``make`` ("package.module:function") names, and its module's ``prepare`` or None.

    raises: whatever the import raises; UsageError for a name without a colon or a function.
    """
    module_name, colon, name = make.partition(":")
    if not (module_name and colon and name):
        raise errors.UsageError(f"a job is named like package.module:function, not {make!r}")
    module = importlib.import_module(module_name)
    function = getattr(module, name, None)
    if not callable(function):
        raise errors.UsageError(f"{module_name} has no function {name}")
    return function, getattr(module, "prepare", None)


def trouble(error: BaseException) -> Trouble:
    """Return ``error`` as something to send."""
    if isinstance(error, errors.PerftoolError):
        return Trouble(type(error).__name__, error.message, error.hint or "")
    return Trouble("", f"the workers cannot start: {described(error)}")


def raised(found: Trouble) -> errors.PerftoolError:
    """Return the error that was sent: of our own tree as it was, any other as one of ours."""
    kind = getattr(errors, found.kind, errors.PerftoolError) if found.kind else errors.PerftoolError
    if not (isinstance(kind, type) and issubclass(kind, errors.PerftoolError)):
        kind = errors.PerftoolError
    return kind(found.message, hint=found.hint or None)


def described(error: BaseException) -> str:
    """Return "Type: message" in one line."""
    try:
        message = " ".join(str(error).split())[:_LONGEST_MESSAGE]
    except Exception:  # noqa: BLE001 - an exception of the work may not even have a text
        message = ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def as_bytes(result: object) -> bytes:
    """Return what the work has returned as bytes; raises: TypeError for anything that is none."""
    if isinstance(result, (bytes, bytearray, memoryview)):
        return bytes(result)
    raise TypeError(f"the work must return bytes, not {type(result).__name__}")
