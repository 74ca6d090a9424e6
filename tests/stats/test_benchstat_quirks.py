"""benchstat's numbers, right and wrong, against vectors taken from it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from perftool.stats import benchstat_quirks as quirks
from perftool.stats import mann_whitney

VECTORS = Path(__file__).parent.parent / "golden" / "benchstat" / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (VECTORS / f"{name}.jsonl").read_text().splitlines()]


def test_every_u_test() -> None:
    for vector in vectors("utest"):
        p = quirks.compare(vector["x1"], vector["x2"])
        if "error" in vector:
            assert p is None
        else:
            assert mann_whitney.rank_counts(vector["x1"], vector["x2"])[0] / 2 == vector["u"]
            assert p == pytest.approx(vector["p"], rel=1e-12, abs=1e-12)


def test_every_untied_p_has_the_same_bits() -> None:
    untied = [v for v in vectors("utest") if "p" in v and len({*v["x1"], *v["x2"]}) == len(v["x1"] + v["x2"]) <= 100]
    assert untied
    for vector in untied:
        if max(len(vector["x1"]), len(vector["x2"])) <= 50:
            assert quirks.compare(vector["x1"], vector["x2"]) == vector["p"]


def test_every_interval() -> None:
    for vector in vectors("ci"):
        assert quirks.median_interval(vector["n"], vector["confidence"]) == (vector["lo"], vector["hi"]), vector


def test_the_published_table_of_intervals() -> None:
    table = (
        "1(0,2) 2(0,3) 3(0,4) 4(0,5) 5(0,5) 6(1,6) 7(1,7) 8(1,7) 9(2,8) 10(2,9) 11(2,9) 12(3,10) 13(3,11) 14(3,11) "
        "15(4,12) 16(4,12) 17(5,13) 18(5,14) 19(5,14) 20(6,15) 21(6,16) 22(6,16) 23(7,17) 24(8,18) 25(8,18) "
        "26(8,19) 27(8,19) 28(9,20) 29(9,20) 30(10,21) 31(10,22)"
    )
    for entry in table.split():
        n, _, bounds = entry.partition("(")
        lo, _, hi = bounds.rstrip(")").partition(",")
        assert quirks.median_interval(int(n), 0.95) == (int(lo), int(hi))


def test_every_summary() -> None:
    def number(value: Any) -> float:
        return {"-inf": -math.inf, "inf": math.inf, "+inf": math.inf, None: math.nan}.get(
            value if value is None else str(value).lower(), value
        )

    for vector in vectors("summary"):
        center, lo, hi = quirks.summarize(sorted(vector["values"]), vector["confidence"])
        assert center == vector["center"]
        assert quirks.spread_text(center, lo, hi) == vector["range"], vector
        for ours, theirs in ((lo, number(vector.get("lo"))), (hi, number(vector.get("hi")))):
            assert ours == theirs or (math.isinf(ours) and not math.isfinite(theirs))


def test_every_geomean_has_the_same_bits() -> None:
    for vector in vectors("geomean"):
        ours = quirks.geomean(vector["values"])
        theirs = vector["geomean"]
        assert ours == theirs or (ours is None and not isinstance(theirs, float)), vector


@pytest.mark.parametrize(
    ("x1", "x2", "p"),
    [
        ([1, 4, 4], [4, 4], 1.2),
        ([3, 3, 2], [1], 0.0),
        ([1], [3, 3, 2], 0.5),
        ([3], [2, 2], 4 / 3),
        ([1, 2, 3], [4, 5, 6], 0.10000000000000002),
        ([1, 2, 3], [4, 5, 5], 0.1),
        ([1, 2], [2, 1], 1.0),
        ([5, 6], [7, 8], 1 / 3),
    ],
)
def test_known_errors_are_kept(x1: list[float], x2: list[float], p: float) -> None:
    assert quirks.compare(x1, x2) == p


def test_needed_samples() -> None:
    levels = {0.5: 2, 0.8: 4, 0.9: 5, 0.95: 6, 0.98: 7, 0.99: 8, 0.999: 11, 1.0: None}
    assert {level: quirks.samples_for_interval(level) for level in levels} == levels
    alphas = {1: 1, 0.4: 2, 0.1: 3, 0.05: 4, 0.01: 5, 0.001: 7, 0.00005: 9, 0.00001: None}
    assert {alpha: quirks.samples_for_difference(alpha) for alpha in alphas} == alphas


def test_spreads_of_odd_signs() -> None:
    assert quirks.spread_text(-10, -11, -9) == "-10%"
    assert quirks.spread_text(1, -1, 2) == quirks.spread_text(1, 0, 2) == "?"
    assert quirks.spread_text(0, 0, 0) == "0%"
    assert quirks.spread_text(1, -math.inf, 2) == "∞"
    assert quirks.spread_text(5e-324, 5e-324, 1e308) == "+Inf%"


def test_numbers_at_the_edge_of_doubles() -> None:
    assert quirks.geomean([math.inf]) == math.inf
    assert quirks.geomean([math.inf, math.inf]) is None
    assert quirks.geomean([5e-324]) == pytest.approx(2.0**-1022)  # benchstat's logarithm of a denormal is wrong
    assert quirks.geomean([1e-300, 1e-300]) == pytest.approx(1e-300)
    assert quirks.geomean([1e308]) == pytest.approx(1e308)
    assert quirks.geomean([1.5e308]) == math.inf  # e**x is scaled by 2**1024 at once
    assert [quirks.fixed(v, 1) for v in (math.nan, math.inf, -math.inf)] == ["NaN", "+Inf", "-Inf"]
    assert quirks.fixed(math.nan, 1, signed=True) == "+NaN"
    assert math.isnan(quirks.summarize([1.0, 2.0, math.inf], 0.95)[0])
