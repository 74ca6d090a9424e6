"""Work to measure perftool by: showing a comparison of generated benchmark text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.clock import SystemClock
from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from perftool.compare.workload import inputs
from perftool.machine.environment import capture
from perftool.render.api import RenderOptions
from perftool.render.dispatch import render
from perftool.store import reports

if TYPE_CHECKING:
    from collections.abc import Callable


def make_render(benchmarks: int, samples: int, format_name: str) -> Callable[[], str | bytes]:
    """Return an operation that renders a comparison that was made before."""
    payload, verdict, warnings = compare(inputs(benchmarks, samples), gate=GateRules())
    here, now = capture(light=True), SystemClock().now()
    report = reports.build(payload, verdict, here, created=now, warnings=warnings)
    options = RenderOptions()
    return lambda: render(report, format_name, options)
