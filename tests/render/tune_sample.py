"""A trial of settings of the garbage collector: one that won, one that could not be measured."""

from __future__ import annotations

from perftool.model.database import DatabaseFacts
from perftool.model.measurement import Measurement
from perftool.model.tune import Candidate, PoolPoint, TunePayload

_MIB = float(1 << 20)

PAYLOAD = TunePayload(
    subject="gc",
    target="python -m myapp.import orders.csv",
    candidates=(
        Candidate(name="as it is", settings={}, ratio=1.0, facts={"peak-RSS-B": 55 * _MIB, "gc-sec/op": 0.41}),
        Candidate(
            name="freeze + 10000",
            settings={"gc.threshold": "10000,10,10", "gc.freeze": "true"},
            ratio=0.912,
            lo=0.898,
            hi=0.927,
            p=0.0034,
            facts={"peak-RSS-B": 56.5 * _MIB, "gc-sec/op": 0.21, "gc-max-sec": 0.0024, "gc-count/op": 61.0},
        ),
        Candidate(
            name="50000",
            settings={"gc.threshold": "50000,10,10"},
            ratio=1.021,
            lo=0.991,
            hi=1.053,
            p=0.61,
            facts={"peak-RSS-B": 62 * _MIB},
        ),
        Candidate(name="disabled", settings={"gc": "disabled"}, reason="could not be measured"),
    ),
    winner="freeze + 10000",
    confidence=0.95,
    written="profiles/gc-import.toml",
    why="freeze + 10000 is surely faster than what is in use",
)
MEASUREMENTS = tuple(
    Measurement(
        suite="tune-gc",
        case=name,
        unit="cpu-sec/op",
        better="lower",
        values=tuple(centre * (1 + step / 100) for step in (0, 1, -1, 2, -2, 0.5)),
        blocks=tuple(range(6)),
    )
    for name, centre in (("as it is", 1.2), ("freeze + 10000", 1.094), ("50000", 1.225))
)
HEADLINE = "freeze + 10000: 8.8 % less CPU time (7.3 to 10.2 %)"

SETTINGS = TunePayload(
    subject="settings",
    target="postgresql:shop, queries",
    candidates=(
        Candidate(name="as it is", settings={}, ratio=1.0),
        Candidate(
            name="jit=off",
            settings={"jit": "off"},
            ratio=0.672,
            lo=0.655,
            hi=0.69,
            p=0.0015,
            note="faster: by_customer × 0.61",
        ),
        Candidate(
            name="work_mem=64MB",
            settings={"work_mem": "64MB"},
            ratio=1.977,
            lo=1.708,
            hi=2.367,
            p=0.0015,
            note="slower: by_customer × 2.11, by_note × 1.84",
        ),
        Candidate(
            name="synchronous_commit=off",
            settings={"synchronous_commit": "off"},
            ratio=1.002,
            lo=0.981,
            hi=1.02,
            p=0.81,
            risk="commits of the last moments may be lost in a crash",
        ),
        Candidate(name="random_page_cost=4", settings={"random_page_cost": "4"}, reason="is what is in use"),
        Candidate(
            name="jit=off, measured again",
            settings={"jit": "off"},
            ratio=0.681,
            lo=0.66,
            hi=0.702,
            p=0.0005,
        ),
    ),
    winner="jit=off, measured again",
    confidence=0.95,
    written="profiles/shop.toml",
    why="jit=off, measured again is surely faster than what is in use; surely slower: work_mem=64MB (× 1.98)",
    databases=(
        DatabaseFacts(
            label="postgresql:shop",
            system="PostgreSQL",
            version="15.18",
            driver="psycopg 3.3.9",
            durability={"fsync": "on", "synchronous_commit": "on"},
        ),
    ),
)
SETTINGS_HEADLINE = "jit=off: 31.9 % less time (29.8 to 34.0 %)"


def _point(
    size: int, rates: tuple[float, ...], ratio: tuple[float, float, float], held: float, waited: float, cores: float
) -> PoolPoint:
    return PoolPoint(
        size=size,
        threads=16,
        rate=rates[1],
        ratio=ratio[0],
        lo=ratio[1],
        hi=ratio[2],
        predicted=459.0 * size,
        hold_p95_s=held,
        wait_p95_s=waited,
        cpu_cores=cores,
        client_cores=0.3,
    )


_RATES = {1: (451.0, 459.0, 463.0), 2: (649.0, 655.0, 660.0), 4: (815.0, 827.0, 842.0), 8: (792.0, 809.0, 829.0)}
POOL = TunePayload(
    subject="pool",
    target="postgresql:shop, reports.sql",
    candidates=(),
    winner="4",
    confidence=0.95,
    written="profiles/shop-pool.toml",
    why="300/s × 6.10 ms held (p95) / 0.7 = 3",
    databases=SETTINGS.databases,
    points=(
        _point(1, _RATES[1], (0.555, 0.541, 0.568), 0.0023, 0.0362, 1.0),
        _point(2, _RATES[2], (0.792, 0.781, 0.803), 0.0034, 0.0246, 1.6),
        _point(4, _RATES[4], (1.0, 1.0, 1.0), 0.0061, 0.0183, 1.9),
        _point(8, _RATES[8], (0.978, 0.961, 0.993), 0.0119, 0.0124, 2.0),
    ),
    knee=4,
    bound="cpu",
    arrival_rate=300.0,
    recommended=3,
)
POOL_HEADLINE = "3 connections for 300 statements/s: 300/s × 6.10 ms held (p95) / 0.7 = 3"
POOL_MEASUREMENTS = tuple(
    Measurement(
        suite="tune-pool",
        case="reports.sql",
        unit="statements/s",
        better="higher",
        values=rates,
        blocks=(0, 1, 2),
        parameters={"backend": "postgresql:shop", "size": str(size), "threads": "16"},
    )
    for size, rates in _RATES.items()
)
