"""Results that survive a crash: a line when a run begins and one when it ends, each on the disk before the next."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]


class OtherStudyError(Exception):
    """The file holds results of another plan or of other code: the two must not be mixed."""


class Ledger:
    """The file of results of one part of the study.

    ``header`` identifies plan and code. The first line of a new file; a file that begins with another is refused.
    """

    def __init__(self, path: Path, header: Json) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = read(path)
        if not lines:
            path.write_bytes(b"")
            self._append({"header": header})
            lines = read(path)
        if lines[0].get("header") != header:
            raise OtherStudyError(f"{path.name} holds results of another plan or other code: move it away first")
        self._finished = {line["run"] for line in lines if "run" in line}

    def finished(self, number: int) -> bool:
        """Tell whether the run ``number`` has ended, well or not."""
        return number in self._finished

    def begin(self, number: int, at: str) -> None:
        """Note that the run ``number`` begins ``at`` that time."""
        self._append({"began": number, "at": at})

    def end(self, number: int, record: Json) -> None:
        """Keep what the run ``number`` gave."""
        self._append({"run": number, **record})
        self._finished.add(number)

    def _append(self, line: Json) -> None:
        with self._path.open("ab") as file:
            file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def read(path: Path) -> list[Json]:
    """Return the whole lines of the file; a last line that a crash cut short is removed from it."""
    if not path.is_file():
        return []
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    return [json.loads(line) for line in whole.splitlines()]


def runs(lines: list[Json]) -> list[Json]:
    """Return the records of the runs that ended, in the order taken."""
    return [line for line in lines if "run" in line]


def told(reason: str, folder: Path) -> str:
    """Return why a run was lost without the paths of this machine; ``folder`` holds the project."""
    for place, name in ((str(folder.resolve()), "WORK"), (str(folder), "WORK"), (sys.prefix, "PYTHON")):
        reason = reason.replace(place, name)
    return reason


def interrupted(lines: list[Json]) -> int:
    """Return how many runs were begun again because the study had been stopped under way."""
    begun = Counter(line["began"] for line in lines if "began" in line)
    return sum(begun.values()) - len(begun)
