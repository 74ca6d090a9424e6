"""Hold memory profiles against a program whose allocations are known.

Run ``python docs/evidence/profiling/memory.py``. The program makes bytearrays, whose size and number of allocations
follow from Python's documentation of them: an object and its bytes with a zero behind them. It leaks some, drops
others, forms cycles, and starts a process that leaks too. Each line compares what ``perftool profile memory`` says
with what is known, to the byte, and the totals with those of ``memray stats``. It ends with 1 if any differs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from perftool.profiling import files, heap

PROGRAM = """\
import subprocess
import sys

KEPT = []


def keep_one(size):
    KEPT.append(bytearray(size))


def drop_one(size):
    return len(bytearray(size))


def hold_many():
    first = bytearray(1_000_000)
    second = bytearray(1_000_000)
    third = bytearray(1_000_000)
    del first, second, third


def cycle():
    ring = [bytearray(10_000)]
    ring.append(ring)


for _ in range(50):
    keep_one(2_000)
for _ in range(1_000):
    drop_one(700)
hold_many()
for _ in range(20):
    cycle()
if "again" not in sys.argv:
    subprocess.run([sys.executable, __file__, "again"], check=True)
"""

#: An object with its bytes, as ``sys.getsizeof`` says it: 56 for the object, then one more than the length.
OBJECT = sys.getsizeof(bytearray())
INT = sys.getsizeof(700)


def sized(number: int, size: int) -> int:
    """Return the bytes of so many bytearrays."""
    return number * (OBJECT + size + 1)


def main() -> int:
    """Run the program under the profiler and compare."""
    with tempfile.TemporaryDirectory(prefix="perftool-evidence-") as name:
        folder = Path(name)
        (folder / "program.py").write_text(PROGRAM)
        command = [sys.executable, "-m", "perftool", "profile", "memory", "--quiet", "program.py"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        captures = folder / ".perftool" / "captures"
        differ = compare(next(captures.glob("*.pb.gz")))
        return differ + sum(totals(path) for path in sorted(captures.glob("*.bin")))


def compare(path: Path) -> int:
    """Compare the capture with what is known of both processes; return how many figures differ."""
    capture = files.read(path)

    def own(kind: str, function: str) -> int:
        at = capture.index(kind)
        assert at is not None
        stacks = ((sample.values[at], capture.stacks[sample.stack][-1]) for sample in capture.samples)
        return sum(value for value, leaf in stacks if capture.function_of(leaf).name == f"__main__.{function}")

    # The list of what is kept grows 7 times to 50 entries, and the last growth is held: 8 bytes for 52 places.
    places = 52 * 8
    known = [
        ("leaked bytes of keep_one", own("inuse_space", "keep_one"), 2 * (sized(50, 2_000) + places)),
        ("leaked objects of keep_one", own("inuse_objects", "keep_one"), 2 * (2 * 50 + 1)),
        ("allocated bytes of drop_one", own("alloc_space", "drop_one"), 2 * (sized(1_000, 700) + 1_000 * INT)),
        ("allocations of drop_one", own("alloc_objects", "drop_one"), 2 * 3 * 1_000),
        ("leaked bytes of drop_one", own("inuse_space", "drop_one"), 0),
        ("bytes of hold_many at the peak", own("peak_space", "hold_many"), 2 * sized(3, 1_000_000)),
        ("leaked bytes of cycle", own("inuse_space", "cycle"), 0),
    ]
    for what, said, right in known:
        say(what, said, "known", right)
    return sum(said != right for _, said, right in known)


def say(what: str, said: int, who: str, right: int) -> None:
    """Write a line of the comparison."""
    outcome = "same" if said == right else "DIFFERS"
    sys.stdout.write(f"{outcome:8} {what:34} {said:>12,}  {who:6} {right:>12,}\n")


def totals(path: Path) -> int:
    """Compare everything in a file, the profiler's own allocations with it, with what memray counts."""
    out = path.with_suffix(".json")
    subprocess.run([sys.executable, "-m", "memray", "stats", "--json", "-o", str(out), str(path)], check=True,
                   capture_output=True)  # fmt: skip
    said = json.loads(out.read_text())
    capture = heap.read(path, whole=True).capture
    known = [
        ("allocations", "alloc_objects", said["total_num_allocations"]),
        ("allocated bytes", "alloc_space", said["total_bytes_allocated"]),
        ("peak", "peak_space", said["metadata"]["peak_memory"]),
    ]
    differ = 0
    for what, kind, right in known:
        total = capture.total(capture.index(kind))
        differ += total != right
        say(f"{what} of a process", total, "memray", right)
    return differ


if __name__ == "__main__":
    sys.exit(min(main(), 1))
