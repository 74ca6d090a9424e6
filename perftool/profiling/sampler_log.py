"""Read the logs that sampled processes leave (``runtime/spool.py`` says how they are written)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from perftool.profiling.api import Collected, Process
from perftool.profiling.capture import CPU, SAMPLES, Builder, Capture, Function, Kind, merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

VERSION: Final = "1"
PATTERN: Final = "sampler-*.log"


@dataclass(slots=True)
class Log:
    """One process as its log tells it; ``ended`` is False when it was cut short."""

    pid: int = 0
    parent: int = 0
    started_ns: int = 0
    rate: float = 0.0
    command: tuple[str, ...] = ()
    duration_ns: int = 0
    ended: bool = False
    functions: list[Function] = field(default_factory=list)
    nodes: list[tuple[int, int, int]] = field(default_factory=list)
    labels: list[dict[str, str]] = field(default_factory=list)
    weights: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)


def read(lines: Iterable[str]) -> Log | None:
    """Return what the lines of a log say up to the first that is damaged or cut; None when not even who wrote it."""
    log = Log()
    for line in lines:
        if not line.endswith("\n"):
            break
        kind, *fields = [_plain(one) for one in line[:-1].split("\t")]
        try:
            if not _take(log, kind, fields):
                break
        except (ValueError, IndexError, KeyError):
            break
    return log if log.pid else None


def _take(log: Log, kind: str, fields: list[str]) -> bool:
    if kind == "h":
        if fields[0] != VERSION:
            return False
        log.pid, log.parent, log.started_ns, log.rate = int(fields[1]), int(fields[2]), int(fields[3]), float(fields[4])
        log.command = tuple(fields[5:])
    elif kind == "f":
        name, file, line, what = fields
        log.functions.append(Function(name, file, int(line), _KINDS[what]))
    elif kind == "c":
        at = int(fields[0])
        log.functions[at] = log.functions[at]._replace(code=fields[1])
    elif kind == "n":
        parent, function, line_number = map(int, fields)
        if not (-1 <= parent < len(log.nodes) and 0 <= function < len(log.functions)):
            return False
        log.nodes.append((parent, function, line_number))
    elif kind == "l":
        log.labels.append(dict(zip(fields[::2], fields[1::2], strict=True)))
    elif kind == "w":
        node, label, count, spent = map(int, fields)
        if not (-1 <= node < len(log.nodes) and 0 <= label < len(log.labels)):
            return False
        held = log.weights.setdefault((node, label), [0, 0])
        held[0] += count
        held[1] += spent
    elif kind == "t":
        log.duration_ns = int(fields[0])
        log.facts = dict(zip(fields[1::2], fields[2::2], strict=True))
    elif kind == "d":
        log.doubts[fields[0]] = fields[1]
    elif kind == "e":
        log.ended = True
    else:
        return False
    return True


_KINDS: Final[dict[str, Kind]] = {"python": "python", "native": "native", "marker": "marker"}
_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    parts = iter(text)
    return "".join(_ESCAPES.get(next(parts, ""), "") if one == "\\" else one for one in parts)


def capture_of(log: Log, more: Mapping[str, str]) -> Capture:
    """Return what one process saw, with ``more`` labels on every sample."""
    builder = Builder((SAMPLES, CPU))
    below: list[tuple[int, ...]] = []
    for parent, function, line in log.nodes:
        frame = builder.frame(log.functions[function], line)
        below.append(((*below[parent], frame)) if parent >= 0 else (frame,))
    several = len({log.labels[label].get("thread") for _, label in log.weights}) > 1
    for (node, label), values in log.weights.items():
        said = {k: v for k, v in log.labels[label].items() if several or k != "thread"}
        builder.add(below[node] if node >= 0 else (), values, {**said, **more})
    return replace(
        builder.build(),
        default=1,
        period=int(1e9 / log.rate),
        period_type=CPU,
        started_ns=log.started_ns,
        duration_ns=log.duration_ns,
        engine="sampler",
        facts={"rate": f"{log.rate:g}", **log.facts},
        doubts=tuple(log.doubts.items()),
    )


def collected(folder: Path, labels: Mapping[str, str]) -> Collected | None:
    """Return what all processes left in ``folder``, None when none left anything."""
    logs = []
    for path in sorted(folder.glob(PATTERN)):
        with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            log = read(lines)
        if log is not None:
            logs.append(log)
    if not logs:
        return None
    logs.sort(key=lambda log: log.started_ns)
    pids = {log.pid for log in logs}
    captures = [capture_of(log, {**labels, **({"pid": str(log.pid)} if len(logs) > 1 else {})}) for log in logs]
    processes = tuple(
        Process(
            log.pid,
            log.parent if log.parent in pids else 0,
            " ".join(log.command),
            sum(count for count, _ in log.weights.values()),
        )
        for log in logs
    )
    return Collected(capture=merged(captures), processes=processes)
