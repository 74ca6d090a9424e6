"""What the study keeps of a report."""

from __future__ import annotations

from typing import Any

from docs.evidence.honesty.two_sides import condensed, rounded


def measurement(side: str, unit: str, values: list[float]) -> dict[str, Any]:
    return {"case": "words", "unit": unit, "side": side, "values": values, "blocks": [0, 0, 1, 1]}


def report() -> dict[str, Any]:
    change = {"estimate": 0.25, "lo": 0.24, "hi": 0.26, "p": 1.9073486e-06, "significant": True, "outcome": "fail"}
    return {
        "verdict": {"outcome": "fail"},
        "environment": {"activity": {"other_cores": 1.01, "steal_share": None}},
        "warnings": [{"code": "load-high"}],
        "measurements": [
            *(
                measurement(side, unit, [1.0, 2.0, 3.0, 4.0])
                for side in ("base", "now")
                for unit in ("cpu-sec/op", "sec/op")
            ),
            measurement("base", "peak-RSS-B", [1.0, 1.0, 1.0, 1.0]),
        ],
        "payload": {
            "run": {"stopping": {"done": 2, "reason": "planned"}, "duration_s": 20.04},
            "tables": [
                {
                    "rows": [
                        {"key": ["workload/words"], "gates": True, "cells": [{}, {"change": change}]},
                        {"key": ["workload/words"], "gates": False, "cells": [{}, {"change": change}]},
                        {"key": ["workload/numbers"], "gates": True, "cells": [{}, None]},
                    ]
                }
            ],
        },
    }


def test_judged_rows_with_samples_by_block() -> None:
    kept = condensed(report())
    assert kept["verdict"] == "fail"
    assert kept["activity"] == {"other_cores": 1.01}
    assert kept["warnings"] == ["load-high"]
    (row,) = kept["rows"]
    assert (row["case"], row["outcome"], row["significant"], row["p"]) == ("words", "fail", True, 1.90735e-06)
    assert row["cpu"] == {"base": [[1.0, 2.0], [3.0, 4.0]], "now": [[1.0, 2.0], [3.0, 4.0]]}


def test_six_digits_are_kept() -> None:
    assert rounded(0.00123456789) == 0.00123457
    assert rounded(float("inf")) == float("inf")
