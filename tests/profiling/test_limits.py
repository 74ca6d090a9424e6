"""New work is refused above the soft limit, and a worker survives its hard one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from perftool.errors import UsageError
from perftool.profiling import limits as module
from perftool.profiling.limits import MemoryLimit, MemoryLimitError, available, memory_limit, reader

pytestmark = pytest.mark.usefixtures("few_objects")


class Reading:
    """Memory in use, as a test says it."""

    def __init__(self, *values: int) -> None:
        self.values = list(values)

    def __call__(self) -> int:
        return self.values.pop(0) if len(self.values) > 1 else self.values[0]


def test_room_below_the_limit() -> None:
    limit = MemoryLimit(100, Reading(100))
    limit.check()
    assert limit.ok()
    assert limit.refused == 0


def test_garbage_is_collected_before_anything_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(module.gc, "collect", lambda: collected.append(1))
    assert MemoryLimit(100, Reading(150, 90)).ok()
    over = MemoryLimit(100, Reading(150))
    assert [over.ok() for _ in range(50)] == [False] * 50
    assert over.refused == 50
    assert len(collected) == 2, "a collection takes longer than a request: once a second at most"


def test_refusal_says_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = MemoryLimit(64 << 20, Reading(100 << 20))
    with pytest.raises(MemoryLimitError, match="100 MiB in use, 64 MiB allowed") as caught:
        limit.check()
    assert caught.value.retry_after_s > 0
    assert isinstance(caught.value, MemoryError)


def test_waiting_for_room() -> None:
    asyncio.run(MemoryLimit(100, Reading(150, 150, 150, 90)).room())
    with pytest.raises(MemoryLimitError):
        asyncio.run(MemoryLimit(100, Reading(150)).room(timeout_s=0))


def test_the_reader_sees_what_is_held() -> None:
    resident = reader()
    before = resident()
    held = bytearray(64 << 20)
    for at in range(0, len(held), 4096):
        held[at] = 1
    assert 50 << 20 <= resident() - before <= 90 << 20


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's own file")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_reads_its_own() -> None:
    resident = reader()
    held = bytearray(b"1") * (64 << 20)
    incoming, outgoing = os.pipe()
    pid = os.fork()
    if pid == 0:
        held.clear()
        os.write(outgoing, str(resident()).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert resident() - int(os.read(incoming, 100)) > 40 << 20
    os.close(incoming)
    os.close(outgoing)


@pytest.mark.parametrize(
    ("soft", "size"), [(1 << 30, 1 << 30), ("512M", 512 << 20), ("1GiB", 1 << 30), (0.5, None), ("50%", None)]
)
def test_limits_as_people_write_them(soft: object, size: int | None) -> None:
    found = memory_limit(soft).soft  # type: ignore[arg-type]
    assert found == (size if size is not None else int(available() * 0.5))


def test_by_default_most_of_what_there_is() -> None:
    assert memory_limit().soft == int(available() * 0.8)


@pytest.mark.parametrize("soft", ["", "much", "-1M", "120%", "0%", 0, -5, 1.5, True])
def test_no_limit(soft: object) -> None:
    with pytest.raises(UsageError, match="not a limit"):
        memory_limit(soft)  # type: ignore[arg-type]


WORKER = """
from perftool.profiling.limits import MemoryLimitError, hard_limit
held = []
for _ in range(3):
    try:
        with hard_limit(60 << 20):
            while True:
                held.append([str(i) for i in range(1000)])
    except MemoryLimitError as error:
        held.clear()
        print("limit", error.limit > 0)
    print(len(bytearray(80 << 20)))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps to RLIMIT_DATA")
def test_a_worker_survives_its_hard_limit() -> None:
    done = subprocess.run([sys.executable, "-c", WORKER], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["limit", "True", str(80 << 20)] * 3
