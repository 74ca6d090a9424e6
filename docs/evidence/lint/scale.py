"""How do time and memory grow? 10,000 files of 50 KB, cold and again unchanged, distinct and mostly repeated.

    python -m docs.evidence.lint.scale MAKE KIND FOLDER SOURCE [FILES]
    python -m docs.evidence.lint.scale RUN FOLDER [WORKERS]

MAKE distinct|repeated|alike writes the files into FOLDER from the statements of the SQL files below SOURCE: distinct
ones get a number into a comment of each statement's text, so that none equals another; of the others 84 % are copies.
Definitions (CREATE, ALTER, DROP, …) come once each, the first in the first files: no repository defines each of its
tables a hundred times. With alike each of the hundred folders does, beside its repeated queries. RUN lints FOLDER
twice with a fresh cache and prints wall time, CPU time, and the peak of the memory of all its processes together (sum
of PSS, every 0.2 s).
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from docs.evidence.trees import tree_pss

FILE_SIZE = 50_000
COPIES = 0.84
FOLDERS = 100
QUERIES = {b"select", b"with", b"insert", b"update", b"delete", b"merge"}


def make(kind: str, folder: Path, source: Path, files: int) -> None:
    """Write the files."""
    from perftool.sql.splitter import statements

    texts: list[bytes] = []
    for path in sorted(source.rglob("*.sql")):
        data = path.read_bytes()
        texts += [data[piece.start : piece.end] for piece in statements(data, "postgres") if not piece.fault]
    texts = [text for text in dict.fromkeys(texts) if 40 < len(text) < 20_000]
    chance = random.Random(7)
    queries = [text for text in texts if text.split(None, 1)[0].lower() in QUERIES]
    definitions = sorted(set(texts) - set(queries))
    chance.shuffle(definitions)
    number = 0
    for index in range(files):
        target = folder / f"{index % FOLDERS:02}" / f"{index:05}.sql"
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind == "alike":
            parts = definitions[index // FOLDERS :: max(1, files // FOLDERS)]
        else:
            parts = _first(definitions, FILE_SIZE // 10)
        size = sum(len(part) + 2 for part in parts)
        while size < FILE_SIZE:
            text = chance.choice(queries)
            if kind == "distinct" or chance.random() > COPIES:
                number += 1
                text += b" /* %d */" % number
            parts.append(text)
            size += len(text) + 2
        target.write_bytes(b";\n".join(parts) + b";\n")


def _first(definitions: list[bytes], size: int) -> list[bytes]:
    """Take away so many bytes of ``definitions``."""
    taken: list[bytes] = []
    while definitions and size > 0:
        taken.append(definitions.pop())
        size -= len(taken[-1]) + 2
    return taken


def run(folder: Path, workers: int) -> None:
    """Lint cold, then again."""
    cache = folder / ".perftool"
    for name in ("lint.sqlite", "lint.sqlite-wal", "lint.sqlite-shm"):
        (cache / name).unlink(missing_ok=True)
    (folder / "perftool.toml").write_text('[lint]\ndialect = "postgres"\n', encoding="utf-8")
    for turn in ("cold", "again"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        command = [sys.executable, "-m", "perftool", "lint", ".", "-j", str(workers), "-q", "--fail-on", "never"]
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            peak = max(peak, tree_pss(process.pid))
            time.sleep(0.2)
        wall = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        size = sum(path.stat().st_size for path in folder.rglob("*.sql"))
        print(  # noqa: T201
            f"{turn:6} {workers} workers  {size / 1e6:.0f} MB  wall {wall:.1f} s  CPU {cpu:.1f} s  "
            f"peak {peak / (1 << 20):.0f} MiB  exit {process.returncode}",
            flush=True,
        )


def main() -> int:
    """Make files or run over them."""
    if sys.argv[1] == "MAKE":
        make(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]) if len(sys.argv) > 5 else 10_000)
    else:
        run(Path(sys.argv[2]).resolve(), int(sys.argv[3]) if len(sys.argv) > 3 else len(os.sched_getaffinity(0)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
