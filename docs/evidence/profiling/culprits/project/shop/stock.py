"""What is made of what, and who gets it."""

import asyncio

PARTS = {
    "bike": [("frame", 1), ("wheel", 2), ("brake", 2)],
    "frame": [("tube", 6), ("bolt", 12)],
    "wheel": [("spoke", 32), ("rim", 1), ("hub", 1)],
    "hub": [("bolt", 4), ("bearing", 2)],
    "brake": [("cable", 1), ("pad", 2), ("bolt", 2)],
    "trailer": [("wheel", 2), ("frame", 1), ("box", 1)],
    "box": [("board", 5), ("bolt", 20)],
    "tandem": [("bike", 1), ("frame", 1), ("wheel", 1)],
}


def weight(part: str, depth: int = 0) -> float:
    inside = PARTS.get(part)
    if inside is None:
        return 0.1 + len(part) / 100
    return sum(count * weight(one, depth + 1) for one, count in inside)


def loads(names: list[str]) -> list[float]:
    return [round(weight(name), 3) for name in names]


class Store:
    """Counts of things that many ask for at once."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = dict(counts)
        self.lock = asyncio.Lock()

    async def reserve(self, name: str, count: int) -> bool:
        async with self.lock:
            if self.counts.get(name, 0) < count:
                return False
            self.counts[name] -= count
        return True


async def customer(store: Store, names: list[str]) -> int:
    got = 0
    for name in names:
        got += await store.reserve(name, 1)
        await asyncio.sleep(0)
    return got


async def rush(customers: int, names: list[str]) -> int:
    store = Store(dict.fromkeys(names, customers))
    return sum(await asyncio.gather(*(customer(store, names) for _ in range(customers))))
