"""Count the calls of cases on two sides, exactly, in fresh processes with one hash seed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from perftool.bench import requests
from perftool.bench.captures import recorded
from perftool.bench.passes import MEMORY_HASH_SEED
from perftool.bench.record import Record
from perftool.bench.server import START
from perftool.bench.session import Session
from perftool.errors import InputError
from perftool.profiling.benchmarked import cut
from perftool.profiling.raw import capture_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from perftool.bench.captures import Subject
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings
    from perftool.profiling.capture import Capture

    Start = Callable[[int], Server]
    Counted = tuple[Capture, int]

_SIDES: Final = 2


def count(
    subjects: Sequence[Subject],
    starts: tuple[Start, Start],
    settings: RunSettings,
    folder: Path,
    *,
    tell: Callable[[str], None] = lambda _activity: None,
) -> list[tuple[Counted, Counted] | None]:
    """Return for each subject the calls of both sides, each with the number of its operations; None where one failed.

    What is counted is the same on a slow and on a fast machine; how long it takes is not measured.
    """
    found: list[list[Counted]] = [[] for _ in subjects]
    for side, start in enumerate(starts):
        records = [Record(one.case) for one in subjects]
        with Session(start, MEMORY_HASH_SEED, records, settings) as session:
            for at, (subject, record) in enumerate(zip(subjects, records, strict=True)):
                tell(f"counting calls of {subject.case.case}")
                path = folder / f"calls-{at}-{side}"
                request = requests.capture_calls(subject.case, recorded(subject.op_s), str(path))
                reply = session.ask(record, request)
                if reply is not None and (capture := _read(path)) is not None:
                    found[at].append((capture, int(reply["operations"])))
    return [(one[0], one[1]) if len(one) == _SIDES else None for one in found]


def _read(path: Path) -> Capture | None:
    """Read the table at ``path``, the harness cut off; None where it holds no calls of the operation."""
    try:
        capture = capture_of(json.loads(path.read_bytes()), name="calls")
    except (OSError, ValueError, InputError):
        return None
    shown = cut(capture, START.parent, outside=False)
    return shown if shown.samples else None
