"""The suite whose cost is told has 20 cases of the lengths that it claims."""

from __future__ import annotations

from collections import Counter

from docs.evidence import vs_cost


def test_twenty_cases() -> None:
    assert len(vs_cost.cases()) == 20
    assert Counter(vs_cost.cases().values()) == vs_cost.LENGTHS


def test_the_benchmark_file_has_them_all() -> None:
    text = vs_cost.benchmarks(1e-8)
    compile(text, "bench_loops.py", "exec")
    assert text.count("def bench_") == 20
    assert "count(100)" in text
    assert "count(50000000)" in text
