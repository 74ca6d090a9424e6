"""Formats take findings one after the other: a report of 200,000 stays in memory bounds."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest

from perftool.model.diagnostic import Diagnostic
from perftool.render import dispatch
from perftool.render.api import RenderOptions
from tests.render.lint_sample import DIAGNOSTICS
from tests.render.samples import SAMPLES

COUNT = 4500
LENGTH = 4000


class Lazy(Sequence[Diagnostic]):
    """Findings that are made when they are asked for, each with a text of its own, none of them kept."""

    def __len__(self) -> int:
        return COUNT

    def __getitem__(self, index: Any) -> Any:
        raise AssertionError("findings are walked over, never picked")

    def __iter__(self) -> Iterator[Diagnostic]:
        for number in range(COUNT):
            text = f"finding {number} " + "x" * LENGTH
            yield msgspec.structs.replace(DIAGNOSTICS[number % 3], message=text, key=f"K:{number}")


@pytest.mark.parametrize("name", dispatch.available("lint"))
def test_no_format_gathers_the_findings(name: str) -> None:
    report = msgspec.structs.replace(SAMPLES["lint"](), diagnostics=Lazy())
    for piece in dispatch.pieces(SAMPLES["lint"](), name, RenderOptions()):
        assert piece, "what is imported and cached on the way is no part of the measurement"
    tracemalloc.start()
    try:
        size = largest = 0
        for piece in dispatch.pieces(report, name, RenderOptions()):
            size += len(piece)
            largest = max(largest, len(piece))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    whole = COUNT * LENGTH
    if name not in {"markdown", "github"}:
        assert size > whole, "all of them are shown"
    assert peak < whole / 3
    assert largest < whole / 5
