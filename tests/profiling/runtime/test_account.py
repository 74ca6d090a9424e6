"""What sampling may cost, and CPU time that nobody was seen to use."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.runtime.account import MOST_COST, Account
from perftool.profiling.runtime.doubts import doubts


def test_samples_become_rarer_while_they_cost_too_much_and_frequent_again() -> None:
    account = Account()
    # A sample costs as much as 5 % of what is used between two.
    rates = []
    for _ in range(40):
        account.used_ns += 100_000_000 * account.every
        account.cost_ns += 5_000_000
        account.moderate()
        rates.append(account.every)
    assert rates[-1] >= 0.05 / MOST_COST - 1
    for _ in range(40):
        account.used_ns += 100_000_000 * account.every
        account.cost_ns += 1_000
        account.moderate()
    assert account.every == 1


@given(st.lists(st.tuples(st.integers(0, 10**10), st.integers(0, 10**10)), max_size=30))
def test_a_sample_comes_some_time(spent: list[tuple[int, int]]) -> None:
    account = Account()
    for used, cost in spent:
        account.used_ns += used
        account.cost_ns += cost
        account.moderate()
        assert 1 <= account.every <= 64


def test_doubts_say_what_is_missing_and_only_when_it_matters() -> None:
    facts = {"process.cpu_ns": "1000000000", "unseen.cpu_ns": "40000000", "sampler.cpu_ns": "10000000"}
    assert doubts(facts) == []
    facts |= {"unseen.cpu_ns": "120000000", "sampler.cpu_ns": "60000000", "dropped.count": "1200"}
    said = dict(doubts(facts))
    assert set(said) == {"cpu-not-seen", "too-many-stacks", "sampler-cost"}
    assert said["cpu-not-seen"].startswith("12 % of the CPU time")
    assert "1,200 stacks" in said["too-many-stacks"]


def test_what_came_after_the_last_sample_is_doubted_when_it_was_much() -> None:
    assert doubts({"process.cpu_ns": "400000000", "late.cpu_ns": "15000000"}) == []
    assert doubts({"process.cpu_ns": "4000000000", "late.cpu_ns": "85000000"}) == []
    [(code, message)] = doubts({"process.cpu_ns": "400000000", "late.cpu_ns": "85000000"})
    assert code == "cpu-after-last-sample"
    assert message.startswith("21 % of the CPU time is not in this profile")
