"""The log of a sampled process: what is written is read, however much of it is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.profiling import sampler_log
from perftool.profiling.capture import Function
from perftool.profiling.runtime import spool as spooling
from perftool.profiling.runtime.spool import Spool

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from perftool.profiling.sampler_log import Log

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FUNCTIONS = st.lists(st.tuples(TEXT, TEXT, st.integers(0, 99), st.sampled_from(["python", "native", "marker"])))


@st.composite
def samplings(draw: st.DrawFn, folder: str = "/nowhere") -> Spool:
    """Return a spool whose sampler has seen something, without sampling anything."""
    spool = Spool({}, folder)
    sampling = spool._sampling
    stacks, weights = sampling.stacks, sampling.weights
    stacks.functions = draw(FUNCTIONS.filter(bool))
    stacks.codes = [None] * len(stacks.functions)
    for at in range(draw(st.integers(0, 6))):
        stacks.nodes.append(
            (draw(st.integers(-1, at - 1)), draw(st.integers(0, len(stacks.functions) - 1)), draw(st.integers(0, 9)))
        )
    weights.labels += draw(st.lists(st.lists(st.tuples(TEXT, TEXT), max_size=2, unique_by=lambda x: x[0]), max_size=3))  # type: ignore[arg-type]
    keys = st.tuples(st.integers(-1, len(stacks.nodes) - 1), st.integers(0, len(weights.labels) - 1))
    weights.held = draw(st.dictionaries(keys, st.lists(st.integers(0, 10**12), min_size=2, max_size=2)))
    sampling.doubts = draw(st.dictionaries(TEXT, TEXT, max_size=2))
    return spool


def split(text: str) -> list[str]:
    """Return lines as a file opened with newline="\\n" gives them."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


@given(samplings())
def test_what_is_written_is_read(spool: Spool) -> None:
    weights = {key: list(value) for key, value in spool._sampling.weights.held.items()}
    log = sampler_log.read(split("".join(spool._news()) + "e\n"))
    assert log is not None
    stacks = spool._sampling.stacks
    assert log.ended
    assert log.pid == os.getpid()
    assert log.functions == [Function(name, file, line, kind) for name, file, line, kind in stacks.functions]
    assert log.nodes == stacks.nodes
    assert log.labels == [dict(said) for said in spool._sampling.weights.labels]
    assert log.weights == weights
    assert log.doubts == spool._sampling.doubts
    sampler_log.capture_of(log, {}, threads=True)


@settings(max_examples=60)
@given(samplings(), st.data())
def test_a_log_that_is_cut_anywhere_says_what_stood_before(spool: Spool, data: st.DataObject) -> None:
    raw = ("".join(spool._news()) + "e\n").encode()
    cut = raw[: data.draw(st.integers(0, len(raw)))].decode("utf-8", "replace")
    whole, log = sampler_log.read(split(raw.decode())), sampler_log.read(split(cut))
    assert whole is not None
    if log is None:
        assert "\n" not in cut
        return
    assert log.functions == whole.functions[: len(log.functions)]
    assert log.nodes == whole.nodes[: len(log.nodes)]
    assert log.weights.items() <= whole.weights.items()
    assert log.ended == (cut == raw.decode())
    sampler_log.capture_of(log, {}, threads=True)


@settings(max_examples=60)
@given(samplings(), st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_a_damaged_log_is_read_as_far_as_it_makes_sense(spool: Spool, at: int, noise: bytes) -> None:
    raw = bytearray("".join(spool._news()).encode())
    at %= len(raw)
    raw[at : at + len(noise)] = noise
    log = sampler_log.read(split(raw.decode("utf-8", "replace")))
    if log is not None:
        sampler_log.capture_of(log, {}, threads=True)


def written(spool: Spool) -> Log:
    with open(spool._path, encoding="utf-8", newline="\n") as file:
        log = sampler_log.read(file)
    assert log is not None
    return log


def spool_at(folder: Path) -> Spool:
    spool = Spool({}, str(folder))
    stacks = spool._sampling.stacks
    stacks.functions.append(("work", "work.py", 1, "python"))
    stacks.codes.append(spool_at.__code__)
    stacks.nodes.append((-1, 0, 2))
    return spool


def test_a_log_that_has_grown_is_written_anew_and_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spooling, "MOST_GROWTH", 2_000)
    spool = spool_at(tmp_path)
    sizes = []
    for _ in range(200):
        spool._sampling.weights.held[0, 0] = [1, 10]
        spool._next_ns = 0
        spool._sampled()
        sizes.append(os.path.getsize(spool._path))
    assert max(sizes) < 4_000
    assert written(spool).weights == {(0, 0): [200, 2000]}
    assert written(spool).functions[0].code
    assert [path.name for path in tmp_path.iterdir()] == [os.path.basename(spool._path)]


def test_a_full_disk_ends_the_writing_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = spool_at(tmp_path)
    spool._sampling.weights.held[0, 0] = [1, 10]
    spool._next_ns = 0
    spool._sampled()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    for _ in range(3):
        spool._next_ns = 0
        spool._sampled()
    spool.end()
    monkeypatch.undo()
    assert written(spool).weights == {(0, 0): [1, 10]}
    assert not written(spool).ended
