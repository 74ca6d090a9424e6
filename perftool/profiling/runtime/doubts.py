"""What a sampler could not see, said from its figures."""

from __future__ import annotations

# Less is within what clocks that are read one after the other differ by.
_UNSEEN_NS = 50_000_000
_UNSEEN_SHARE = 0.05
_COST_SHARE = 0.02


def doubts(facts: dict[str, str]) -> list[tuple[str, str]]:
    """Return (code, message) for each part of the CPU time that the samples say nothing of."""
    found = []
    process = int(facts.get("process.cpu_ns", 0))
    unseen = int(facts.get("unseen.cpu_ns", 0))
    if process and unseen > _UNSEEN_NS and unseen > _UNSEEN_SHARE * process:
        found.append(
            (
                "cpu-not-seen",
                f"{_percent(unseen / process)} of the CPU time is not in this profile: it was used by threads that"
                " ended before they were sampled, or outside of Python",
            )
        )
    late = int(facts.get("late.cpu_ns", 0))
    if process and late > _UNSEEN_NS and late > _UNSEEN_SHARE * process:
        found.append(
            (
                "cpu-after-last-sample",
                f"{_percent(late / process)} of the CPU time is not in this profile: it was used after the last sample"
                " of each process; deep stacks are sampled less often, and short processes seldom",
            )
        )
    dropped = int(facts.get("dropped.count", 0))
    if dropped:
        found.append(
            (
                "too-many-stacks",
                f"{dropped:,} stacks were too many to keep apart: they are counted together as"
                " 'too many different stacks'",
            )
        )
    cost = int(facts.get("sampler.cpu_ns", 0))
    if process and cost > _UNSEEN_NS and cost > _COST_SHARE * process:
        found.append(("sampler-cost", f"sampling itself took {_percent(cost / process)} of the CPU time"))
    return found


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
