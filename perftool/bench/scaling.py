"""How much faster several workers are than one, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.measurement import Measurement
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SUITE: Final = "workers"
PARAMETER: Final = "workers"
SPEED_UP: Final = "speed-up"
_POOR: Final = 0.7


def speed_ups(values: Iterable[Measurement]) -> list[Measurement]:
    """Return the ratio of one worker's time to that of each greater number, in every block that has both.

    Both times of a ratio come from one block, so what slowed the machine then slowed both.
    """
    times = [m for m in values if m.suite == SUITE and m.gates and m.unit == "sec/op" and PARAMETER in m.parameters]
    alone = {_rest(m): _by_block(m) for m in times if m.parameters[PARAMETER] == "1"}
    found = []
    for measurement in times:
        single = alone.get(_rest(measurement), {})
        several = _by_block(measurement)
        blocks = [block for block in several if block in single and several[block] > 0]
        if measurement.parameters[PARAMETER] != "1" and blocks:
            found.append(
                Measurement(
                    suite=measurement.suite,
                    case=measurement.case,
                    unit=SPEED_UP,
                    better="higher",
                    values=tuple(single[block] / several[block] for block in blocks),
                    parameters=measurement.parameters,
                    blocks=tuple(blocks),
                    gates=False,
                )
            )
    return found


def doubts(ratios: Sequence[Measurement]) -> list[ReportWarning]:
    """Return the doubt about each number of workers that does far less than so many times the work: poor-scaling."""
    from perftool.stats.sample import median

    found = []
    for measurement in ratios:
        workers = int(measurement.parameters[PARAMETER])
        ratio = median(sorted(measurement.values))
        if ratio / workers < _POOR:
            text = (
                f"{workers} workers are {ratio:.2f} times as fast as one, {ratio / workers:.0%} of what they could be"
            )
            found.append(ReportWarning(code="poor-scaling", message=text, subject=measurement.name))
    return found


def _rest(measurement: Measurement) -> tuple[object, ...]:
    others = {name: value for name, value in measurement.parameters.items() if name != PARAMETER}
    return (measurement.case, *sorted(others.items()))


def _by_block(measurement: Measurement) -> dict[int, float]:
    from perftool.stats.sample import median

    values: dict[int, list[float]] = {}
    for block, value in zip(measurement.blocks, measurement.values, strict=False):
        values.setdefault(block, []).append(value)
    return {block: median(sorted(taken)) for block, taken in values.items()}
