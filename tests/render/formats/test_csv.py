from __future__ import annotations

import csv
import io

import pytest

from perftool.model.comparison import ComparisonPayload
from perftool.render.api import RenderOptions
from perftool.render.formats.csv import FORMAT
from tests.render.hostile import NAMES, spoil
from tests.render.samples import SAMPLES


def rows(sample: str) -> list[dict[str, str]]:
    shown = FORMAT.render(SAMPLES[sample](), RenderOptions())
    assert isinstance(shown, str)
    return list(csv.DictReader(io.StringIO(shown, newline="")))


def test_bench_has_a_row_per_raw_sample() -> None:
    report = SAMPLES["bench"]()
    found = rows("bench")
    assert len(found) == sum(len(m.values) for m in report.measurements)
    first = report.measurements[0]
    own = [r for r in found if (r["case"], r["unit"]) == (first.case, first.unit)]
    assert [float(r["value"]) for r in own] == list(first.values), "unrounded, in the order taken"
    assert [int(r["block"]) for r in own] == list(first.blocks)
    assert own[0]["gates"] == "true"
    assert own[0]["better"] == "lower"


def test_independent_samples_are_their_own_blocks() -> None:
    exact = [r for r in rows("bench") if r["unit"] == "allocs/op"]
    assert {r["block"] for r in exact} == {"0"}
    assert {r["exact"] for r in exact} == {"true"}


def test_compare_has_a_row_per_cell_with_raw_numbers() -> None:
    payload = SAMPLES["compare"]().payload
    assert isinstance(payload, ComparisonPayload)
    found = rows("compare")
    assert len(found) == sum(c is not None for t in payload.tables for r in t.rows for c in r.cells)
    worst = next(r for r in found if r["change_outcome"] == "fail")
    assert worst[".fullname"] == "sql-parse/ComplexQuery"
    assert (worst["column"], worst["unit"]) == ("now", "cpu-sec/op")
    assert float(worst["change_ratio"]) == 0.255
    assert float(worst["center"]) == 1.10e-3 * 1.255
    assert (worst["n_old"], worst["change_significant"], worst["gate_fail"]) == ("10", "true", "0.2")
    base = next(r for r in found if r["column"] == "main")
    assert base["change_ratio"] == ""


def test_table_keys_and_row_fields_are_columns() -> None:
    found = rows("compare-columns")
    assert {(r["goos"], r["pkg"]) for r in found} == {("linux", "a"), ("linux", "b")}
    assert {(r[".name"], r["/size"]) for r in found} >= {("Encode", "1"), ("Decode", "")}
    assert "need >= 6 samples" in found[0]["warnings"]


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_names_survive(name: str) -> None:
    shown = FORMAT.render(spoil(SAMPLES["bench"](), name), RenderOptions())
    assert isinstance(shown, str)
    found = list(csv.reader(io.StringIO(shown, newline="")))
    assert len({len(row) for row in found}) == 1
    assert found[1][1] == "Sim" + name


@pytest.mark.parametrize(("sample", "field"), [("config", "origin"), ("baselines", "commit"), ("inspect", "digest"),
                                               ("setup", "state")])  # fmt: skip
def test_listings_have_a_row_per_entry(sample: str, field: str) -> None:
    assert rows(sample)[0][field]


def test_a_lint_run_has_a_row_per_finding() -> None:
    report = SAMPLES["lint"]()
    found = rows("lint")
    assert len(found) == len(report.diagnostics)
    assert found[0] == {
        "code": "COR001", "name": "null-comparison", "severity": "error",
        "message": "is never true: the query returns no rows", "path": "app/reports.sql", "line": "3", "column": "8",
        "end_line": "3", "end_column": "24", "start": "47", "end": "63", "help": "o.seen_at IS NULL", "fix": "safe",
        "key": "COR001:8f14e45fceea167a:0",
    }  # fmt: skip
    assert [row["fix"] for row in found] == ["safe", "", "", "unsafe", "", "", ""]
    assert "\n" in found[3]["help"]
