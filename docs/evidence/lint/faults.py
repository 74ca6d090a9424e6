"""What becomes of perftool when files, processes, disks and caches fail?

    python -m docs.evidence.lint.faults SOURCE [FAULT...]

SOURCE is a folder with some megabytes of SQL; it is copied. Each fault is brought about with the installed command; a
line of a table tells the exit code, the time, the most memory of all processes together (sum of PSS, every 50 ms) and
the last thing that was said. Linux; as root, for a small file system of its own and for rights that count.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psutil

from docs.evidence.trees import tree_pss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINT = ("lint", ".", "-d", "postgres")
NULLS = b"SELECT a FROM t WHERE a = NULL;\n"
BIG = 200_000_000
DEEP = 100_000


class Came(NamedTuple):
    """What came of a command."""

    code: int
    seconds: float
    peak: int
    said: str


def run(
    folder: Path, *words: str, then: Callable[[psutil.Process], None] | None = None, before: tuple[str, ...] = ()
) -> Came:
    """Run perftool in ``folder`` and call ``then`` with its process while it runs."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as told:
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "perftool", *words],
            cwd=folder,
            stdout=out,
            stderr=told,
            start_new_session=True,
        )
        if then is not None:
            threading.Thread(target=then, args=(psutil.Process(process.pid),), daemon=True).start()
        peak = 0
        while process.poll() is None:
            peak = max(peak, tree_pss(process.pid))
            time.sleep(0.05)
        said = []
        for file in (told, out):
            file.seek(0)
            lines = file.read().decode("utf-8", "replace").strip().splitlines()
            said += [" ".join(line.split()) for line in lines[-2:]]
        return Came(process.returncode, time.monotonic() - began, peak, " / ".join(said))


def children(process: psutil.Process) -> list[psutil.Process]:
    """Wait for the workers of a run and return them, the one that forks them left out."""
    while process.is_running():
        below = process.children(recursive=True)
        if len(below) >= 3:
            return below[1:]
        time.sleep(0.05)
    return []


def copied(source: Path, folder: Path) -> Path:
    """Return a copy of the SQL below ``source``."""
    shutil.copytree(source, folder / "sql", ignore=lambda where, names: [n for n in names if _no_sql(Path(where, n))])
    return folder / "sql"


def _no_sql(path: Path) -> bool:
    return path.name == ".perftool" or (path.is_file() and path.suffix not in (".sql", ".toml"))


def nothing(folder: Path, source: Path) -> Iterator[tuple[str, Came]]:
    """For comparison: nothing fails."""
    yield "nothing fails", run(copied(source, folder), *LINT, "-j", "2", "-q")


