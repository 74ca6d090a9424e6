"""Does anything crash, hang or give a wrong position on random and mutated input?

    python -m docs.evidence.lint.fuzz STATE MINUTES FOLDER...      # seeds are pieces of the SQL files below FOLDER…

Runs the targets of ``fuzz_targets.py`` one after the other in a process each, two minutes at a time, until MINUTES are
over. With atheris installed (a throw-away environment will do) its coverage of perftool's code steers half of the
mutations; without it they are drawn blindly. Inputs that failed are kept in STATE/failed, one for each place in the
code that failed, with the reason beside them; STATE/corpus holds what reached new code. What a process was at when it
crashed or hung (forty seconds of a machine that may be busy) is kept as well. The last lines say how often each target
ran, the most CPU time that one input took, and what failed.

    python -m docs.evidence.lint.fuzz AGAIN FILE...                # run failed inputs again
"""

from __future__ import annotations

import contextlib
import faulthandler
import hashlib
import json
import mmap
import random
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from docs.evidence.lint.fuzz_mutations import NAMES, Mutator, seeds

try:
    import atheris
except ImportError:
    atheris = None

if TYPE_CHECKING:
    from collections.abc import Callable

TURN_S = 90
HANGS_S = 40
LARGEST = 1 << 18
_TOLD_EVERY_S = 2.0


class Watched:
    """One target, with its input kept where a crash does not reach, and its failures written down."""

    def __init__(self, name: str, state: Path) -> None:
        self.name = name
        self.run = target(name)
        self.failed = state / "failed"
        self.failed.mkdir(parents=True, exist_ok=True)
        self.count = 0
        self.slowest = 0.0
        self.tally = state / f"{name}.json"
        self.told = time.monotonic()
        with (state / "current").open("w+b") as file:
            file.truncate(LARGEST + 8)
            self.current = mmap.mmap(file.fileno(), LARGEST + 8)

    def __call__(self, data: bytes) -> None:
        """Run the target on ``data``; whatever it raises is written down."""
        data = data[:LARGEST]
        self.current[8 : 8 + len(data)] = data
        self.current[:8] = len(data).to_bytes(8, "little")
        faulthandler.dump_traceback_later(HANGS_S, exit=True)
        began = time.process_time()
        try:
            self.run(data)
        except Exception as error:  # noqa: BLE001  whatever it is, it is to be told
            keep(self.failed, self.name, data, _place(error), traceback.format_exc())
        faulthandler.cancel_dump_traceback_later()
        took = time.process_time() - began
        self.count += 1
        if took > self.slowest:
            self.slowest = took
            (self.failed.parent / f"slowest-{self.name}").write_bytes(data)
        if time.monotonic() - self.told > _TOLD_EVERY_S:
            self.tell()

    def tell(self) -> None:
        """Write down how often the target ran in this process."""
        self.told = time.monotonic()
        self.tally.write_text(json.dumps({"count": self.count, "slowest": self.slowest}), encoding="utf-8")


def target(name: str) -> Callable[[bytes], None]:
    """Return a target; with atheris what it imports is compiled so that it tells which code was reached."""
    with atheris.instrument_imports(include=["perftool"]) if atheris else contextlib.nullcontext():
        from docs.evidence.lint.fuzz_targets import TARGETS

    return TARGETS[name]


def keep(folder: Path, name: str, data: bytes, place: str, reason: str) -> None:
    """Keep the shortest input of those that failed at one place."""
    stem = folder / f"{name}-{hashlib.blake2b(place.encode(), digest_size=4).hexdigest()}"
    if not stem.exists() or stem.stat().st_size > len(data):
        stem.write_bytes(data)
        stem.with_suffix(".txt").write_text(f"{place}\n\n{reason}", encoding="utf-8", errors="backslashreplace")


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {[f'{Path(one.filename).name}:{one.name}' for one in frames[-3:]]}"


