"""Calls of two sides, counted in real processes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from perftool.bench.api import Case
from perftool.bench.captures import Subject
from perftool.bench.server import factory
from perftool.bench.settings import RunSettings
from perftool.culprit.calls import count
from perftool.culprit.evidence import CALLS, evidence
from perftool.culprit.naming import Named

if TYPE_CHECKING:
    from pathlib import Path

BENCHMARK = """
def helper(): pass

def bench_x():
    return [helper() for _ in range({calls})]

def bench_broken():
    raise ValueError
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_both_sides_are_counted_exactly(tmp_path: Path) -> None:
    for side, calls in (("base", 3), ("now", 7)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "bench.py").write_text(BENCHMARK.format(calls=calls))
    base, now = (factory(sys.executable, dict(os.environ), fork=True, folder=tmp_path / s) for s in ("base", "now"))
    cases = [Case("s", name, f"bench_{name}", file="bench.py", direct=True) for name in ("x", "broken")]
    counted, broken = count([Subject(case) for case in cases], (base, now), RunSettings(), tmp_path)
    assert broken is None
    assert counted is not None
    path = Named("bench.bench_x"), Named("bench.helper")
    found = [evidence([one], CALLS, calls=one).calls for one in counted]
    assert [calls and calls[path] for calls in found] == [3.0, 7.0]
    assert [calls and calls[path[:1]] for calls in found] == [1.0, 1.0]
