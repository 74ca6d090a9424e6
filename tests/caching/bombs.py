"""A pickle that leaves a file behind when somebody loads it."""

from __future__ import annotations

import pickle
from pathlib import Path


class Bomb:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> object:
        return Path.touch, (self.trace,)


def planted(trace: Path) -> bytes:
    """Return the pickle, having shown on a copy that it goes off."""
    data = pickle.dumps(Bomb(trace))
    pickle.loads(data)
    assert trace.exists()
    trace.unlink()
    return data
