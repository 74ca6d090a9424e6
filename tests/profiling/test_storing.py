"""Captures are kept as pprof files, found by digest, and made to fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling import files, storing
from perftool.profiling.capture import CPU, SAMPLES, TOO_MANY_STACKS, Builder, Capture, Function

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.sampled_from("abcdef")
STACKS = st.lists(st.tuples(st.lists(NAMES, min_size=1, max_size=5), st.integers(1, 1000)), min_size=1, max_size=30)


def capture(stacks: list[tuple[list[str], int]]) -> Capture:
    builder = Builder((SAMPLES, CPU))
    for names, weight in stacks:
        frames = [builder.frame(Function(f"app.{name}", "/src/app.py", 3), 7) for name in names]
        builder.add(frames, (1, weight), {"thread": "MainThread"})
    return replace(builder.build(), default=1, started_ns=1_795_264_262_500_000_000)


def wide(count: int) -> Capture:
    return capture([(["main", f"caller_{at % 7}", f"function_{at}_{'x' * (at % 13)}"], at + 1) for at in range(count)])


def test_a_file_is_named_by_when_it_began_and_found_by_its_digest(tmp_path: Path) -> None:
    folder = tmp_path / ".perftool" / "captures"
    first = storing.keep(wide(3), folder, "my script")
    second = storing.keep(wide(4), folder, "my script")
    assert first.path.name == "20261121-123102-my-script.pb.gz"
    assert second.path.name == "20261121-123102-my-script-2.pb.gz"
    assert (folder / ".gitignore").read_text().endswith("*\n")
    assert first.size == first.path.stat().st_size
    assert storing.find(second.digest, first.path.name, [tmp_path / "nowhere", folder]) == second.path
    assert storing.find(first.digest[:12], "", [folder]) == first.path
    assert storing.find("0" * 64, first.path.name, [folder]) is None


def test_a_folder_that_people_keep_is_not_ignored(tmp_path: Path) -> None:
    storing.keep(wide(2), tmp_path / "profiles" / "captures", "x")
    assert not (tmp_path / "profiles" / "captures" / ".gitignore").exists()


def test_the_lightest_stacks_go_first_where_a_file_would_be_too_large(tmp_path: Path) -> None:
    whole = wide(3000)
    most = len(files.encode(whole, "pprof")) // 3
    kept = storing.keep(whole, tmp_path, "x", most_bytes=most)
    assert kept.size <= most
    assert "of 3,000 stacks, the lightest, were folded" in kept.trimmed
    read = files.read(kept.path)
    assert read.total() == whole.total()
    assert ("stacks-folded", kept.trimmed) in read.doubts
    leaves = {read.function_of(stack[-1]).name for stack in read.stacks}
    assert "app.function_2999_xxxxxxxxx" in leaves
    assert "app.function_0_" not in leaves
    assert len(leaves) > 500, "as many stay as fit"


@given(STACKS, st.integers(0, 30))
def test_folding_keeps_all_weights_and_what_shared_callers_call(stacks: list[tuple[list[str], int]], keep: int) -> None:
    whole = capture(stacks)
    order = sorted(range(len(whole.stacks)), key=lambda at: -at)
    made = storing.folded(whole, order, keep)
    assert [made.total(at) for at in (0, 1)] == [whole.total(at) for at in (0, 1)]
    for at in order[:keep]:
        stack = [whole.function_of(frame).name for frame in whole.stacks[at]]
        assert _total_below(made, stack[:1]) == _total_below(whole, stack[:1])
        assert stack in [[made.function_of(frame).name for frame in one] for one in made.stacks]
    marked = [one for one in made.stacks if made.function_of(one[-1]).name == TOO_MANY_STACKS]
    assert bool(marked) == (keep < len(order))


def _total_below(one: Capture, names: list[str]) -> int:
    wanted = {
        at
        for at, stack in enumerate(one.stacks)
        if [one.function_of(frame).name for frame in stack[: len(names)]] == names
    }
    return sum(sample.values[1] for sample in one.samples if sample.stack in wanted)


def test_files_of_an_engine_stand_beside_their_capture_unless_they_are_too_large(tmp_path: Path) -> None:
    kept = storing.keep(wide(2), tmp_path / "captures", "x")
    small, large, gone = tmp_path / "one.bin", tmp_path / "two.bin", tmp_path / "gone.bin"
    small.write_bytes(b"s")
    large.write_bytes(b"l" * 100)
    again = tmp_path / "three.bin"
    again.write_bytes(b"a")
    moved = storing.keep_originals([small, large, gone, again], kept.path, most_bytes=50)
    stem = kept.path.name.removesuffix(".pb.gz")
    assert [path.name for path in moved] == [f"{stem}.bin", f"{stem}-2.bin"]
    assert [path.read_bytes() for path in moved] == [b"s", b"a"]
    assert large.exists()


def test_the_oldest_go_with_what_stands_beside_them(tmp_path: Path) -> None:
    for stamp in ("20261120-100000-a[1]", "20261120-110000-b", "20261120-120000-c"):
        for suffix in (".pb.gz", ".bin"):
            (tmp_path / f"{stamp}{suffix}").write_bytes(b"")
    (tmp_path / "notes.pb.gz").write_bytes(b"")
    storing.remove_oldest(tmp_path, keep=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("20261120-110000-b.bin", "20261120-110000-b.pb.gz"),
        *("20261120-120000-c.bin", "20261120-120000-c.pb.gz", "notes.pb.gz"),
    ]
