"""Read the logs that sampled processes leave (``runtime/spool.py`` says how they are written)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from perftool.profiling.api import Collected, Process
from perftool.profiling.capture import CPU, SAMPLES, Builder, Capture, Function, Kind, merged
from perftool.profiling.runtime.doubts import doubts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

VERSION: Final = "1"
PATTERN: Final = "sampler-*.log"
#: Of more processes, only those with the most samples have a label of their own.
MOST_LABELLED: Final = 200
OTHERS: Final = "others"

_KINDS: Final[dict[str, Kind]] = {"python": "python", "native": "native", "marker": "marker"}
_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


@dataclass(slots=True)
class Log:
    """One process, or a part of its life, as its log tells it; ``ended`` is False when it was cut short."""

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

    @property
    def samples(self) -> int:
        """Return the number of samples."""
        return sum(count for count, _ in self.weights.values())


def read(lines: Iterable[str]) -> Log | None:
    """Return what a log says up to the first line that is damaged or cut; None when not even who wrote it."""
    log = Log()
    for line in takewhile(lambda one: one.endswith("\n"), lines):
        kind, *fields = [_plain(one) for one in line[:-1].split("\t")]
        try:
            _TAKE[kind](log, fields)
        except (ValueError, IndexError, KeyError):
            break
    return log if log.pid else None


def _take_process(log: Log, fields: list[str]) -> None:
    version, pid, parent, started, rate, *command = fields
    if version != VERSION or not float(rate) > 0:
        raise ValueError(version)
    log.pid, log.parent, log.started_ns, log.rate = int(pid), int(parent), int(started), float(rate)
    log.command = tuple(command)


def _take_function(log: Log, fields: list[str]) -> None:
    name, file, line, kind = fields
    log.functions.append(Function(name, file, int(line), _KINDS[kind]))


def _take_code(log: Log, fields: list[str]) -> None:
    at, code = _index(fields[0], log.functions), fields[1]
    log.functions[at] = log.functions[at]._replace(code=code)


def _take_node(log: Log, fields: list[str]) -> None:
    parent, function, line = fields
    log.nodes.append((_index(parent, log.nodes, least=-1), _index(function, log.functions), int(line)))


def _take_labels(log: Log, fields: list[str]) -> None:
    log.labels.append(dict(zip(fields[::2], fields[1::2], strict=True)))


def _take_weight(log: Log, fields: list[str]) -> None:
    node, label, count, spent = fields
    key = _index(node, log.nodes, least=-1), _index(label, log.labels)
    added = int(count), int(spent)
    held = log.weights.setdefault(key, [0, 0])
    held[0] += added[0]
    held[1] += added[1]


def _take_figures(log: Log, fields: list[str]) -> None:
    duration, facts = int(fields[0]), dict(zip(fields[1::2], fields[2::2], strict=True))
    log.duration_ns, log.facts = duration, facts


def _take_doubt(log: Log, fields: list[str]) -> None:
    code, message = fields
    log.doubts[code] = message


def _take_end(log: Log, _: list[str]) -> None:
    log.ended = True


_TAKE: Final = {
    "h": _take_process,
    "f": _take_function,
    "c": _take_code,
    "n": _take_node,
    "l": _take_labels,
    "w": _take_weight,
    "t": _take_figures,
    "d": _take_doubt,
    "e": _take_end,
}


def _index(text: str, of: list[Function] | list[tuple[int, int, int]] | list[dict[str, str]], least: int = 0) -> int:
    at = int(text)
    if not least <= at < len(of):
        raise IndexError(text)
    return at


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    parts = iter(text)
    return "".join(_ESCAPES.get(next(parts, ""), "") if one == "\\" else one for one in parts)


def capture_of(log: Log, more: Mapping[str, str], *, threads: bool) -> Capture:
    """Return what one process saw, with ``more`` labels on every sample, and those of ``threads`` where asked."""
    builder = Builder((SAMPLES, CPU))
    below: list[tuple[int, ...]] = []
    for parent, function, line in log.nodes:
        frame = builder.frame(log.functions[function], line)
        below.append((*below[parent], frame) if parent >= 0 else (frame,))
    for (node, label), values in log.weights.items():
        said = {key: value for key, value in log.labels[label].items() if threads or key != "thread"}
        builder.add(below[node] if node >= 0 else (), values, {**more, **said})
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
    """Return what all processes left in ``folder``, with ``labels`` on every sample; None when none left anything."""
    logs = _logs(folder)
    if not logs:
        return None
    of_process: dict[int, list[Log]] = defaultdict(list)
    for log in logs:
        of_process[log.pid].append(log)
    heaviest = sorted(of_process, key=lambda pid: -sum(log.samples for log in of_process[pid]))[:MOST_LABELLED]
    threads = any(_threads(logs) > 1 for logs in of_process.values())
    captures = []
    for log in logs:
        name = str(log.pid) if log.pid in heaviest else OTHERS
        more = {**labels, "pid": name} if len(of_process) > 1 else dict(labels)
        captures.append(capture_of(log, more, threads=threads))
    capture = merged(captures)
    ended = max((log.started_ns + log.duration_ns for log in logs), default=0)
    capture = replace(
        capture,
        duration_ns=ended - capture.started_ns,
        doubts=(*capture.doubts, *doubts(dict(capture.facts)), *_cut_short(of_process)),
    )
    return Collected(capture=capture, processes=tuple(_process(pid, of_process) for pid in of_process))


def _logs(folder: Path) -> list[Log]:
    logs = []
    for path in sorted(folder.glob(PATTERN)):
        with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            log = read(lines)
        if log is not None:
            logs.append(log)
    return sorted(logs, key=lambda log: log.started_ns)


def _threads(logs: list[Log]) -> int:
    return len({log.labels[label].get("thread") for log in logs for _, label in log.weights})


def _process(pid: int, of_process: Mapping[int, list[Log]]) -> Process:
    logs = of_process[pid]
    # What it became last, when one program became another.
    parent = logs[-1].parent
    return Process(
        pid, parent if parent in of_process else 0, _told(logs[-1].command), sum(log.samples for log in logs)
    )


def _told(command: tuple[str, ...]) -> str:
    """Return what a process runs, as people call it: without its arguments, which may be anybody's secrets."""
    if not command:
        return "python"
    words = list(command[1:])
    if "--multiprocessing-fork" in words:
        return "multiprocessing child"
    while words:
        word = words.pop(0)
        if word.startswith("-m"):
            return f"-m {word[2:] or (words or [''])[0]}"
        if word.startswith("-c"):
            code = word[2:] or (words or [""])[0]
            inside = code.partition("from multiprocessing.")[2].partition(" ")[0]
            return f"multiprocessing {inside.replace('_', ' ')}" if inside else "-c …"
        if word in {"-W", "-X", "--check-hash-based-pycs"}:
            words[:1] = []
        elif not word.startswith("-") or word == "-":
            return PurePath(word).name
    return "python"


def _cut_short(of_process: Mapping[int, list[Log]]) -> list[tuple[str, str]]:
    """Say how many processes never got to write their end."""
    cut = sum(not logs[-1].ended for logs in of_process.values())
    if not cut:
        return []
    whose = "the process" if len(of_process) == 1 else f"{cut} of {len(of_process)} processes"
    return [("cut-short", f"{whose} ended without notice, or still ran: up to half a second of it is missing")]
