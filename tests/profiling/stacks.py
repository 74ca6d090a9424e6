"""Captures written as text: a line for each stack, ``main:3 work:7 leaf 40`` with milliseconds at its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perftool.profiling.capture import CPU, SAMPLES, Builder, Capture, Function

if TYPE_CHECKING:
    from collections.abc import Mapping


def capture(text: str, files: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None) -> Capture:
    """Return the capture; ``files`` has the file of each function, by default one in ``/app`` called like it.

    Names that begin with ``lib.`` are those of an installed package, ``std.`` of Python's own; ``@`` is a marker.
    """
    builder = Builder((SAMPLES, CPU))
    for line in text.strip().splitlines():
        *names, weight = line.split()
        stack = []
        for one in names:
            name, _, number = one.partition(":")
            stack.append(builder.frame(function(name, files or {}), int(number or 1)))
        builder.add(stack, (1, int(weight) * 1_000_000), labels)
    return replace(builder.build(), default=1, engine="sampler", started_ns=10**18, duration_ns=10**9)


def function(name: str, files: Mapping[str, str]) -> Function:
    """Return a function of this name."""
    if name.startswith("@"):
        return Function(name[1:].replace("_", " "), kind="marker")
    first = name.partition(".")[0]
    folder = {"lib": "/v/lib/python3.12/site-packages", "std": "/usr/lib/python3.12"}.get(first, "/app")
    return Function(name, files.get(name, f"{folder}/{first}.py"), 1)