def big(folder: Path, _source: Path) -> Iterator[tuple[str, Came]]:
    """One statement of 200 MB."""
    with (folder / "big.sql").open("wb") as file:
        file.write(b"INSERT INTO t (a, b) VALUES\n")
        row = b"(1, 'some text that is long enough to fill a line of a dump'),\n" * 10_000
        for _ in range(BIG // len(row)):
            file.write(row)
        file.write(b"(2, 'x');\n" + NULLS)
    yield "one statement of 200 MB", run(folder, *LINT)
    yield "the same, batch", run(folder, "batch", "--op", "validate", "big.sql", "--results", "r.ndjson", "-q")


def deep(folder: Path, _source: Path) -> Iterator[tuple[str, Came]]:
    """A hundred thousand brackets."""
    (folder / "deep.sql").write_bytes(b"SELECT " + b"(" * DEEP + b"1" + b")" * DEEP + b";\n" + NULLS)
    yield "100,000 brackets", run(folder, *LINT, "-q")
    (folder / "deep.sql").write_bytes(b"SELECT " + b"(" * DEEP + b"1;\n" + NULLS)
    yield "100,000 brackets, never closed", run(folder, *LINT, "-q")


def killed(folder: Path, source: Path) -> Iterator[tuple[str, Came]]:
    """Workers, the process that forks them, and perftool itself, killed."""

    def one(process: psutil.Process) -> None:
        for worker in children(process)[:1]:
            time.sleep(0.3)
            with contextlib.suppress(psutil.Error):
                worker.kill()

    def again_and_again(process: psutil.Process) -> None:
        for _ in range(5):
            one(process)

    def nursery(process: psutil.Process) -> None:
        if children(process):
            with contextlib.suppress(psutil.Error):
                process.children()[0].kill()

    place = copied(source, folder)
    for name, then in (("a worker", one), ("a worker, five times", again_and_again), ("the nursery", nursery)):
        yield f"kill -9 of {name}", run(place, *LINT, "-j", "2", "-q", "--no-cache", then=then)


def signalled(folder: Path, source: Path) -> Iterator[tuple[str, Came]]:
    """Ctrl-C and SIGTERM, early and late, and what is left of processes and files."""
    place = copied(source, folder)
    for number in (signal.SIGINT, signal.SIGTERM):
        for wait in (0.1, 0.5, 1.5, 4.0):
            left: list[psutil.Process] = []

            def end(
                process: psutil.Process, wait: float = wait, number: int = number, left: list[psutil.Process] = left
            ) -> None:
                time.sleep(wait)
                with contextlib.suppress(psutil.Error):
                    left.extend(process.children(recursive=True))
                    process.send_signal(number)

            came = run(place, *LINT, "-j", "2", "-q", "--fix", "--no-cache", then=end)
            _, alive = psutil.wait_procs(left, timeout=2)
            parts = list(place.rglob(".*.tmp"))
            told = f"{came.said} ({len(alive)} processes and {len(parts)} unfinished files left)"
            yield f"{signal.Signals(number).name} after {wait} s", came._replace(said=told)


def odd(folder: Path, _source: Path) -> Iterator[tuple[str, Came]]:
    """A folder with things in it that are no files, or that may not be read."""
    (folder / "good.sql").write_bytes(NULLS)
    os.mkfifo(folder / "pipe.sql")
    (folder / "broken.sql").symlink_to("nowhere.sql")
    (folder / "loop.sql").symlink_to("loop.sql")
    (folder / "zero.sql").symlink_to("/dev/zero")
    (folder / "secret.sql").write_bytes(NULLS)
    (folder / "secret.sql").chmod(0)
    (folder / "locked").mkdir()
    (folder / "locked").chmod(0)
    (folder / "noise.sql").write_bytes(random.Random(1).randbytes(5000))
    rights = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    yield "pipe, links to nothing, device, no rights", run(folder, *LINT, "-q", "--show-skipped", before=rights)
    (folder / "locked").chmod(0o700)


def changing(folder: Path, source: Path) -> Iterator[tuple[str, Came]]:
    """Files that grow, shrink, go, or become folders and pipes while they are read."""
    place = copied(source, folder)
    for name, words in (
        ("lint", (*LINT, "-j", "2", "-q", "--no-cache")),
        ("lint --fix", (*LINT, "-j", "2", "-q", "--no-cache", "--fix")),
    ):
        process_ended = threading.Event()

        def change(process: psutil.Process, ended: threading.Event = process_ended) -> None:
            chance = random.Random(2)
            paths = sorted(place.rglob("*.sql"))
            while process.is_running() and not ended.is_set():
                with contextlib.suppress(OSError):
                    _change(chance.choice(paths), chance.randrange(5))
                time.sleep(0.001)

        came = run(place, *words, then=change)
        process_ended.set()
        yield f"files change all the time, {name}", came


def _change(path: Path, how: int) -> None:
    if how == 0:
        with path.open("r+b", buffering=0) if path.is_file() else contextlib.nullcontext() as file:
            if file is not None:
                file.seek(0, os.SEEK_END)
                file.write(NULLS)
    elif how == 1 and path.is_file():
        os.truncate(path, path.stat().st_size // 2)
    elif how == 2:
        path.unlink()
    elif how == 3:
        path.unlink()
        path.mkdir()
    elif not path.exists():
        os.mkfifo(path)


def shrinking(folder: Path, _source: Path) -> Iterator[tuple[str, Came]]:
    """A large file that is cut short while ``batch`` walks over it."""
    (folder / "a.sql").write_bytes(NULLS * 600_000)

    def cut(process: psutil.Process) -> None:
        if children(process):
            os.truncate(folder / "a.sql", 4096)

    words = ("batch", "--op", "tokenize", "a.sql", "--no-dedupe", "-j", "2", "-r", "r.ndjson", "-q")
    yield "19 MB cut short during batch", run(folder, *words, then=cut)


def full(folder: Path, _source: Path) -> Iterator[tuple[str, Came]]:
    """A file system of 1 MB without room: for fixes, the cache, reports, temporary files."""
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=True)
    try:
        text = b"".join(b"SELECT a%d FROM t WHERE b = NULL;\n" % number for number in range(3000))
        for name in ("a", "b", "c"):
            (disk / f"{name}.sql").write_bytes(text)
        yield "disk gets full: cache", run(disk, *LINT, "-q")
        shutil.rmtree(disk / ".perftool")
        with contextlib.suppress(OSError), (disk / "fill").open("wb", buffering=0) as fill:
            while fill.write(bytes(4096)) == 4096:
                pass
        yield "full disk: --fix", run(disk, *LINT, "-q", "--no-cache", "--fix")
        same = all((disk / f"{name}.sql").read_bytes() == text for name in ("a", "b", "c"))
        yield f"full disk: -o (files {'as before' if same else 'CHANGED'})", run(disk, *LINT, "-q", "-o", "r.json")
        words = ("--baseline", "b.json", "--save-baseline")
        yield "full disk: --save-baseline", run(disk, *LINT, "-q", *words)
        (disk / "fill").write_bytes(bytes(500_000))
        temporary = ("env", f"TMPDIR={disk}")
        shutil.copy(disk / "a.sql", folder / "a.sql")
        yield "temporary files fill the disk", run(folder, *LINT, "--no-cache", "-q", before=temporary)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def forget(place: Path) -> None:
    """Have the next run look at the cache, instead of saying the last one again."""
    shutil.rmtree(place / ".perftool" / "lint-runs", ignore_errors=True)


def damaged(folder: Path, source: Path) -> Iterator[tuple[str, Came]]:
    """The cache cut, overwritten, locked, in use by two runs at once."""
    place = copied(source, folder)
    cache = place / ".perftool" / "lint.sqlite"
    first = run(place, *LINT, "-q")
    data = cache.read_bytes()
    yield "cache, first run", first
    yield "cache, unchanged", run(place, *LINT, "-q")
    for name, made in (
        ("cut in the middle", data[: len(data) // 2]),
        ("noise from the second page on", data[:8192] + random.Random(1).randbytes(len(data) - 8192)),
        ("noise", random.Random(2).randbytes(100_000)),
    ):
        cache.write_bytes(made)
        forget(place)
        yield f"cache {name}", run(place, *LINT, "-q")
    lock = "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
    holder = subprocess.Popen([sys.executable, "-c", lock + "c.execute('BEGIN EXCLUSIVE'); time.sleep(60)", str(cache)])
    time.sleep(1)
    forget(place)
    yield "cache locked by another process", run(place, *LINT, "-q")
    holder.kill()
    holder.wait()
    shutil.rmtree(cache.parent)
    others: list[Came] = []
    other = threading.Thread(target=lambda: others.append(run(place, *LINT, "-q")))
    other.start()
    yield "two runs at once, one", run(place, *LINT, "-q")
    other.join()
    yield "two runs at once, other", others[0]


FAULTS = (nothing, big, deep, killed, signalled, odd, changing, shrinking, full, damaged)


def main() -> int:
    """Bring about each fault and print the table."""
    source = Path(sys.argv[1]).resolve()
    print("| fault | exit | s | peak, MB | said |\n|---|---|---|---|---|")  # noqa: T201
    for fault in FAULTS:
        if sys.argv[2:] and fault.__name__ not in sys.argv[2:]:
            continue
        with tempfile.TemporaryDirectory(prefix="faults-") as name:
            for told, came in fault(Path(name), source):
                said = came.said.replace(name, "…").replace("|", "/")
                row = (told, str(came.code), f"{came.seconds:.1f}", f"{came.peak / 1e6:.0f}", said)
                print(f"| {' | '.join(row)} |", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
