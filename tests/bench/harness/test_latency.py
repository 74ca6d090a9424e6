"""The histogram of single operations and the record of collections."""

from __future__ import annotations

import gc
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st

from perftool.bench.harness.latency import BITS, bucket, latencies
from perftool.bench.harness.operation import Operation
from perftool.stats.histogram import bucket_bounds, bucket_index


@given(st.integers(0, 10**13), st.integers(2, 12))
def test_buckets_are_those_of_the_report(value: int, bits: int) -> None:
    assert bucket(value, bits) == bucket_index(value, bits)
    low, high = bucket_bounds(bucket(value, bits), bits)
    assert low <= value < high


def test_counts_operations_and_collections() -> None:
    module = ModuleType("target")
    vars(module)["bench_x"] = lambda: gc.collect(0)
    callbacks = list(gc.callbacks)
    found = latencies(Operation(module, {"factory": "bench_x", "direct": True}), 1, 30, 0.0, "default")
    assert gc.callbacks == callbacks
    assert found["bits"] == BITS
    assert sum(found["counts"]) == found["count"] == 30
    assert found["indices"] == sorted(found["indices"])
    assert found["minimum"] <= found["p50"] <= found["p90"] <= found["p99"] <= found["max"] == found["maximum"]
    assert found["gc"]["count"] >= 30
    assert found["gc"]["longest"] <= found["gc"]["total"]
