"""Building operations: arguments, setup and teardown, async, the loop."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any

import pytest

from perftool.bench.harness.operation import Operation


def module(**names: Any) -> ModuleType:
    made = ModuleType("target")
    vars(made).update(names)
    return made


def direct(factory: str, **more: Any) -> dict[str, Any]:
    return {"factory": factory, "direct": True, **more}


def test_runs_exactly_so_many_times() -> None:
    calls: list[int] = []
    operation = Operation(module(bench_x=lambda: calls.append(1)), direct("bench_x"))
    wall, cpu = operation.run(7)
    assert len(calls) == 7
    assert wall >= 0
    assert cpu >= 0


def test_each_records_every_operation() -> None:
    found: list[int] = []
    Operation(module(bench_x=lambda: None), direct("bench_x")).each(5, found.append)
    assert len(found) == 5
    assert all(isinstance(value, int) and value >= 0 for value in found)


def test_an_operation_may_say_itself_which_seconds_count() -> None:
    class Told:
        returns_seconds = True

        def __call__(self) -> float:
            return 2.5

    operation = Operation(module(bench_x=Told()), direct("bench_x"))
    assert operation.run(4)[0] == 10.0
    found: list[int] = []
    operation.each(2, found.append)
    assert found == [2_500_000_000] * 2


def test_the_value_of_an_operation_can_be_asked_for() -> None:
    async def count() -> dict[str, int]:
        return {"steps/op": 3}

    operation = Operation(module(bench_x=count), direct("bench_x"))
    assert operation.value() == {"steps/op": 3}
    operation.close()


def test_arguments_go_by_name_whatever_they_are_called() -> None:
    seen: list[Any] = []

    def bench_x(operation: int, before: str, _: int) -> None:
        seen.append((operation, before, _))

    Operation(module(bench_x=bench_x), direct("bench_x", arguments={"before": "b", "operation": 1, "_": 2})).run(1)
    assert seen == [(1, "b", 2)]


def test_factory_is_called_once_and_gives_the_operation() -> None:
    made: list[str] = []

    def make(text: str) -> Any:
        made.append(text)
        return lambda: made.append("ran")

    Operation(module(make=make), {"factory": "make", "arguments": {"text": "SELECT 1"}}).run(2)
    assert made == ["SELECT 1", "ran", "ran"]


def test_setup_gives_arguments_and_teardown_gets_them() -> None:
    log: list[Any] = []

    def setup_x(n: int) -> dict[str, Any]:
        log.append(("setup", n))
        return {"data": [n] * n}

    def bench_x(data: list[int]) -> None:
        log.append(("bench", data))

    def teardown_x(data: list[int], n: int) -> None:
        log.append(("teardown", data, n))

    target = module(bench_x=bench_x, setup_x=setup_x, teardown_x=teardown_x)
    operation = Operation(target, direct("bench_x", arguments={"n": 2}))
    operation.run(1)
    operation.close()
    assert log == [("setup", 2), ("bench", [2, 2]), ("teardown", [2, 2], 2)]


def test_attached_setup_wins_over_the_name() -> None:
    log: list[str] = []

    def bench_x() -> None:
        pass

    bench_x.setup = lambda: log.append("attached")  # type: ignore[attr-defined]
    Operation(module(bench_x=bench_x, setup_x=lambda: log.append("named")), direct("bench_x"))
    assert log == ["attached"]


def test_async_setup_operation_and_teardown_share_one_event_loop() -> None:
    import asyncio

    loops: list[Any] = []

    async def note() -> None:
        loops.append(asyncio.get_running_loop())

    target = module(setup_x=note, bench_x=note, teardown_x=note)
    operation = Operation(target, direct("bench_x"))
    assert operation.asynchronous
    operation.run(3)
    operation.each(2, lambda _: None)
    operation.close()
    assert len(loops) == 1 + 3 + 2 + 1
    assert len(set(map(id, loops))) == 1


def test_async_is_seen_through_partials_and_objects() -> None:
    async def wait(n: int) -> None:
        assert n == 1

    class Waiting:
        async def __call__(self) -> None:
            pass

    for made in (functools.partial(wait, 1), Waiting()):
        operation = Operation(module(make=lambda made=made: made), {"factory": "make"})
        assert operation.asynchronous
        operation.run(2)
        operation.close()


def test_a_coroutine_that_nobody_awaits_is_refused() -> None:
    async def fetch() -> None:
        pass

    def forgets() -> Any:
        return fetch()

    with pytest.raises(TypeError, match="make the benchmark itself async"):
        Operation(module(bench_x=forgets), direct("bench_x")).try_out()
    awaited = Operation(module(bench_x=fetch), direct("bench_x"))
    awaited.try_out()
    awaited.close()


@pytest.mark.parametrize(
    ("target", "case", "message"),
    [
        (module(), direct("bench_x"), "no function named 'bench_x'"),
        (module(bench_x=lambda data: None), direct("bench_x"), "bench_x needs data"),
        (module(make=lambda: 5), {"factory": "make"}, "make did not return a callable"),
        (module(bench_x=lambda: 5), direct("bench_x", setup="prepare"), "no setup function named 'prepare'"),
    ],
)
def test_says_what_is_missing(target: ModuleType, case: dict[str, Any], message: str) -> None:
    with pytest.raises((LookupError, TypeError), match=message):
        Operation(target, case)


def test_a_generator_is_no_benchmark() -> None:
    def bench_x() -> Any:
        yield 1

    with pytest.raises(TypeError, match="loop over it"):
        Operation(module(bench_x=bench_x), direct("bench_x")).try_out()


def test_a_process_that_returns_twice_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pids = iter([1, 2])
    monkeypatch.setattr("os.getpid", lambda: next(pids))
    with pytest.raises(RuntimeError, match="forked"):
        Operation(module(bench_x=lambda: None), direct("bench_x")).try_out()
