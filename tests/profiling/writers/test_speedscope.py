"""speedscope files: as the published schema wants them, every weight in its place."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.profiling import files
from perftool.profiling.capture import SAMPLES, Builder, Capture, Function
from perftool.profiling.writers.speedscope import write
from tests.profiling.drawn import captures, example, heap, weights

if TYPE_CHECKING:
    import pytest

DATA = Path(__file__).parents[2] / "data" / "profiles"


@cache
def validator() -> Any:
    return jsonschema.Draft7Validator(json.loads((DATA / "speedscope-schema.json").read_bytes()))


def valid(capture: Capture) -> dict[str, Any]:
    content = json.loads(write(capture))
    validator().validate(content)
    for profile in content["profiles"]:
        assert len(profile["samples"]) == len(profile["weights"])
        assert profile["endValue"] == sum(profile["weights"])
        assert all(0 <= at < len(content["shared"]["frames"]) for stack in profile["samples"] for at in stack)
    return content  # type: ignore[no-any-return]


def test_a_profile_for_each_type_and_thread() -> None:
    content = valid(example())
    shown = [(one["name"], one["unit"], one["endValue"]) for one in content["profiles"]]
    assert shown == [
        ("cpu: thread Main", "nanoseconds", 156_000_000),
        ("cpu: process 12, thread Worker-1", "nanoseconds", 40_000_000),
        ("cpu: process 0, thread Main", "nanoseconds", 20_000_000),
        ("cpu", "nanoseconds", 10_000_000),
        ("samples: thread Main", "none", 15),
        ("samples: process 12, thread Worker-1", "none", 4),
        ("samples: process 0, thread Main", "none", 2),
        ("samples", "none", 1),
    ]
    assert content["activeProfileIndex"] == 0
    assert {"name": "shop.Shop.total", "file": "/app/shop.py", "line": 2} in content["shared"]["frames"]


def test_memory_is_shown_in_bytes() -> None:
    units = {one["name"]: one["unit"] for one in valid(heap())["profiles"]}
    assert units == {"inuse_space": "bytes", "inuse_objects": "none", "alloc_space": "bytes", "alloc_objects": "none"}


def test_empty_capture_is_still_a_file() -> None:
    (profile,) = valid(Builder((SAMPLES,)).build())["profiles"]
    assert profile["samples"] == []


def test_comes_back_but_for_lines_and_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.speedscope.json"
    files.write(example(), path)
    capture = files.read(path)
    assert capture.engine == "perftool"
    assert set(capture.value_types) == set(example().value_types)
    assert set(capture.functions) == {one._replace(code="") for one in example().functions}
    for kind in ("samples", "cpu"):
        assert weights(capture, capture.index(kind)) == weights(example(), example().index(kind))


def by_thread(capture: Capture, at: int) -> Counter[tuple[str | None, str | None]]:
    found: Counter[tuple[str | None, str | None]] = Counter()
    for sample in capture.samples:
        labels = dict(capture.labels[sample.labels])
        found[labels.get("pid") or None, labels.get("thread") or None] += sample.values[at]
    return +found


@settings(deadline=None)
@given(capture=captures(values=st.integers(0, 10**12)))
def test_no_weight_is_lost(tmp_path_factory: pytest.TempPathFactory, capture: Capture) -> None:
    valid(capture)
    path = tmp_path_factory.getbasetemp() / "drawn.speedscope.json"
    path.write_bytes(write(capture))
    again = files.read(path)
    for at, kind in enumerate(capture.value_types):
        assert by_thread(again, again.value_types.index(kind)) == by_thread(capture, at)


def test_names_that_are_no_unicode(tmp_path: Path) -> None:
    builder = Builder((SAMPLES,))
    builder.add([builder.frame(Function("m.f", "/tmp/\udcff.py"))], (1,), {"thread": "\ud800"})
    path = tmp_path / "odd.speedscope.json"
    files.write(builder.build(), path)
    assert files.read(path).total() == 1
