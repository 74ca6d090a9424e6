"""What is certain about the SQL of a program, as diagnostics with a way out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool.model.diagnostic import Diagnostic, Span
from perftool.units.display import format_duration, format_percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.profiling.statements import Ran, Site

#: Runs for the rows of another statement, and equal runs, from which they are told.
#: source: below five, joining them saves less than reading the message takes
N_PLUS_ONE: Final = 5
REPEATS: Final = 5
#: A loop of runs that take longer than this, or bring more rows each, is work and not overhead.
LOOP_MEAN_S: Final = 0.02
LOOP_ROWS: Final = 2.0
#: A statement that takes so much of all SQL time, which itself is so much of the run.
SLOW_SHARE: Final = 0.5
SLOW_LEAST_S: Final = 0.5
SLOW_OF_RUN: Final = 0.2
_TEXT: Final = 100

NAMES: Final = {
    "STMT001": "n-plus-one",
    "STMT002": "repeated-query",
    "STMT003": "query-in-loop",
    "STMT004": "idle-transaction",
    "STMT005": "unreturned-connection",
    "STMT006": "slow-statement",
}


def findings(ran: Ran, root: str = "", ignored: frozenset[str] = frozenset()) -> tuple[Diagnostic, ...]:
    """Return what is certain, the costliest first within each kind; ``ignored`` are codes and names left out."""
    made = (*_n_plus_one(ran, root), *_repeated(ran, root), *_loops(ran, root), *_idle(ran, root))
    made = (*made, *_unreturned(ran, root), *_slow(ran, root))
    return tuple(one for one in made if not {one.code, one.name} & ignored)


def _n_plus_one(ran: Ran, root: str) -> Iterator[Diagnostic]:
    """STMT001: a statement is run once for each row that another gave."""
    for (parent, parent_site, child, site), values in _costliest(ran.pairs, 2):
        times, count, ns, rows, lazy = values
        if count < N_PLUS_ONE:
            continue
        of, at = ran.statements[parent], _at(parent_site)
        each = f", {times:,} times over" if times > 1 else ""
        rows_of = f"each row of {_short(of.text)} ({at}, {rows:,} rows{each})"
        how = "an ORM loaded what belongs to" if lazy == times else "it was run once for"
        yield _made(
            "STMT001",
            "warning",
            f"N+1: {count:,} × {_short(ran.statements[child].text)} took {format_duration(ns * 1e-9)}: {how} {rows_of}",
            "load it with the rows: selectinload() or joinedload() in the query's options"
            if lazy == times
            else "join the two, or ask once with WHERE … IN (…) for all rows",
            site,
            root,
            {"count": count, "seconds": ns * 1e-9, "share": _share(ns, ran), "rows": rows, "parent": parent},
            child,
        )


def _repeated(ran: Ran, root: str) -> Iterator[Diagnostic]:
    """STMT002: the same question is asked again, and nothing was written in between."""
    for fingerprint, one in sorted(ran.statements.items(), key=lambda item: -item[1].repeated_ns):
        if one.repeated < REPEATS:
            continue
        site = max(one.sites, key=lambda place: (one.sites[place][2], place))
        yield _made(
            "STMT002",
            "warning",
            f"{one.repeated:,} of {one.count:,} runs of {_short(one.text)} asked what had just been asked, with the "
            f"same values and nothing written in between: {format_duration(one.repeated_ns * 1e-9)}",
            "keep the answer, for the transaction or the request",
            site,
            root,
            {"count": one.repeated, "seconds": one.repeated_ns * 1e-9, "share": _share(one.repeated_ns, ran)},
            fingerprint,
        )


def _loops(ran: Ran, root: str) -> Iterator[Diagnostic]:
    """STMT003: one statement is run again and again from one place, with other values each time."""
    told = {(child, site) for (_, _, child, site), values in ran.pairs.items() if values[1] >= N_PLUS_ONE}
    for (fingerprint, site), (_, count, ns, rows) in _costliest(ran.loops, 2):
        one = ran.statements[fingerprint]
        if (fingerprint, site) in told or ns * 1e-9 / count > LOOP_MEAN_S or (one.read and rows / count > LOOP_ROWS):
            continue
        yield _made(
            "STMT003",
            "info",
            f"{count:,} × {_short(one.text)} in a loop took {format_duration(ns * 1e-9)}",
            "ask once for all values: WHERE … IN (…)" if one.read else "hand all rows over at once: executemany()",
            site,
            root,
            {"count": count, "seconds": ns * 1e-9, "share": _share(ns, ran)},
            fingerprint,
        )


def _idle(ran: Ran, root: str) -> Iterator[Diagnostic]:
    """STMT004: a transaction stays open while nothing runs in it."""
    for site, (count, longest, idle, runs) in _costliest(ran.long, 1):
        share = idle / longest
        yield _made(
            "STMT004",
            "warning",
            f"a transaction was open for {format_duration(longest * 1e-9)}, {format_percent(share)} of it idle"
            f" ({runs:,} statements; {count:,} such)",
            "commit before other work: open transactions keep locks, and rows from being cleaned up",
            site,
            root,
            {"count": count, "seconds": longest * 1e-9, "idle_seconds": idle * 1e-9, "share": share},
            "",
        )


def _unreturned(ran: Ran, root: str) -> Iterator[Diagnostic]:
    """STMT005: connections that were taken never came back."""
    for site, kind, dropped, out, held_s, stack in sorted(ran.held, key=lambda one: (-one[2] - one[3], one[0])):
        pool = kind == "pool"
        if dropped < (1 if pool else 2) and out < 2:
            continue
        parts = (
            f"{dropped:,} left to the garbage collector" if dropped else "",
            f"{out:,} still out at the end" if out else "",
        )
        what = "taken from the pool and not given back" if pool else "opened and never closed"
        yield _made(
            "STMT005",
            "warning",
            f"connections {what}: {', '.join(part for part in parts if part)}; taken at {' ← '.join(stack)}",
            "use it in a with block" if pool else "close it: contextlib.closing(connect(…))",
            site,
            root,
            {"count": dropped + out, "dropped": dropped, "seconds": held_s},
            kind,
        )


def _slow(ran: Ran, root: str) -> Iterator[Diagnostic]:
    """STMT006: one statement takes most of the time that all of them take."""
    whole = ran.total_s
    for fingerprint, one in ran.statements.items():
        spent = one.total * 1e-9
        if spent < SLOW_LEAST_S or spent < SLOW_SHARE * whole or spent < SLOW_OF_RUN * ran.seconds:
            continue
        site = max(one.sites, key=lambda place: (one.sites[place][1], place))
        yield _made(
            "STMT006",
            "info",
            f"{_short(one.text)} took {format_percent(spent / whole)} of the time of all statements "
            f"({format_duration(spent)} in {one.count:,} runs)",
            "see how the database runs it: perftool query run URL '…' --explain",
            site,
            root,
            {"count": one.count, "seconds": spent, "share": spent / whole},
            fingerprint,
        )


def _made(
    code: str,
    severity: str,
    message: str,
    help_: str,
    site: Site,
    root: str,
    evidence: dict[str, str | int | float],
    statement: str,
) -> Diagnostic:
    file, line, function = site
    if statement:
        evidence = {"statement": statement, **evidence}
    return Diagnostic(
        code=code,
        severity="warning" if severity == "warning" else "info",
        name=NAMES[code],
        message=message,
        help=help_,
        span=_span(file, line, root),
        evidence={**evidence, "function": function} if function else evidence,
        key=" ".join(part for part in (NAMES[code], statement, file, function) if part),
    )


def _span(file: str, line: int, root: str) -> Span | None:
    """Return the line of a place; its offsets where the file is there to be read."""
    if not file:
        return None
    try:
        with Path(root, file).open("rb") as stream:
            lines = stream.read().split(b"\n")
        text = lines[line - 1]
    except (OSError, IndexError, ValueError):
        return Span(path=file, start=0, end=0, line=line, column=1)
    indent = len(text) - len(text.lstrip())
    start = sum(len(one) + 1 for one in lines[: line - 1]) + indent
    return Span(path=file, start=start, end=start + len(text.strip()), line=line, column=indent + 1)


def _costliest(found: dict[Any, list[int]], at: int) -> list[tuple[Any, list[int]]]:
    return sorted(found.items(), key=lambda item: -item[1][at])


def _share(ns: int, ran: Ran) -> float:
    return ns * 1e-9 / ran.total_s if ran.total_s else 0.0


def _short(text: str) -> str:
    return text if len(text) <= _TEXT else text[: _TEXT - 1] + "…"


def _at(site: Site) -> str:
    file, line, _ = site
    return f"{file}:{line}" if file else "outside of the program"
