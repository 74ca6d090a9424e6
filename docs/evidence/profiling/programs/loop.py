"""A loop over numbers: one function, nothing allocated."""

import sys

from measured import measured


def work(rounds):
    """Add up numbers."""
    total = 0
    for number in range(rounds):
        total += number * number % 7
    return total


work(1000)
measured(work, int(sys.argv[1]))