def child(name: str, state: Path, seconds: int, seed: int) -> None:
    """Run one target for ``seconds``."""
    watched = Watched(name, state)
    corpus = state / "corpus" / name
    kept = [path.read_bytes() for path in sorted(corpus.iterdir())]
    mutator = Mutator(kept, random.Random(seed))
    # What comes up on standard error at the end of a hang is the place where it hung.
    faulthandler.enable()
    if atheris is None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            watched(mutator.mutated(mutator.random.choice(kept)))
        watched.tell()
        return

    def mutate(data: bytes, largest: int, number: int) -> bytes:
        mutator.random.seed(number)
        if mutator.random.random() < 0.5:
            return atheris.Mutate(data, largest)
        return mutator.mutated(data)[:largest]

    # Hangs are told by faulthandler, with the line of Python that hung.
    options = [f"-max_total_time={seconds}", f"-seed={seed}", "-timeout=3600", "-rss_limit_mb=3000", "-verbosity=0"]
    options.append(f"-artifact_prefix={state}/")
    atheris.Setup(
        ["fuzz", *options, f"-max_len={1 << 16}", "-len_control=0", str(corpus)], watched, custom_mutator=mutate
    )
    atheris.Fuzz()


def supervise(state: Path, minutes: float, folders: list[Path]) -> int:
    """Run all targets in turn and add up."""
    end = time.monotonic() + 60 * minutes
    totals: dict[str, list[float]] = {name: [0, 0.0, 0.0] for name in NAMES}
    crashes = 0
    for name in NAMES:
        (state / "corpus" / name).mkdir(parents=True, exist_ok=True)
    pieces = seeds(folders)
    for name, texts in pieces.items():
        for text in texts:
            digest = hashlib.blake2b(text, digest_size=8).hexdigest()
            (state / "corpus" / name / digest).write_bytes(text)
    turn = int(time.time())
    while time.monotonic() < end:
        for name in NAMES:
            turn += 1
            left = end - time.monotonic()
            if left <= 0:
                break
            began = time.monotonic()
            seconds = max(5, min(TURN_S, int(left)))
            arguments = ["CHILD", name, str(state), str(seconds), str(turn)]
            command = [sys.executable, "-m", "docs.evidence.lint.fuzz", *arguments]
            done = subprocess.run(command, capture_output=True, check=False)
            path = state / f"{name}.json"
            tally = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"count": 0, "slowest": 0.0}
            path.unlink(missing_ok=True)
            totals[name][0] += tally["count"]
            totals[name][1] += time.monotonic() - began
            totals[name][2] = max(totals[name][2], tally["slowest"])
            if done.returncode:
                crashes += 1
                _crashed(state, name, done)
            _line(name, totals[name])
    failed = sorted((state / "failed").glob("*.txt"))
    print(f"{sum(int(one[0]) for one in totals.values()):,} inputs, {len(failed)} places failed, {crashes} crashes")  # noqa: T201
    for path in failed:
        print(path.name, path.read_text(encoding="utf-8").partition("\n")[0])  # noqa: T201
    return bool(failed)


def _crashed(state: Path, name: str, done: subprocess.CompletedProcess[bytes]) -> None:
    data = (state / "current").read_bytes()
    told = done.stderr.decode("utf-8", "replace")
    places = [line.strip() for line in told.splitlines() if line.lstrip().startswith("File ")]
    keep(
        state / "failed",
        name,
        data[8 : 8 + int.from_bytes(data[:8], "little")],
        f"exit {done.returncode} at {places[:1]}",
        told[-6000:],
    )


def _line(name: str, total: list[float]) -> None:
    print(  # noqa: T201
        f"{time.strftime('%H:%M:%S')} {name:10} {int(total[0]):9,} in {total[1]:5.0f} s, slowest {total[2]:.2f} s",
        flush=True,
    )


def again(files: list[str]) -> int:
    """Run failed inputs again; the name of a file begins with its target's."""
    bad = 0
    for file in files:
        path = Path(file)
        try:
            target(path.name.partition("-")[0])(path.read_bytes())
        except Exception:  # noqa: BLE001
            bad += 1
            print(f"--- {path.name} {path.read_bytes()[:300]!r}\n{traceback.format_exc()}")  # noqa: T201
    print(f"{bad} of {len(files)} still fail")  # noqa: T201
    return bool(bad)


def main() -> int:
    """Supervise, be one of its processes, or run failures again."""
    if sys.argv[1] == "CHILD":
        child(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
        return 0
    if sys.argv[1] == "AGAIN":
        return again(sys.argv[2:])
    return supervise(Path(sys.argv[1]), float(sys.argv[2]), [Path(one) for one in sys.argv[3:]])


if __name__ == "__main__":
    sys.exit(main())
