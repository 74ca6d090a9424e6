"""A batch whose report every format is tested on."""

from __future__ import annotations

from perftool.batch.stages import Stage, Stages
from perftool.model.batch import BatchPayload, SlowStatement
from perftool.model.measurement import Histogram, Measurement
from perftool.workers.metrics import Depth, Metrics, measurements

PAYLOAD = BatchPayload(
    operation="transpile",
    engine="sqlglot",
    dialect="postgres",
    to="duckdb",
    items=120_000,
    distinct=31_000,
    repeated=88_988,
    size=48_000_000,
    seconds=19.25,
    statuses={"failed": 512, "ok": 139_475, "timeout": 1, "unreadable": 12},
    resumed=20_000,
    workers=2,
    latency=Histogram(
        unit="sec/op", tick=1e-9, bits=8, indices=(2000, 2400), counts=(30_990, 10), count=31_000, total=34.1,
        minimum=0.00012, maximum=20.0,
    ),
    p50=0.00041,
    p90=0.0012,
    p99=0.0061,
    slowest=(
        SlowStatement(number=71_003, path="etl/daily.sql", line=90, digest="9f86d081884c7d65", size=412_000,
                      seconds=20.0, cpu_seconds=0.0, status="timeout", outlier=True, reason="time-out"),
        SlowStatement(number=12, path="etl/load.sql", line=7, digest="2c26b46b68ffc68f", size=98_304, seconds=0.31,
                      cpu_seconds=0.3, status="ok", outlier=True,
                      reason="is 96.0 KiB long, 240 times the median"),
        SlowStatement(number=13, path="", line=0, digest="fcde2b2edba56bf4", size=900, seconds=0.004,
                      cpu_seconds=0.004, status="failed"),
    ),
)  # fmt: skip

_RATES = tuple(
    Measurement(suite="batch", case="transpile", unit=unit, better=better, values=values, gates=unit == "sec/op",
                parameters={"dialect": "postgres", "to": "duckdb"})
    for unit, better, values in (
        ("sec/op", "lower", (0.00109, 0.00112, 0.00108, 0.00115)),
        ("statements/s", "higher", (6100.0, 6305.0, 6278.0, 6240.0)),
    )
)  # fmt: skip

_CREW = Metrics(
    workers=2, items=31_001, payload_bytes=12_400_000, result_bytes=11_800_000, chunks=2_140, wall_s=19.25,
    wait_s=3_875.0, busy_s=(17.1, 17.0), queue_mean=210.0, queue_max=512, retries=1, replaced=1,
    failures={"timeout": 1}, peak_bytes=190 << 20,
)  # fmt: skip


def _stages() -> Stages:
    stages = Stages()
    stages.tap.items, stages.tap.bytes, stages.tap.busy_s = 11, 51_000_000, 0.021
    stages.split.items, stages.split.bytes, stages.split.busy_s = 140_000, 56_000_000, 1.421
    stages.look_up_s = 2.1
    stages.write = Stage(120_000, 61_000_000, 1.9, 90_000.0, Depth(total=2_400_000, samples=120_000, highest=49_152))
    return stages


MEASUREMENTS = (*_RATES, *_stages().measurements(31_000, _CREW), *measurements(_CREW, "batch"))
