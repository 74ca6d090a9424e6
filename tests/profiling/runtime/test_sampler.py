"""The sampler in this process."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time

import pytest

from perftool.profiling.raw import capture_of
from perftool.profiling.runtime import signals
from perftool.profiling.runtime.sampler import Sampler
from perftool.profiling.runtime.stacks import Stacks

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="there are no signals for CPU time here")


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(500))


def names(table: dict[str, object]) -> set[str]:
    capture = capture_of(table, name="here")
    return {
        capture.function_of(frame).name.rpartition(".")[2]
        for sample in capture.samples
        for frame in capture.stacks[sample.stack]
    }


def test_it_leaves_the_process_as_it_was() -> None:
    before = (signal.getsignal(signal.SIGPROF), signal.signal, signal.setitimer, list(gc.callbacks))
    started = threading._start_new_thread  # type: ignore[attr-defined]
    sampler = Sampler()
    sampler.start()
    burn(0.1)
    table = sampler.stop()
    assert "burn" in names(table)
    assert (signal.getsignal(signal.SIGPROF), signal.signal, signal.setitimer, list(gc.callbacks)) == before
    assert threading._start_new_thread is started  # type: ignore[attr-defined]
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_it_can_be_started_again_from_nothing() -> None:
    sampler = Sampler()
    sampler.start()
    burn(0.1)
    first = sampler.stop()
    sampler.start()
    second = sampler.stop()
    assert capture_of(first, name="one").samples
    assert not capture_of(second, name="two").samples
    sampler.start()
    with pytest.raises(RuntimeError, match="already"):
        sampler.start()
    sampler.stop()


def test_one_inside_another_puts_that_to_rest() -> None:
    outside, inside = Sampler(), Sampler()
    outside.start()
    burn(0.1)
    inside.start()
    burn(0.2)
    inner = capture_of(inside.stop(), name="inner")
    burn(0.1)
    outer = capture_of(outside.stop(), name="outer")
    assert 0.1e9 < inner.total() < 0.3e9
    assert 0.1e9 < outer.total() < 0.3e9
    assert [code for code, _ in outer.doubts] == ["interrupted"]
    assert [code for code, _ in inner.doubts] == []


def test_another_thread_can_start_it_once_the_main_thread_has_prepared() -> None:
    try:
        assert signals.prepare()
        sampler, tables = Sampler(), []
        thread = threading.Thread(target=sampler.start)
        thread.start()
        thread.join()
        burn(0.15)
        thread = threading.Thread(target=lambda: tables.append(sampler.stop()))
        thread.start()
        thread.join()
    finally:
        signals._kept = False
        signals._give_back()
    assert "burn" in names(tables[0])
    assert signal.getsignal(signal.SIGPROF) in (signal.SIG_DFL, signal.Handlers.SIG_DFL)


def test_without_signals_a_thread_samples() -> None:
    sampler, tables = Sampler(), []
    thread = threading.Thread(target=sampler.start)
    thread.start()
    thread.join()
    burn(0.3)
    thread = threading.Thread(target=lambda: tables.append(sampler.stop()))
    thread.start()
    thread.join()
    assert "burn" in names(tables[0])


def test_an_error_of_its_own_ends_it_and_not_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    sampler = Sampler()
    monkeypatch.setattr(Stacks, "_function", lambda self, frame: self.nowhere)
    sampler.start()
    with pytest.raises(AttributeError):
        # The function that fails is this test's, so the error counts as the program's.
        burn(0.2)
    sampler.pause()
    monkeypatch.undo()
    sampler.start()
    sampler.stacks.nodes = None  # type: ignore[assignment]
    burn(0.1)
    assert not sampler.running
    assert "sampler-failed" in sampler.doubts


def test_a_program_at_the_limit_of_its_stack_goes_on() -> None:
    sampler = Sampler(rate=250)
    sampler.start()

    def down(depth: int) -> int:
        return down(depth + 1) + 1

    end = time.process_time() + 0.3
    while time.process_time() < end:
        with pytest.raises(RecursionError):
            down(0)
    assert sampler.running
    sampler.stop()


def test_frames_of_the_program_are_not_kept_alive() -> None:
    class Held:
        pass

    sampler = Sampler(rate=250)
    sampler.start()
    gc.disable()
    try:
        alive = []
        for _ in range(30):
            held = Held()
            count = sys.getrefcount(held)
            burn(0.01)
            alive.append(sys.getrefcount(held) - count)
            del held
    finally:
        gc.enable()
        sampler.stop()
    assert set(alive) == {0}


def test_a_rate_must_be_one() -> None:
    with pytest.raises(ValueError, match="rate"):
        Sampler(rate=0)
