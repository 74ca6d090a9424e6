"""Results to compare, made without a file."""

from __future__ import annotations

import io
from array import array
from typing import TYPE_CHECKING, Any

from perftool.compare import inputs
from perftool.compare.api import Imported, ReadOptions, Series
from perftool.compare.inputs import Input

if TYPE_CHECKING:
    from collections.abc import Sequence


def series(name: str, values: Sequence[float], unit: str = "sec/op", **more: Any) -> Series:
    return Series(more.pop("config", ()), name, unit, more.pop("written_unit", unit), array("d", values), **more)


def side(label: str, *found: Series, **more: Any) -> Input:
    return Input(label, Imported(f"{label}.txt", "fake", found, **more))


def text(label: str, content: str | bytes, *, as_benchstat: bool = False) -> Input:
    """Read Go benchmark text."""
    data = content if isinstance(content, bytes) else content.encode()
    return Input(label, inputs.read(io.BytesIO(data), f"{label}.txt", ReadOptions(as_benchstat)))


def around(center: float, count: int = 10, spread: float = 0.01) -> list[float]:
    """Return ``count`` distinct values whose median is ``center``, ``spread`` wide to both sides."""
    return [center * (1 + spread * (2 * i - count + 1) / count) for i in range(count)]
