"""pprof files: everything comes back, and the tool that the format belongs to says the same numbers."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from perftool.errors import OutputError
from perftool.profiling import files
from perftool.profiling.capture import SAMPLES, Builder, Capture, Function, chosen
from perftool.profiling.readers.pprof import read
from perftool.profiling.writers.pprof import write
from tests.profiling.drawn import SOURCE, captures, example, heap, weights
from tests.profiling.go_pprof import pprof, top, with_go

if TYPE_CHECKING:
    from pathlib import Path


@settings(deadline=None)
@given(capture=captures())
def test_everything_comes_back(tmp_path_factory: pytest.TempPathFactory, capture: Capture) -> None:
    path = tmp_path_factory.getbasetemp() / "drawn.pb.gz"
    path.write_bytes(write(capture))
    assert read(path) == capture


def test_same_bytes_for_the_same_capture(tmp_path: Path) -> None:
    capture = example()
    path = tmp_path / "a.pb.gz"
    files.write(capture, path)
    assert path.read_bytes() == write(example())
    assert write(files.read(path)) == path.read_bytes()


def test_what_no_sample_uses_is_left_out() -> None:
    workers = chosen(example(), lambda labels: labels.get("thread") == "Worker-1")
    assert b"posix.stat" not in gzip.decompress(write(workers))


def test_weight_of_more_than_64_bits_is_refused() -> None:
    builder = Builder((SAMPLES,))
    builder.add((builder.frame(Function("f")),), (1 << 63,))
    with pytest.raises(OutputError, match="64 bits"):
        write(builder.build())


@with_go
def test_go_says_the_same_weights(tmp_path: Path) -> None:
    capture = replace(example(), doubts=())
    path = tmp_path / "a.pb.gz"
    files.write(capture, path)
    for index, (kind, unit) in enumerate([("samples", "count"), ("cpu", "ns")]):
        own, total = weights(capture, index)
        said = top(f"-sample_index={kind}", path, unit=unit, folder=tmp_path)
        # The tool makes mangled names readable, and leaves every other name as it is.
        names = {name: "shop::prices" if name.startswith("_Z") else name for name in total}
        assert said == {shown: (own[name], total[name]) for name, shown in names.items()}


@with_go
def test_go_reads_heap_types(tmp_path: Path) -> None:
    path = tmp_path / "heap.pb.gz"
    files.write(heap(), path)
    assert top(path, unit="B", folder=tmp_path)["shop.keep"] == (10 << 20, 10 << 20)
    objects = top("-sample_index=alloc_objects", path, unit="count", folder=tmp_path)
    assert objects["shop.waste"] == (5000, 5000)
    assert "50MB" in pprof("-top", "-sample_index=alloc_space", path, folder=tmp_path)


@with_go
def test_go_annotates_the_source(tmp_path: Path) -> None:
    source = tmp_path / "shop.py"
    source.write_text(SOURCE)
    path = tmp_path / "a.pb.gz"
    files.write(example(str(source)), path)
    shown = pprof("-list", r"Shop\.total$|<lambda>", path, folder=tmp_path)
    assert "      70ms      183ms      3:        return sum(i for i in range(9))" in shown
    assert "         .      183ms     10:again = lambda: outer()" in shown
    assert "ROUTINE ======================== shop.<lambda> in" in shown


@with_go
def test_go_finds_samples_by_label(tmp_path: Path) -> None:
    path = tmp_path / "a.pb.gz"
    files.write(example(), path)
    tags = pprof("-tags", path, folder=tmp_path)
    assert "Worker-1" in tags
    assert "12" in tags
    for focus, expected in [("pid=12", 40e6), ("pid=0", 20e6), ("thread=Worker-1", 40e6), ("endpoint=/hot", 43e6)]:
        said = top(f"-tagfocus={focus}", path, unit="ns", folder=tmp_path)
        assert said["shop.<module>"][1] == expected


@with_go
def test_go_compares_two_files(tmp_path: Path) -> None:
    before, after = tmp_path / "before.pb.gz", tmp_path / "after.pb.gz"
    files.write(example(), before)
    files.write(example(times=3), after)
    said = top(f"-diff_base={before}", after, unit="ns", folder=tmp_path)
    assert said["shop.Shop.total.<locals>.<genexpr>"] == (60e6, 60e6)
    assert said.get("posix.stat <built-in>", (0, 0)) == (0, 0)


@with_go
def test_go_prints_every_other_view(tmp_path: Path) -> None:
    path = tmp_path / "a.pb.gz"
    files.write(example(), path)
    assert "shop.outer.<locals>.inner" in pprof("-peek", "inner", path, folder=tmp_path)
    assert "garbage collection" in pprof("-traces", path, folder=tmp_path)
    assert "digraph" in pprof("-dot", path, folder=tmp_path)
    raw = pprof("-raw", path, folder=tmp_path)
    assert "PeriodType: cpu nanoseconds" in raw
    assert "samples/count cpu/nanoseconds[dflt]" in raw
    assert "shop.Shop.total /app/shop.py:3:0 s=2" in raw


@with_go
def test_go_shows_doubts_and_hides_the_note(tmp_path: Path) -> None:
    path = tmp_path / "a.pb.gz"
    files.write(example(), path)
    shown = pprof("-top", path, folder=tmp_path)
    assert shown.startswith("Doubt: 3 % of the CPU time was not seen\nType: cpu\n")
    assert "#perftool" not in shown


@with_go
def test_what_go_merges_is_still_ours(tmp_path: Path) -> None:
    first, second, both = tmp_path / "1.pb.gz", tmp_path / "2.pb.gz", tmp_path / "both.pb.gz"
    files.write(example(), first)
    files.write(replace(example(times=2), engine="other"), second)
    pprof("-proto", "-output", both, first, second, folder=tmp_path)
    merged = files.read(both)
    own, _ = weights(merged)
    assert own["shop.Shop.total.<locals>.<genexpr>"] == 90_000_000
    by_name = {one.name: one for one in merged.functions}
    assert by_name["shop.outer"].code == "d1"
    assert by_name["garbage collection"].kind == "marker"
    assert by_name["shop::prices"].kind == "native"
    assert merged.doubts == example().doubts
    assert merged.facts == {}
