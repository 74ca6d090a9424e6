"""Count instructions: a measuring process under valgrind's callgrind, and the pass that asks it."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool.bench import requests
from perftool.bench.server import ForkServer, Server
from perftool.bench.session import Session
from perftool.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from perftool.bench.record import Record
    from perftool.bench.settings import RunSettings

    Start = Callable[[int], Server]

Json = dict[str, Any]

HASH_SEED: Final = 1
# Callgrind makes everything some twenty times slower, but a count takes far fewer operations than a sample.
PATIENCE: Final = 5
OPTIONS: Final = (
    "-q",
    "--tool=callgrind",
    "--dump-before=ctermid",
    "--cache-sim=no",
    "--branch-sim=no",
    "--dump-line=no",
    "--vgdb=no",
)


class CountingServer(ForkServer):
    """A measuring process under callgrind, whose forked children read their own dumps."""

    def __init__(
        self, valgrind: str, python: str, hash_seed: int, environment: Mapping[str, str], folder: Path | None = None
    ) -> None:
        import tempfile

        self._dumps = tempfile.TemporaryDirectory(prefix="perftool-", ignore_cleanup_errors=True)
        before = (valgrind, *OPTIONS, f"--callgrind-out-file={self._dumps.name}/%p")
        try:
            super().__init__(python, hash_seed, environment, folder, before=before)
        except BaseException:
            self._dumps.cleanup()
            raise

    def ask(self, request: Json, timeout_s: float) -> Json:
        """Send ``request`` with the folder of the dumps, which is empty again afterwards."""
        try:
            return super().ask({**request, "folder": self._dumps.name}, timeout_s)
        finally:
            for path in Path(self._dumps.name).iterdir():
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Kill the server and remove its dumps."""
        super().close()
        self._dumps.cleanup()


def servers(python: str, environment: Mapping[str, str], *, folder: Path | None = None) -> Start:
    """Return a function from a hash seed to a server in the interpreter ``python`` that counts instructions.

    ``folder`` is its working directory, by default ours.
    raises: UnavailableError where there is no valgrind.
    """
    found = valgrind(environment)
    return lambda hash_seed: CountingServer(found, python, hash_seed, environment, folder)


def valgrind(environment: Mapping[str, str], system: str = sys.platform) -> str:
    """Return the path of valgrind.

    raises: UnavailableError saying how to install it, or that it does not exist for this system.
    """
    import shutil

    if system != "linux":
        raise UnavailableError(
            "--instructions needs valgrind, which counts on Linux only", hint="leave --instructions out"
        )
    found = shutil.which("valgrind", path=environment.get("PATH", os.defpath))
    if found is None:
        raise UnavailableError(
            "--instructions needs valgrind, which is not installed",
            hint="install it (apt-get install valgrind, dnf install valgrind), or leave --instructions out",
        )
    return found


def count(records: Sequence[Record], start: Start, settings: RunSettings, tell: Callable[[str], None]) -> None:
    """Count the instructions of an operation of each record that has not been skipped.

    A case that cannot be counted keeps its times: ``instructions_problem`` says why. ``tell`` hears what is under way.
    cost: the imports once, at a twentieth of their pace, then about a second a case.
    """
    counted = [record for record in records if record.reason is None]
    slower = replace(settings, timeout_s=settings.timeout_s * PATIENCE)
    try:
        tell("importing under valgrind")
        with Session(start, HASH_SEED, counted, slower) as session:
            for record in counted:
                tell(f"counting instructions of {record.case.case}")
                record.instructions = session.ask(record, requests.instructions(record.case))
    finally:
        # Valgrind does not know every instruction, and is slow: its failure says nothing of the times.
        for record in counted:
            record.instructions_problem, record.reason = record.reason, None


def count_both(
    sides: Sequence[tuple[Record, Record]],
    starts: tuple[Start, Start],
    settings: RunSettings,
    tell: Callable[[str], None],
) -> None:
    """Count the cases of both sides of a run, a pair of records each; what one side lacks, the other loses too."""
    for side, start in enumerate(starts):
        count([pair[side] for pair in sides if all(record.reason is None for record in pair)], start, settings, tell)
    for pair in sides:
        problem = next((record.instructions_problem for record in pair if record.instructions_problem), None)
        if problem is not None:
            for record in pair:
                record.instructions, record.instructions_problem = None, problem
