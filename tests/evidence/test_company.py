"""The neighbour is there while a run is made, and gone afterwards."""

from __future__ import annotations

import os

import pytest

from docs.evidence.honesty.company import Neighbour


def fail_beside(neighbour: Neighbour) -> None:
    os.kill(neighbour._process.pid, 0)
    raise ZeroDivisionError


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="pins a process, which Linux allows")
def test_the_neighbour_goes_also_when_a_run_fails() -> None:
    neighbour = Neighbour()
    with pytest.raises(ZeroDivisionError), neighbour:
        fail_beside(neighbour)
    with pytest.raises(ProcessLookupError):
        os.kill(neighbour._process.pid, 0)
    assert neighbour.record["core"] in os.sched_getaffinity(0)
    assert set(neighbour.record) == {"core", "present_s", "busy_s"}
