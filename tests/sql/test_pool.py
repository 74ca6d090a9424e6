from __future__ import annotations

import threading

import pytest

from perftool.errors import InputError, UsageError
from perftool.sql.pool import ParserPool


def test_reuse_and_counters() -> None:
    pool = ParserPool()
    pool.warm_up(["postgresql", "mysql"], 2)
    assert pool.idle("postgres") == 2
    for _ in range(3):
        with pool.parser("postgres") as parser:
            assert parser.parse_one("select 1 /* x */").sql("postgres") == "SELECT 1 /* x */"
    with pool.parser("tsql") as parser, pool.parser("tsql") as other:
        assert parser.parse("select 1; select 2; ;")[1].sql("tsql") == "SELECT 2"
        assert [t.text for t in other.tokenize("a b")] == ["a", "b"]
        assert pool.counters().in_use == 2
    now = pool.counters()
    assert (now.gets, now.puts, now.hits, now.misses, now.in_use, now.high_water) == (5, 5, 3, 2, 0, 2)
    assert now.hit_rate == 0.6
    assert "tsql 2" in repr(pool)


def test_a_parser_cannot_leak() -> None:
    pool = ParserPool()
    pool.parser("postgres")  # never entered: nothing was taken
    pool.check_leaks()
    with pytest.raises(ZeroDivisionError), pool.parser() as parser:
        raise ZeroDivisionError
    pool.check_leaks()
    with pytest.raises(RuntimeError, match="inside its with block"):
        parser.parse("select 1")
    with parser as again:
        assert again.parse("select 1")
        with pytest.raises(RuntimeError, match="already in use"):
            again.__enter__()
        with pytest.raises(RuntimeError, match="1 pooled parser is still in use"):
            pool.check_leaks()
    pool.check_leaks()


def test_full_pool_lets_go() -> None:
    pool = ParserPool(max_idle=1)
    with pool.parser(), pool.parser():
        pass
    assert pool.idle() == 1
    assert pool.counters().dropped == 1
    pool.warm_up([""], 5)
    assert pool.idle() == 1


def test_a_waiting_parser_holds_on_to_nothing() -> None:
    pool = ParserPool()
    with pool.parser() as parser:
        parser.parse("select " + "1, " * 1000 + "1")
    (engine,) = pool._idle[""]
    assert engine._tokenizer.tokens == []
    assert engine._tokenizer.sql == ""
    assert engine._parser.sql == ""


def test_low_hit_rate_is_said_after_enough_gets() -> None:
    pool = ParserPool(max_idle=0)
    for _ in range(19):
        with pool.parser():
            pass
    assert pool.warning() is None
    with pool.parser():
        pass
    assert "0% of 20 gets" in (pool.warning() or "")
    warm = ParserPool()
    warm.warm_up([""])
    for _ in range(30):
        with warm.parser():
            pass
    assert warm.warning() is None


def test_errors_are_ours_and_leave_a_clean_parser() -> None:
    pool = ParserPool()
    for bad in ["select ((", "select 'a", "select " + "(" * 1000, "not " * 3000 + "1", "", "select * from"]:
        with pytest.raises(InputError) as failed, pool.parser() as parser:
            parser.parse_one(bad)
        assert "\n" not in failed.value.message
        assert "\x1b" not in failed.value.message
    with pool.parser() as parser:
        assert parser.parse_one("select 1").sql() == "SELECT 1"
    with pytest.raises(InputError), pool.parser() as parser:
        parser.tokenize("select 'a")
    with pytest.raises(UsageError, match="postgers"):
        pool.parser("postgers")
    pool.check_leaks()


def test_a_dialect_that_cannot_be_made_is_no_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(dialect: str) -> None:
        raise MemoryError

    monkeypatch.setattr("perftool.sql.pool.Engine", broken)
    pool = ParserPool()
    with pytest.raises(MemoryError), pool.parser():
        pass
    pool.check_leaks()


def test_threads() -> None:
    pool = ParserPool(max_idle=4)
    texts = [f"select {n} as c{n}, '{'x' * n}' from t{n} where a = {n}" for n in range(20)]
    wrong: list[str] = []

    def work(offset: int) -> None:
        for n in range(100):
            text = texts[(n + offset) % len(texts)]
            with pool.parser(("postgres", "mysql")[n % 2]) as parser:
                if parser.parse_one(text).sql().lower() != text:
                    wrong.append(text)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    now = pool.counters()
    assert now.gets == now.puts == 600
    assert 1 <= now.high_water <= 6
    pool.check_leaks()
