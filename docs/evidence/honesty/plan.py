"""What the honesty study does, fixed before its first run: numbers, order, requirements, and how losses count.

Rules, written down before any result was seen:

* No run is repeated because of what it said. A run that ended without a report (a crash, a timeout) is *lost*: it is
  kept as such, is never taken again, and counts against perftool wherever a detection was required. It gives no rows
  to the false alarms, whose bound is then that of the rows there are.
* A run that was under way when the study itself was stopped gave no report that anybody could have seen. It is taken
  again; the file of results keeps how often that happened.
* The study prints which run it makes and how long it took, never what came out.
* All settings of perftool and of its peers are their defaults. The seed too: what is tested is what is shipped.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

CASES: Final = ("parse", "records", "words", "numbers")
UNITS: Final = 100
LEVELS: Final = (10, 25, 30)
SAME_RUNS: Final = 60
PLANTED_RUNS: Final = 40
UNBLOCKED_RUNS: Final = 60
PEER_RUNS: Final = {"pyperf": 20, "pytest-benchmark": 30, "hyperfine": 30}
SEED: Final = 20261121

ALPHA: Final = 0.05
CONFIDENCE: Final = 0.95
BOUND: Final = 0.975
# Of 40 runs each: at +10 % the planted row is significant, at +30 % the run fails.
REQUIRED_SIGNIFICANT: Final = 38
REQUIRED_FAILING: Final = 38
GATE: Final = 0.20
THRESHOLDS: Final = (0.05, 0.10, 0.20)
TIMEOUT_S: Final = 900.0

# The unblocked design: one process a side takes as many samples as --vs takes in all its blocks.
UNBLOCKED_SAMPLES: Final = 40


@dataclass(frozen=True, slots=True)
class Planned:
    """One run: ``number`` is its place in the order; ``case`` is grown by ``level`` per cent, "" and 0 for none.

    ``tool`` is perftool or the peer that makes it.
    """

    number: int
    tool: str = "perftool"
    case: str = ""
    level: int = 0


def vs_runs() -> list[Planned]:
    """Return the runs of two sides in the order taken: shuffled, so that no condition has an hour to itself."""
    conditions = [("", 0)] * SAME_RUNS
    conditions += [(CASES[i % len(CASES)], level) for level in LEVELS for i in range(PLANTED_RUNS)]
    random.Random(f"{SEED}/vs").shuffle(conditions)
    return [Planned(number, case=case, level=level) for number, (case, level) in enumerate(conditions, 1)]


def unblocked_runs() -> list[Planned]:
    """Return the runs with one process a side; all are of the same code."""
    return [Planned(number) for number in range(1, UNBLOCKED_RUNS + 1)]


def peer_runs() -> list[Planned]:
    """Return the runs of the peers in the order taken, shuffled; all are of the same code."""
    tools = [tool for tool, runs in PEER_RUNS.items() for _ in range(runs)]
    random.Random(f"{SEED}/peers").shuffle(tools)
    return [Planned(number, tool=tool) for number, tool in enumerate(tools, 1)]


RUNS: Final = {"vs": vs_runs, "unblocked": unblocked_runs, "peers": peer_runs}
