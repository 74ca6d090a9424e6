"""What outcomes add up to, whatever was judged."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from perftool.compare.conclusion import concluded, counted

if TYPE_CHECKING:
    from perftool.model.verdict import Verdict


def of(*outcomes: str, sided: tuple[str, ...] = (), strict: str = "") -> Verdict:
    lines = [f"line {outcome}" for outcome in outcomes if outcome != "pass"]
    counts = Counter(outcomes)
    return concluded(counts, lines, sided, strict=strict, headline=lambda: "head", nothing=lambda: "why")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        (("pass",), "pass"),
        (("pass", "inconclusive"), "inconclusive"),
        (("inconclusive", "warn"), "warn"),
        (("warn", "fail"), "fail"),
    ],
)
def test_the_worst_outcome_is_the_verdict(outcomes: tuple[str, ...], found: str) -> None:
    assert of(*outcomes).outcome == found
    assert not of(*outcomes).undecidable


def test_nothing_decided_is_no_pass() -> None:
    verdict = of("inconclusive")
    assert (verdict.outcome, verdict.undecidable) == ("inconclusive", True)
    assert verdict.headline == "nothing could be decided: why"
    assert verdict.reasons == ("why", "line inconclusive")


def test_what_one_side_lacks_fails_and_comes_first() -> None:
    verdict = of("inconclusive", sided=("gone",))
    assert (verdict.outcome, verdict.reasons) == ("fail", ("gone", "line inconclusive"))


def test_strictness_fails_behind_what_fails_by_itself() -> None:
    assert of("fail", "warn", "inconclusive", strict="s").reasons == (
        "line fail",
        "line warn",
        "s",
        "line inconclusive",
    )
    assert of("pass", strict="s").outcome == "pass"


def test_counted() -> None:
    assert [counted(1, "row"), counted(2000, "row")] == ["1 row", "2,000 rows"]
