from __future__ import annotations

import pytest

from perftool.errors import InputError
from perftool.sql.cache import BYTES_PER_CHARACTER, BYTES_PER_ENTRY, StatementCache
from perftool.sql.pool import ParserPool


def test_a_copy_may_be_changed_and_the_kept_tree_stays() -> None:
    cache = StatementCache(ParserPool())
    mine = cache.parse("select a from t")
    mine.set("expressions", [])
    assert cache.parse("select a from t").sql() == "SELECT a FROM t"
    assert cache.shared("select a from t") is cache.shared("select a from t")
    now = cache.counters()
    assert (now.hits, now.misses, now.entries) == (3, 1, 1)
    assert now.hit_rate == 0.75


def test_dialects_are_kept_apart_and_aliases_together() -> None:
    cache = StatementCache(ParserPool())
    cache.shared("select 1", "postgres")
    cache.shared("select 1", "mysql")
    cache.shared("select 1", "postgresql")
    assert cache.counters().entries == 2


def test_bounded_by_bytes_the_oldest_goes_first() -> None:
    text = "select {:02}"
    size = BYTES_PER_ENTRY + BYTES_PER_CHARACTER * len(text.format(0))
    cache = StatementCache(ParserPool(), max_bytes=10 * size)
    for n in range(10):
        cache.shared(text.format(n))
    cache.shared(text.format(0))
    cache.shared(text.format(10))
    now = cache.counters()
    assert (now.entries, now.evictions, now.size_bytes) == (10, 1, 10 * size)
    cache.shared(text.format(0))
    assert cache.counters().hits == 2, "0 was used again, 1 went"
    cache.shared("select 1, " + "2, " * 100 + "3")
    assert cache.counters().refused == 1
    cache.clear()
    assert cache.counters().size_bytes == 0


def test_what_does_not_parse_is_not_kept() -> None:
    cache = StatementCache(ParserPool())
    for _ in range(2):
        with pytest.raises(InputError):
            cache.parse("select ((")
    assert cache.counters().misses == 2
    assert cache.counters().entries == 0
