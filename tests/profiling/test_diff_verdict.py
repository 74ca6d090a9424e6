"""The line that a comparison of two profiles begins with."""

from __future__ import annotations

import msgspec
import pytest

from perftool.profiling.diff_verdict import headline, points
from tests.render.profile_diff_sample import PAYLOAD


def test_the_largest_sure_change_comes_first() -> None:
    unsure = msgspec.structs.replace(PAYLOAD.rows[0], function="noisy", change=0.5, sure=False)
    told = headline(msgspec.structs.replace(PAYLOAD, rows=(unsure, *PAYLOAD.rows[:2])), "CPU time")
    assert told == (
        "shop.checkout.total takes 12.3 points more of CPU time (8.1 % → 20.4 %); 1 other function changed too"
    )


def test_less_is_said_as_less() -> None:
    told = headline(msgspec.structs.replace(PAYLOAD, rows=PAYLOAD.rows[2:3]), "CPU time")
    assert told == "shop.parse.rows takes 4.5 points less of CPU time (31.0 % → 26.5 %)"


def test_weights_of_operations() -> None:
    row = msgspec.structs.replace(PAYLOAD.rows[0], before=1.2e-3, after=1.5e-3, change=0.3e-3, share_of_change=0.78)
    told = headline(msgspec.structs.replace(PAYLOAD, per="op", rows=(row,)), "CPU time")
    assert told == (
        "shop.checkout.total takes 300 µs more CPU time per operation (1.20 ms → 1.50 ms, 78 % of the change)"
    )


def test_chance_is_called_chance() -> None:
    told = headline(msgspec.structs.replace(PAYLOAD, rows=PAYLOAD.rows[4:]), "CPU time")
    assert told == (
        "no function surely takes more or less CPU time: the largest change, garbage collection, may be chance,"
        " more captures would tell"
    )
    assert headline(msgspec.structs.replace(PAYLOAD, rows=()), "CPU time") == (
        "no function surely takes more or less CPU time"
    )


@pytest.mark.parametrize(
    ("fraction", "text"), [(0.123, "12.3 points"), (-0.01, "1.0 point"), (0.0042, "0.42 points"), (0.0, "0.00 points")]
)
def test_points(fraction: float, text: str) -> None:
    assert points(fraction) == text
