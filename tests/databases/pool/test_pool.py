"""The pool over the port's connections: turns, limits, faults, and nothing lost."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.databases.faults import ConnectionLostError, Fault
from perftool.databases.pool import registry
from perftool.databases.pool.pool import Pool, PoolTimeoutError
from perftool.errors import UnavailableError
from perftool.model.database import PoolSettings
from tests.databases.pool.plain import Ticking, Tool, Workshop, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def made() -> Iterator[Callable[..., Pool]]:
    pools: list[Pool] = []

    def make(shop: Workshop, clock: Ticking | None = None, **settings: Any) -> Pool:
        pools.append(Pool(shop.open, PoolSettings(**settings), name="shop", clock=clock))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def test_a_connection_is_used_again_after_it_was_made_clean(made: Callable[..., Pool]) -> None:
    shop = Workshop()
    pool = made(shop)
    for _ in range(3):
        with pool.checkout() as connection:
            assert isinstance(connection, Tool)
    figures = pool.figures()
    assert (figures.checkouts, figures.created, figures.idle, figures.in_use) == (3, 1, 1, 0)
    assert shop.tools[0].resets == 3


def test_waiters_are_served_in_their_order_and_nobody_overtakes(made: Callable[..., Pool]) -> None:
    pool = made(Workshop(), maximum=1)
    order: list[int] = []
    first = pool.checkout()
    threads = []
    for number in range(8):

        def run(number: int = number) -> None:
            with pool.checkout():
                order.append(number)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        waiting(pool, number + 1)
    first.release()
    with pool.checkout():  # came last: the connection was handed to those who waited
        assert order == list(range(8))
    for thread in threads:
        thread.join()


def test_an_unfair_pool_serves_everybody_too(made: Callable[..., Pool]) -> None:
    pool = made(Workshop(), maximum=2, fair=False)
    assert _hammered(pool, threads=8, each=200) == 1600


def test_ten_thousand_checkouts_of_sixteen_threads_lose_nothing(made: Callable[..., Pool]) -> None:
    shop = Workshop()
    pool = made(shop, maximum=3, overflow=1, maximum_uses=500, leak_s=60.0)
    assert _hammered(pool, threads=16, each=625) == 10_000
    figures = pool.figures()
    assert (figures.checkouts, figures.in_use, figures.leaks) == (10_000, 0, ())
    assert shop.most <= 4
    assert figures.created - figures.closed == figures.idle <= 3
    assert len(figures.shares) == 16
    pool.close()
    assert shop.open_now == 0


def _hammered(pool: Pool, *, threads: int, each: int) -> int:
    done: list[int] = []
    together = threading.Barrier(threads)

    def run() -> None:
        together.wait()
        for _ in range(each):
            with pool.checkout() as connection:
                assert isinstance(connection, Tool)
                connection.use()
                done.append(1)

    started = [threading.Thread(target=run) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return len(done)


@given(st.lists(st.sampled_from(["take", "give", "lose", "tend"]), max_size=60), st.integers(1, 3), st.integers(0, 2))
def test_never_more_are_open_than_allowed(steps: list[str], maximum: int, overflow: int) -> None:
    shop, clock = Workshop(), Ticking()
    pool = Pool(
        shop.open, PoolSettings(maximum=maximum, overflow=overflow, idle_s=1e6, recycle_s=20.0), name="p", clock=clock
    )
    held = []
    for step in steps:
        clock.time += 1
        if step == "take" and len(held) < maximum + overflow:
            held.append(pool.checkout())
        elif step == "tend":
            pool.tend()
        elif held and step != "take":
            held.pop(0).release(broken=step == "lose")
        figures = pool.figures()
        assert figures.in_use == len(held)
        assert figures.idle <= maximum
        assert figures.created - figures.closed == shop.open_now <= maximum + overflow
    for one in held:
        one.release()
    pool.close()
    assert shop.open_now == 0


def test_who_waits_too_long_is_told_what_is_out(made: Callable[..., Pool]) -> None:
    pool = made(Workshop(), maximum=1, timeout_s=0.01)
    with (
        pool.checkout(),
        pytest.raises(PoolTimeoutError, match=r"shop: no connection became free within 0.01 s: 1 of 1 are out"),
    ):
        pool.checkout()
    figures = pool.figures()
    assert (figures.timeouts, figures.exhausted) == (1, 1)
    assert figures.exhausted_s > 0
    assert "1 checkout got no connection within 0.01 s" in figures.alarms
    with pool.checkout():
        pass


def test_a_connection_that_cannot_be_opened_leaves_its_turn_to_the_next(made: Callable[..., Pool]) -> None:
    shop = Workshop()
    pool = made(shop, maximum=1)
    first = pool.checkout()
    failed: list[str] = []
    served: list[int] = []

    def run(number: int) -> None:
        try:
            with pool.checkout():
                served.append(number)
        except UnavailableError as error:
            failed.append(error.message)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for number, thread in enumerate(threads):
        thread.start()
        waiting(pool, number + 1)
    shop.failures = 1
    first.release(broken=True)
    for thread in threads:
        thread.join()
    assert (failed, served) == (["closed for today"], [1])


def test_a_lost_connection_is_replaced_and_the_others_are_asked(made: Callable[..., Pool]) -> None:
    shop = Workshop()
    pool = made(shop)
    with pool.checkout(), pool.checkout():
        pass
    shop.tools[1].alive = False
    with pytest.raises(ConnectionLostError), pool.checkout():
        raise ConnectionLostError(Fault("lost", "08006", "the server went away"))
    with pool.checkout() as connection:
        assert connection is shop.tools[2]
    figures = pool.figures()
    assert (figures.invalidated, figures.health_failures) == (1, 1)
    assert figures.closed_for == {"broken": 1, "ping": 1}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [({"recycle_s": 10.0}, "recycle"), ({"maximum_uses": 2}, "uses"), ({"pre_ping": True}, "ping")],
)
def test_connections_are_replaced_when_their_time_has_come(
    made: Callable[..., Pool], settings: dict[str, Any], reason: str
) -> None:
    shop, clock = Workshop(), Ticking()
    pool = made(shop, clock, **settings)
    for _ in range(2):
        with pool.checkout():
            clock.time += 6
    shop.tools[0].alive = False
    with pool.checkout() as connection:
        assert connection is shop.tools[1]
    assert pool.figures().closed_for == {reason: 1}


def test_idle_connections_are_asked_and_closed_down_to_the_minimum(made: Callable[..., Pool]) -> None:
    shop, clock = Workshop(), Ticking()
    pool = made(shop, clock, minimum=2, maximum=4, warm_up=True, idle_s=1e6, health_s=1e6)
    assert shop.open_now == 2
    held = [pool.checkout() for _ in range(4)]
    for one in held:
        one.release()
    shop.tools[3].alive = False
    pool.tend()
    assert pool.figures().closed_for == {"health": 1}
    clock.time += 2e6
    pool.tend()
    assert (pool.figures().closed_for, shop.open_now) == ({"health": 1, "idle": 1}, 2)


def test_a_pool_that_cannot_warm_up_leaves_nothing_open() -> None:
    shop = Workshop()

    def open_two() -> Any:
        if len(shop.tools) == 2:
            raise UnavailableError("too many")
        return shop.open()

    with pytest.raises(UnavailableError, match="too many"):
        Pool(open_two, PoolSettings(minimum=3, warm_up=True), name="shop")
    assert (len(shop.tools), shop.open_now) == (2, 0)


def test_idle_connections_go_without_anybody_asking(made: Callable[..., Pool]) -> None:
    shop = Workshop()
    pool = made(shop, idle_s=0.01)
    with pool.checkout():
        pass
    assert shop.all_closed.wait(10)
    assert [thread.name for thread in threading.enumerate() if thread.name == "pool shop"]
    pool.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name == "pool shop"]


def test_a_pool_that_is_closed_tells_those_who_wait_and_closes_what_comes_back(made: Callable[..., Pool]) -> None:
    shop = Workshop()
    pool = made(shop, maximum=1)
    held = pool.checkout()
    told: list[str] = []

    def run() -> None:
        with pytest.raises(UnavailableError) as caught:
            pool.checkout()
        told.append(caught.value.message)

    thread = threading.Thread(target=run)
    thread.start()
    waiting(pool, 1)
    pool.close()
    thread.join()
    assert told == ["shop: the pool is closed"]
    assert shop.open_now == 1
    held.release()
    assert shop.open_now == 0


def test_an_interrupt_while_waiting_passes_the_turn_on(made: Callable[..., Pool]) -> None:
    pool = made(Workshop(), maximum=1)
    held = pool.checkout()

    def interrupt() -> None:
        waiting(pool, 1)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        pool.checkout()
    thread.join()
    held.release()
    with pool.checkout():
        assert pool.figures().in_use == 1


def test_an_interrupted_exchange_leaves_no_connection_to_the_next(made: Callable[..., Pool]) -> None:
    shop = Workshop()
    pool = made(shop)
    with pytest.raises(KeyboardInterrupt), pool.checkout():
        raise KeyboardInterrupt
    assert (shop.open_now, pool.figures().invalidated) == (0, 1)


def test_a_checkout_that_is_forgotten_is_taken_back_and_told_of(made: Callable[..., Pool]) -> None:
    shop = Workshop()
    pool = made(shop, maximum=1, leak_s=30.0)

    def forgetful() -> None:
        pool.checkout()

    thread = threading.Thread(target=forgetful)
    thread.start()
    thread.join()
    with pool.checkout() as connection:
        assert connection is shop.tools[1]
    figures = pool.figures()
    assert figures.closed_for == {"abandoned": 1}
    assert "forgetful" in figures.leaks[0].stack[-1]
    assert "1 connection was not given back" in figures.alarms


def test_a_connection_that_is_held_for_too_long_is_a_leak_with_the_stack_that_took_it(
    made: Callable[..., Pool],
) -> None:
    clock = Ticking()
    pool = made(Workshop(), clock, leak_s=5.0)
    held = pool.checkout()
    assert not pool.figures().leaks
    clock.time += 6
    (leak,) = pool.figures().leaks
    assert leak.held_s == 6
    assert leak.thread == threading.current_thread().name
    assert leak.stack[-1].startswith("tests/databases/pool/test_pool.py:")
    assert not any(line.startswith("/") for line in leak.stack)
    held.release()
    assert not pool.figures().leaks


def test_a_forked_child_opens_its_own_and_leaves_the_parents_open(made: Callable[..., Pool]) -> None:
    shop = Workshop()
    pool = made(shop, maximum=1)
    held = pool.checkout()
    child = os.fork()
    if not child:
        code = 1
        try:
            with pool.checkout() as connection:
                fresh = connection is not held.connection
            held.release()
            pool.close()
            code = 0 if fresh and shop.tools[0].closes == 0 and pool.figures().checkouts == 1 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    held.release()


def test_living_pools_are_known_and_too_many_of_them_are_alarming(made: Callable[..., Pool]) -> None:
    pools = [made(Workshop(), alarm_pools=2) for _ in range(3)]
    assert [one.name for one in registry.living()].count("shop") == 3
    assert pools[0].figures().alarms == ("3 pools like shop live in one process: one for all requests is meant",)
    assert len({one.digest for one in registry.figures() if one.name == "shop"}) == 1
    for pool in pools[1:]:
        pool.close()
    assert not pools[0].figures().alarms
