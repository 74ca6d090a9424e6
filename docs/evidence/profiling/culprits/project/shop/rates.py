"""Rates that are worked out once, when the shop opens."""

BASE = 0.19
STEPS = 2_000


def table(steps: int) -> list[float]:
    value, found = 1.0, []
    for step in range(steps):
        value = value * 1.0001 + (step % 7) * 0.001
        found.append(value)
    return found


YEARLY = table(STEPS)
