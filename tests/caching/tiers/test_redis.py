"""The Redis tier on a real server: planted pickles, a server that is gone, passwords that never show."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from perftool.caching.api import TierError, TierOptions
from perftool.caching.envelope import seal
from perftool.caching.opening import open_tier
from perftool.errors import UsageError
from tests.caching.bombs import planted

if TYPE_CHECKING:
    from pathlib import Path

redis = pytest.importorskip("redis")


@pytest.mark.xdist_group("redis")
def test_a_planted_pickle_is_a_miss(redis_url: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    bomb = planted(trace)
    damaged = bytearray(seal(b"a value", None))
    damaged[-1] ^= 1
    values = {"bomb": bomb, "empty": b"", "damaged": bytes(damaged), "hash": None}
    with closing(redis.Redis.from_url(redis_url)) as theirs:
        for key, value in values.items():
            theirs.delete(f"perftool:result:{key}")
            if value is not None:
                theirs.set(f"perftool:result:{key}", value)
    with closing(open_tier("redis", TierOptions(url=redis_url))) as tier:
        for key in values:
            assert tier.get(key) is None
        assert not trace.exists()
        assert tier.figures().refused == 3
        tier.put("bomb", b"ours", 10.0)
        found = tier.get("bomb")
        assert found is not None
        assert found.value == b"ours"
        tier.forget("bomb")


def nobody() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def test_a_server_that_is_not_there() -> None:
    url = f"redis://user:hunter2@127.0.0.1:{nobody()}/0"
    with closing(open_tier("redis", TierOptions(url=url))) as tier:
        for call in (lambda: tier.get("a"), lambda: tier.put("a", b"", None)):
            with pytest.raises(TierError) as caught:
                call()
            assert "127.0.0.1" not in str(caught.value)
        tier.forget("a")
        assert tier.figures().failures == 3


def test_a_url_that_is_none_does_not_show() -> None:
    with pytest.raises(UsageError) as caught:
        open_tier("redis", TierOptions(url="ftp://user:hunter2@host"))
    assert "hunter2" not in caught.value.message
