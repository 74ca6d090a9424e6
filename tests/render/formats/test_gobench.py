from __future__ import annotations

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perftool.model.measurement import Measurement
from perftool.render.api import RenderOptions
from perftool.render.formats.gobench import FORMAT, benchmark_name, untidy
from perftool.stats.sample import block_medians
from perftool.units.unit import tidy
from tests.render.hostile import NAMES, spoil
from tests.render.samples import SAMPLES

_LINE = re.compile(r"Benchmark\S* \d+(?: \S+ \S+)+")
_CONFIG = re.compile(r"[a-z]+: \S.*")
_UNIT = re.compile(r"Unit \S+( [a-z]+=[a-z]+)+")


def lines(name: str = "") -> list[str]:
    report = SAMPLES["bench"]()
    shown = FORMAT.render(spoil(report, name) if name else report, RenderOptions())
    assert isinstance(shown, str)
    return shown.split("\n")[:-1]


@given(st.floats(min_value=1e-12, max_value=1e6))
@example(3.1e-05)
@example(0.1)
@example(1.7180000000000001e-06)
def test_a_time_reads_back_as_the_same_double(value: float) -> None:
    text, unit = untidy(value, "sec/op")
    assert unit == "ns/op"
    read = float(text) * tidy(unit)[1]
    assert read == value or abs(read - value) <= math.ulp(value)


@given(st.integers(1, 10**9))
def test_whole_nanoseconds_stay_short(nanoseconds: int) -> None:
    text, _ = untidy(nanoseconds * 1e-9, "sec/op")
    assert text == str(nanoseconds)


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (0.5, "cpu-sec/op", ("500000000", "cpu-ns/op")),
        (1000 * 1e-9, "p99-sec/op", ("1000", "p99-ns/op")),
        (0.0, "sec/op", ("0", "sec/op")),
        (18842.0, "B/op", ("18842", "B/op")),
        (1.5, "secrets/op", ("1.5", "secrets/op")),
        (2.0, "op/sec", ("2", "op/sec")),
    ],
)
def test_only_times_are_written_in_nanoseconds(value: float, unit: str, written: tuple[str, str]) -> None:
    assert untidy(value, unit) == written


def test_one_line_per_block_with_block_medians() -> None:
    report = SAMPLES["bench"]()
    own = [line for line in lines() if line.startswith("BenchmarkSql-parse/SimpleSelect ")]
    assert len(own) == 12
    first = report.measurements[0]
    medians = block_medians(first.values, first.blocks)
    for line, median in zip(own, medians, strict=True):
        fields = line.split()
        written = float(fields[fields.index("cpu-ns/op") - 1])
        assert written * 1e-9 == pytest.approx(median, rel=1e-15)


def test_units_say_their_direction_and_exactness() -> None:
    shown = lines()
    assert "Unit cpu-sec/op better=lower" in shown
    assert "Unit allocs/op better=lower assume=exact" in shown


def test_every_line_is_in_the_grammar() -> None:
    for line in lines():
        assert not line or _LINE.fullmatch(line) or _CONFIG.fullmatch(line) or _UNIT.fullmatch(line), line


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_hostile_names_stay_in_the_grammar(name: str) -> None:
    shown = lines(name)
    assert len(shown) == len(lines())
    for line in shown:
        assert not line or line.split(" ")[0].startswith("Benchmark") or _CONFIG.match(line) or _UNIT.match(line)


def test_a_name_that_ends_like_a_processor_count_keeps_its_digits() -> None:
    measurement = Measurement(suite="s", case="utf-8", unit="sec/op", better="lower", values=(1.0,))
    assert benchmark_name(measurement) == "BenchmarkS/utf-8-1"


def test_perftool_reads_its_own_text() -> None:
    from io import BytesIO

    from perftool.compare.api import ReadOptions
    from perftool.compare.importers.gobench import IMPORTER

    imported = IMPORTER.read(BytesIO("\n".join([*lines(), ""]).encode()), "own.txt", ReadOptions())
    found = {(s.name, s.unit): list(s.values) for s in imported.series}
    assert not [e for e in imported.events if type(e).__name__ == "SyntaxMessage"]
    first = SAMPLES["bench"]().measurements[0]
    name = next(n for n, unit in found if unit == "cpu-sec/op")
    assert name.endswith("Sql-parse/SimpleSelect")
    assert found[name, "cpu-sec/op"] == pytest.approx(block_medians(first.values, first.blocks), rel=1e-15)
