"""Profiles of a run, as people see them."""

from __future__ import annotations

import msgspec

from perftool.model.bench import BenchPayload
from perftool.model.profile import CaptureReference
from perftool.render.api import RenderOptions
from perftool.render.captured import blocks
from perftool.render.dispatch import render
from tests.render import samples

CPU = CaptureReference("0e7f40b12c55aa" * 4, "a.pb.gz", 14_400, "sampler", "cpu", "rows", "sort", {"n": "10"}, 106_240)


def test_every_case_says_its_profiles() -> None:
    now = msgspec.structs.replace(CPU, side="now", digest="f" * 64)
    memory = msgspec.structs.replace(CPU, measures="memory", operations=1, case="join", parameters={})
    (section,) = blocks([CPU, now, memory])
    assert section.title == "3 profiles, found by digest"  # type: ignore[union-attr]
    (values,) = section.blocks  # type: ignore[union-attr]
    assert values.items == (  # type: ignore[union-attr]
        (
            "rows/sort/n=10",
            "CPU: 106,240 operations, 14.1 KiB (0e7f40b12c55); CPU of now: 106,240 operations, 14.1 KiB (ffffffffffff)",
        ),
        ("rows/join", "memory: 1 operation, 14.1 KiB (0e7f40b12c55)"),
    )


def test_no_profiles_say_nothing() -> None:
    assert blocks([]) == []


def test_formats_show_them() -> None:
    report = samples.bench()
    assert isinstance(report.payload, BenchPayload)
    report = msgspec.structs.replace(report, payload=msgspec.structs.replace(report.payload, captures=(CPU,)))
    for name in ("text", "markdown", "html"):
        assert "106,240 operations" in str(render(report, name, RenderOptions(verbose=True)))
