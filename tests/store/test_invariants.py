"""Reports must not contradict themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from perftool.errors import InputError
from perftool.model.bench import BenchCase, BenchPayload
from perftool.model.comparison import ComparisonPayload
from perftool.model.measurement import Histogram, Measurement
from perftool.store import reports
from perftool.store.invariants import contradictions, infinities
from tests.render import samples

if TYPE_CHECKING:
    from perftool.model.report import Report

changed: Any = msgspec.structs.replace


def report(*values: float, blocks: tuple[int, ...] = ()) -> Report:
    measurement = Measurement(suite="s", case="c", unit="u", better="lower", values=values, blocks=blocks)
    return msgspec.structs.replace(samples.bench(), measurements=(measurement,))


def with_histogram(*, indices: tuple[int, ...], counts: tuple[int, ...], count: int) -> Report:
    histogram = Histogram(
        unit="s", tick=1e-9, bits=7, indices=indices, counts=counts, count=count, total=1, minimum=0, maximum=1
    )
    payload = samples.bench().payload
    assert isinstance(payload, BenchPayload)
    case = BenchCase(suite="s", case="c", kind="sql", latency=histogram)
    return msgspec.structs.replace(samples.bench(), payload=msgspec.structs.replace(payload, cases=(case,)))


def test_sound_reports_have_none() -> None:
    for sound in (
        *samples.SAMPLES.values(),
        report(1.0, 2.0, blocks=(0, 0)),
        with_histogram(indices=(1, 2), counts=(3, 4), count=7),
    ):
        made = sound() if callable(sound) else sound
        assert not list(contradictions(made))
        assert not list(infinities(made))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_are_finite(value: float) -> None:
    (told,) = infinities(report(1.0, value))
    assert told == f"expected a finite number, got {value} - at `$.measurements[0].values[1]`"


def test_numbers_of_a_comparison_are_finite() -> None:
    payload = samples.compare().payload
    assert isinstance(payload, ComparisonPayload)
    infinite = changed(payload.tables[0].rows[0].cells[1], values=(1.0, float("inf")))
    (told,) = infinities(with_row(cells=(payload.tables[0].rows[0].cells[0], infinite)))
    assert told.endswith("at `$.payload.tables[0].rows[0].cells[1].values[1]`")


def test_each_value_has_its_block() -> None:
    assert list(contradictions(report(1.0, 2.0, blocks=(0,)))) == [
        "2 values but 1 block numbers - at `$.measurements[0].blocks`"
    ]


def test_histograms_add_up() -> None:
    assert "2 buckets but 1 counts" in next(contradictions(with_histogram(indices=(1, 2), counts=(3,), count=3)))
    assert "add up to 7, not 8" in next(contradictions(with_histogram(indices=(1, 2), counts=(3, 4), count=8)))


def with_payload(**changes: Any) -> Report:
    return changed(samples.compare(), payload=changed(samples.compare().payload, **changes))


def with_table(**changes: Any) -> Report:
    payload = samples.compare().payload
    assert isinstance(payload, ComparisonPayload)
    return with_payload(tables=(changed(payload.tables[0], **changes),))


def with_row(**changes: Any) -> Report:
    payload = samples.compare().payload
    assert isinstance(payload, ComparisonPayload)
    return with_table(rows=(changed(payload.tables[0].rows[0], **changes),))


def without_values() -> Report:
    payload = samples.compare().payload
    assert isinstance(payload, ComparisonPayload)
    first, second = payload.tables[0].rows[0].cells
    return with_row(cells=(first, changed(second, values=())))


@pytest.mark.parametrize(
    ("damaged", "where"),
    [
        (with_payload(column_fields=("a", "b", "c", "d")), "$.payload.columns[0].key"),
        (with_table(columns=()), "$.payload.tables[0].columns"),
        (with_table(columns=(0, 7)), "$.payload.tables[0].columns"),
        (with_table(columns=(-1,)), "$.payload.tables[0].columns"),
        (with_table(geomeans=()), "$.payload.tables[0].geomeans"),
        (with_row(cells=()), "$.payload.tables[0].rows[0].cells"),
        (with_row(key=("a", "b", "c", "d")), "$.payload.tables[0].rows[0].key"),
        (without_values(), "$.payload.tables[0].rows[0].cells[1].values"),
    ],
)
def test_tables_fit_their_columns(damaged: Report, where: str) -> None:
    assert any(told.endswith(f"at `{where}`") for told in contradictions(damaged))
    with pytest.raises(InputError, match=r"^r: "):
        reports.decode(msgspec.json.encode(damaged), name="r")


@pytest.mark.parametrize("kind", ["bench", "compare-paired"])
def test_readings_of_the_kernel_must_have_their_blocks_and_be_finite(kind: str) -> None:
    sound = samples.SAMPLES[kind]()
    one = samples.bench().measurements[0]

    def reading(values: tuple[float, ...], blocks: tuple[int, ...]) -> Report:
        yardstick = (changed(one, values=values, blocks=blocks),)
        if isinstance(sound.payload, BenchPayload):
            return changed(sound, payload=changed(sound.payload, yardstick=yardstick))
        assert isinstance(sound.payload, ComparisonPayload)
        return changed(sound, payload=changed(sound.payload, run=changed(sound.payload.run, yardstick=yardstick)))

    where = "$.payload.yardstick[0]" if kind == "bench" else "$.payload.run.yardstick[0]"
    assert list(contradictions(reading((1.0, 2.0), (0, 1)))) == []
    assert list(contradictions(reading((1.0, 2.0), (0,)))) == [f"2 values but 1 block numbers - at `{where}.blocks`"]
    assert list(infinities(reading((1.0, float("inf")), (0, 1)))) == [
        f"expected a finite number, got inf - at `{where}.values[1]`"
    ]


def history(**fields: Any) -> Report:
    """Return a history whose first series has other ``fields``; those of points and levels may contradict it."""
    sound = samples.history()
    payload: Any = sound.payload
    first, *others = payload.series
    return changed(sound, payload=changed(payload, series=(changed(first, **fields), *others)))


def test_a_history_whose_parts_fit_has_none() -> None:
    assert list(contradictions(history())) == []


def test_levels_of_a_history_follow_each_other() -> None:
    first: Any = samples.history().payload
    levels = first.series[0].levels
    shorter = (levels[0], changed(levels[1], last=levels[1].last - 1))
    for wrong in (levels[1:], levels[::-1], shorter, (changed(levels[0], last=-1), changed(levels[1], first=0))):
        assert any("$.payload.series[0].levels" in line for line in contradictions(history(levels=wrong)))
    assert any("series[0].changes" in line for line in contradictions(history(changes=())))


def test_a_history_points_into_itself() -> None:
    sound = samples.history()
    payload: Any = sound.payload
    (found,) = contradictions(history(environment=9))
    assert found == "there is no environment 9 - at `$.payload.series[0].environment`"
    points = payload.series[0].points
    assert any(
        "series[0].points" in line for line in contradictions(history(points=(changed(points[0], run=99), *points[1:])))
    )
    run = changed(payload.runs[0], environment=-1)
    lost = changed(sound, payload=changed(payload, runs=(run, *payload.runs[1:])))
    assert list(contradictions(lost)) == ["there is no environment -1 - at `$.payload.runs[0].environment`"]


def test_a_history_holds_no_infinity() -> None:
    payload: Any = samples.history().payload
    points = payload.series[0].points
    (found,) = infinities(history(points=(*points[:-1], changed(points[-1], center=float("inf")))))
    assert found == "expected a finite number, got inf - at `$.payload.series[0].points[19]`"


@pytest.mark.parametrize(
    ("stopping", "where"),
    [
        ({"planned": 0}, "done"),
        ({"done": 81}, "done"),
        ({"done": 19}, "looks"),
        ({"done": 50, "looks": (40, 20)}, "looks"),
        ({"done": 50, "looks": (20, 20)}, "looks"),
        ({"looks": (0,)}, "looks"),
    ],
)
def test_a_run_of_two_sides_ended_within_its_plan(stopping: dict[str, Any], where: str) -> None:
    sound = samples.SAMPLES["compare-paired"]()
    run: Any = sound.payload.run  # type: ignore[union-attr]
    if "looks" in stopping:
        stopping = stopping | {"looks": tuple(changed(run.stopping.looks[0], blocks=n) for n in stopping["looks"])}
    damaged = changed(run, stopping=changed(run.stopping, **stopping))
    found = list(contradictions(changed(sound, payload=changed(sound.payload, run=damaged))))
    assert [one.partition("stopping.")[2] for one in found] == [f"{where}`"]


def test_a_run_of_two_sides_has_a_base_and_what_is_measured_against_it() -> None:
    sound = samples.SAMPLES["compare-paired"]()
    run: Any = sound.payload.run  # type: ignore[union-attr]
    swapped = changed(sound, payload=changed(sound.payload, run=changed(run, sides=run.sides[::-1])))
    assert list(contradictions(swapped)) == ["expected the sides base and now - at `$.payload.run.sides`"]
