"""Run the honesty study, or go on with it where it was stopped.

    python -m docs.evidence.honesty.study [vs] [unblocked] [peers] [--work FOLDER] [--results FOLDER] [--trial N]

Without a part all three are made. Results go to docs/evidence/honesty/results/, a file a part; ``analyse`` turns them
into the page. ``--trial`` makes N runs of each part with results of their own: to see that everything works, and how
long it takes. Linux, git and, for the peers, hyperfine are needed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import hashlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import perftool
from docs.evidence.honesty import one_process, peers, plan, project, two_sides
from docs.evidence.honesty.company import Neighbour
from docs.evidence.honesty.ledger import Ledger, OtherStudyError, told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Measure = Callable[[Path, plan.Planned], dict[str, Any]]

HERE = Path(__file__).parent
RESULTS = HERE / "results"
MEASURES: dict[str, Measure] = {"vs": two_sides.measure, "unblocked": one_process.measure, "peers": peers.measure}


def make(
    runs: Sequence[plan.Planned],
    ledger: Ledger,
    measure: Callable[[plan.Planned], dict[str, Any]],
    say: Callable[[str], object] = lambda _: None,
) -> None:
    """Make those of ``runs`` that have not ended yet, each with a busy neighbour."""
    pending = [planned for planned in runs if not ledger.finished(planned.number)]
    spent = 0.0
    for done, planned in enumerate(pending):
        ledger.begin(planned.number, _now())
        began = time.monotonic()
        with Neighbour() as neighbour:
            record = measure(planned)
        took = time.monotonic() - began
        spent += took
        what = {"tool": planned.tool, "case": planned.case, "level": planned.level}
        ledger.end(planned.number, {**what, "took_s": round(took, 1), "neighbour": neighbour.record, **record})
        left = spent / (done + 1) * (len(pending) - done - 1)
        say(f"run {planned.number} of {len(runs)}: {planned.tool}, {took:.0f} s; about {left / 60:.0f} min left")


def measured(measure: Measure, repository: Path, planned: plan.Planned) -> dict[str, Any]:
    """Make one run; the reason why it was lost, if it was, names no path of this machine."""
    record = measure(repository, planned)
    return {**record, "lost": told(record["lost"], repository.parent)} if "lost" in record else record


def header(part: str) -> dict[str, Any]:
    """Identify what is run: the plan, the workload and perftool's own code."""
    digest = hashlib.sha256()
    code = Path(perftool.__file__).parent
    sources = [*code.rglob("*.py"), *(HERE / f"{name}.py" for name in ("plan", "project", "company", "study"))]
    for path in sorted(sources):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for module in (two_sides, one_process, peers):
        digest.update(Path(module.__file__).read_bytes())
    return {"part": part, "perftool": perftool.__version__, "code": digest.hexdigest()[:16], "python": _python()}


def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def main() -> int:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description="Run the honesty study, or go on with it where it was stopped.")
    parser.add_argument("parts", nargs="*", metavar="PART", help="vs, unblocked, peers (default: all)")
    parser.add_argument("--work", type=Path, default=HERE.parents[2] / "build" / "honesty")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--trial", type=int, metavar="N", help="only N runs, results in the work folder")
    options = parser.parse_args()
    unknown = set(options.parts) - set(plan.RUNS)
    if unknown:
        parser.error(f"no part called {', '.join(sorted(unknown))}: there are {', '.join(plan.RUNS)}")
    repository = project.build(options.work)
    results = options.work / "trial" if options.trial else options.results
    for part in options.parts or plan.RUNS:
        runs = plan.RUNS[part]()[: options.trial]
        try:
            ledger = Ledger(results / f"{part}.jsonl", header(part))
        except OtherStudyError as error:
            print(error, file=sys.stderr)  # noqa: T201 - a script's output
            return 2
        make(runs, ledger, functools.partial(measured, MEASURES[part], repository), _say)
    return 0


def _say(line: str) -> None:
    print(f"{_now()}  {line}", flush=True)  # noqa: T201 - a script's output


if __name__ == "__main__":
    sys.exit(main())
