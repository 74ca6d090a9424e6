"""What load_study.py measures under every load, beside perftool's own SQL cases: work of different kinds."""

from __future__ import annotations

import hashlib
import json
import random
import re
import zlib
from typing import Any

ROWS = [{"id": i, "name": f"row {i}", "price": i / 7, "tags": ["a", "b", str(i % 13)]} for i in range(200)]
TEXT = json.dumps(ROWS)
NUMBERS = random.Random(1).sample(range(1 << 24), 5000)


def bench_loop() -> int:
    """Add small integers: nothing but the interpreter."""
    total = 0
    for i in range(5000):
        total += i & 7
    return total


def bench_json() -> int:
    """Decode and encode rows in C."""
    return len(json.dumps(json.loads(TEXT)))


def bench_sort() -> int:
    """Sort integers in C."""
    return sorted(NUMBERS)[7]


def bench_regex() -> int:
    """Search text in C."""
    return len(re.findall(r'"name": "(row \d+)"', TEXT))


def bench_hash() -> int:
    """Compress and digest: arithmetic without the interpreter."""
    data = TEXT.encode()
    return zlib.crc32(hashlib.sha256(data).digest()) + len(zlib.compress(data, 1))


def bench_allocate() -> int:
    """Make objects and let them go."""
    return len({str(i): [i, (i, i)] for i in range(2000)})


def setup_graph() -> dict[str, Any]:
    """Make about 40 MB of objects, linked in random order through all of it."""
    count = 200_000
    order = list(range(count))
    random.Random(2).shuffle(order)
    nodes: list[list[Any]] = [[i, None] for i in range(count)]
    for here, there in zip(order, order[1:] + order[:1], strict=True):
        nodes[here][1] = nodes[there]
    return {"first": nodes[0]}


def bench_graph(first: list[Any]) -> int:
    """Follow links through some MB of those objects: as fast as the caches let it, and they are shared."""
    node, total = first, 0
    for _ in range(20_000):
        total += node[0]
        node = node[1]
    return total


def setup_copy() -> dict[str, Any]:
    """Make 16 MB."""
    return {"data": bytearray(b"x") * (16 << 20)}


def bench_copy(data: bytearray) -> int:
    """Stream through memory."""
    return data.count(b"y")
