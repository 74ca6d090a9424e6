"""The four pictures of the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from docs.evidence.honesty import plan, tally
from docs.evidence.honesty.drawing import ALARM, BAND, CALM, FAINT, INK, QUIET, Scale, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs.evidence.honesty.designs import Rule

Json = dict[str, Any]

_EDGE = 0.30
_BINS = 20


def percent(value: float, digits: int = 0) -> str:
    """Return a fraction as text in per cent."""
    return f"{value * 100:.{digits}f} %".replace("-", "−")


def same_code(rules: Sequence[Rule]) -> str:
    """Draw a strip of estimated changes for each of ``rules``: a dot a comparison of identical code."""
    row, left, right = 58, 310, 700
    height = 96 + row * len(rules) + 30
    sheet = Sheet(
        960,
        height,
        "Identical code, compared: how much slower or faster did it seem?",
        "A strip of dots for each tool or design; each dot compares identical code, red ones are alarms.",
    )
    told = "Each dot is one comparison; the truth is 0. Red: called different, or failed (a test at 5 % may: 5 in 100)."
    sheet.write(20, 52, told, QUIET)
    x = Scale(-_EDGE, _EDGE, left, right)
    bottom = 76 + row * len(rules)
    for step in range(-3, 4):
        place = x(step / 10)
        sheet.line(place, 72, place, bottom, INK if not step else FAINT)
        sign = "+" if step > 0 else ""
        sheet.write(place, bottom + 18, f"{sign}{percent(step / 10)}", QUIET, 12, "middle")
    sheet.write(left, bottom + 38, f"Dots at an edge lie beyond ± {percent(_EDGE)}.", QUIET, 12)
    for index, rule in enumerate(rules):
        middle = 76 + row * index + row / 2
        sheet.line(20, middle + row / 2, 940, middle + row / 2)
        sheet.write(20, middle - 2, rule.group, INK, 13)
        sheet.write(20, middle + 15, rule.text, QUIET, 11)
        for number, (change, alarm) in enumerate(
            sorted(zip(rule.changes, rule.alarms, strict=True), key=lambda c: c[1])
        ):
            sheet.dot(x(change), middle + ((number * 0.618) % 1 - 0.5) * (row - 20), ALARM if alarm else CALM)
        count = rule.share
        shown = f"{count.count} of {count.of}"
        sheet.write(720, middle - 2, shown, ALARM if count.count else INK, 14)
        if count.of:
            low, high = count.interval
            more = f"{percent(count.count / count.of, 1)}  ({percent(low, 1)} to {percent(high, 1)})"
            sheet.write(720, middle + 15, more, QUIET, 12)
    return sheet.render()


def p_values(values: Sequence[float]) -> str:
    """Draw how often p fell into each of twenty equal parts, with what a fair die would do."""
    sheet = Sheet(
        760,
        380,
        "p-values of identical code: a fair test spreads them evenly",
        "A histogram of p-values of rows of identical code in twenty bins, the expected count, and its 95 % band.",
    )
    counts = [0] * _BINS
    for value in values:
        counts[min(_BINS - 1, int(value * _BINS))] += 1
    expected = len(values) / _BINS
    low, high = _band(len(values), 1 / _BINS)
    top = max([*counts, high, 1]) * 1.15
    x, y = Scale(0, 1, 70, 730), Scale(0, top, 320, 70)
    told = (
        f"{len(values)} rows. Dashed: {expected:g} a bar are expected; band: 95 of 100 bars lie there. Red: below 0.05."
    )
    sheet.write(20, 52, told, QUIET)
    sheet.box(70, y(high + 0.5), 660, y(max(0, low - 0.5)) - y(high + 0.5), BAND)
    for index, count in enumerate(counts):
        width = 660 / _BINS
        sheet.box(x(index / _BINS) + 2, y(count), width - 4, 320 - y(count), ALARM if index == 0 else CALM)
        sheet.write(x(index / _BINS) + width / 2, y(count) - 4, str(count), QUIET, 11, "middle")
    sheet.dashes(70, y(expected), 730, y(expected), INK)
    sheet.line(70, 320, 730, 320, INK)
    for tick in range(0, 11, 2):
        sheet.write(x(tick / 10), 340, f"{tick / 10:g}", QUIET, 12, "middle")
    sheet.write(400, 364, "p of the signed-rank test over 20 pairs", QUIET, 12, "middle")
    return sheet.render()


def _band(n: int, chance: float) -> tuple[int, int]:
    """Return the central 95 % of a binomial count."""
    high = tally.bound(n, chance)
    below, k = 0.0, -1
    while below + (mass := math.comb(n, k + 1) * chance ** (k + 1) * (1 - chance) ** (n - k - 1)) <= 1 - plan.BOUND:
        below += mass
        k += 1
    return k + 1, high


def found(records: Sequence[Json]) -> str:
    """Draw how often a planted change was called significant, and failed, by its size."""
    sheet = Sheet(
        760,
        420,
        "How often is a planted slowdown found?",
        "Shares of runs in which the planted row was significant and in which the gate failed, by planted slowdown.",
    )
    sheet.write(20, 52, "Share of runs, with 95 % Wilson intervals. Dashed: required beforehand.", QUIET)
    levels = (0, *plan.LEVELS)
    x, y = Scale(-0.5, len(levels) - 0.5, 70, 740), Scale(0, 1, 340, 80)
    for tick in range(0, 101, 20):
        sheet.line(70, y(tick / 100), 740, y(tick / 100))
        sheet.write(62, y(tick / 100) + 4, f"{tick} %", QUIET, 12, "end")
    for index, level in enumerate(levels):
        same = tally.same_rows(tally.made(records, 0))
        runs = tally.kept(tally.made(records, 0))
        pairs = (
            (tally.significant(same), tally.share(run["verdict"] == "fail" for run in runs))
            if not level
            else (tally.detected(records, level), tally.failed(records, level))
        )
        sheet.write(x(index), 362, f"+{level} % planted" if level else "identical code", INK, 13, "middle")
        sheet.write(x(index), 379, "a row significant, a run failing" if not level else "", QUIET, 11, "middle")
        for offset, color, count in ((-26, CALM, pairs[0]), (26, ALARM, pairs[1])):
            low, high = count.interval
            place = x(index) + offset
            sheet.line(place, y(low), place, y(high), color, 2.5)
            sheet.dot(place, y(count.count / count.of if count.of else 0), color, 6)
            sheet.write(
                place + 9, y(count.count / count.of if count.of else 0) + 4, f"{count.count}/{count.of}", color, 11
            )
    for level, offset, required in ((10, -26, plan.REQUIRED_SIGNIFICANT), (30, 26, plan.REQUIRED_FAILING)):
        place, needed = x(levels.index(level)) + offset, required / plan.PLANTED_RUNS
        sheet.dashes(place - 22, y(needed), place + 22, y(needed), INK)
    sheet.dot(90, 400, CALM, 5)
    sheet.write(102, 404, "the planted row is significant", INK, 12)
    sheet.dot(320, 400, ALARM, 5)
    sheet.write(332, 404, f"the run fails (gate {percent(plan.GATE)})", INK, 12)
    return sheet.render()


def estimates(records: Sequence[Json]) -> str:
    """Draw every estimate of a planted change with its interval beside the truth."""
    sheet = Sheet(
        960,
        420,
        "Is the size of the change told right?",
        "Estimated change with its 95 % interval for each run with a planted slowdown, beside the truth.",
    )
    gate = percent(plan.GATE)
    sheet.write(
        20, 52, f"A line a run: estimate and 95 % interval. Dashed: the truth. Grey line: the gate, {gate}.", QUIET
    )
    y = Scale(0.0, 0.40, 370, 76)
    for tick in range(0, 41, 10):
        sheet.line(60, y(tick / 100), 940, y(tick / 100))
        sheet.write(52, y(tick / 100) + 4, f"+{tick} %", QUIET, 12, "end")
    sheet.line(60, y(plan.GATE), 940, y(plan.GATE), QUIET, 1.6)
    width = 880 / len(plan.LEVELS)
    for panel, level in enumerate(plan.LEVELS):
        start = 60 + panel * width
        rows = sorted(tally.planted_rows(tally.made(records, level)), key=lambda row: row["estimate"])
        truth = level / 100
        for index, row in enumerate(rows):
            place = start + 14 + index * (width - 28) / max(1, len(rows) - 1)
            held = row["lo"] is not None and row["lo"] <= truth <= row["hi"]
            color = CALM if held else ALARM
            if row["lo"] is not None:
                sheet.line(place, y(row["lo"]), place, y(row["hi"]), color, 1.4)
            sheet.dot(place, y(row["estimate"]), color, 2.6)
        sheet.dashes(start + 4, y(truth), start + width - 4, y(truth), INK)
        held_by = tally.holding(rows, truth)
        words = f"+{level} % planted: {held_by.count} of {held_by.of} intervals hold it"
        sheet.write(start + width / 2, 396, words, INK, 12, "middle")
        if panel:
            sheet.line(start, 70, start, 376, QUIET)
    return sheet.render()
