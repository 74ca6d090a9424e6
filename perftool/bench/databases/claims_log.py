"""A log of queries replayed through a cache: how many would have been hits."""

from __future__ import annotations

import random
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.caching.api import TierOptions
from perftool.caching.keys import key
from perftool.caching.opening import open_tier
from perftool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: The generated log: so many queries for so many different statements, the k-th of them as often as 1 / k.
#: source: Breslau and others, Web Caching and Zipf-like Distributions (INFOCOM 1999): exponents of 0.64 to 0.83 for
#: requests for pages; 1 is the classical law.
QUERIES: Final = 10_000
DISTINCT: Final = 2_000
EXPONENT: Final = 1.0
SEED: Final = 7
#: What the cache holds at most, in results of equal size.
HELD: Final = 200
_LONGEST: Final = 1 << 20
#: The size of a result in the replay: with what an entry takes by itself, HELD of them fill the cache.
_RESULT: Final = bytes(724)
_ENTRY: Final = 1024


def generated() -> list[str]:
    """Return the generated log, the same every time."""
    chance = random.Random(SEED)  # noqa: S311 - data, not a secret
    weights = list(accumulate(1 / rank**EXPONENT for rank in range(1, DISTINCT + 1)))
    return [f"statement {rank}" for rank in chance.choices(range(DISTINCT), cum_weights=weights, k=QUERIES)]


def read(path: Path) -> list[str]:
    """Return the statements of a log, in its order: a SQL file, or all those of a folder by name.

    raises: InputError where there is none.
    """
    from perftool.sql import files, opening

    found: list[str] = []
    for file in files.find([path]):
        if file.reason:
            raise InputError(f"cannot read {file.name}: {file.reason}")
        with opening.opened(file.path, name=file.name) as source:
            found += [one.text.strip() for one in source.statements("", max_statement=_LONGEST) if one.text]
    if not found:
        raise InputError(f"there is no SQL statement in {path}")
    return found


def misses(statements: Sequence[str]) -> int:
    """Return how many of the queries a cache in memory would have had to run, beginning with nothing."""
    tier = open_tier("memory", TierOptions(limit_bytes=HELD * _ENTRY))
    for statement in statements:
        name = key("log", statement)
        if tier.get(name) is None:
            tier.put(name, _RESULT, None)
    return tier.figures().misses


def replay(log: str) -> Callable[[], object]:
    """Return the operation: the whole log once, ``log`` being the path of one, "" for the generated."""
    statements = read(Path(log)) if log else generated()
    return lambda: misses(statements)


def counters(log: str) -> Mapping[str, float]:
    """Return what the replay counts."""
    statements = read(Path(log)) if log else generated()
    return {"lookups/op": float(len(statements)), "misses/op": float(misses(statements))}
