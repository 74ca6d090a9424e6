"""A side's interpreter seen from perftool: what it is, what it has, and whether its code is this side's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.errors import InputError, UsageError
from perftool.revisions import probe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The source comes through stdin and sys.path loses its "": the folder may hold a json.py.
_BOOT: Final = "import sys; sys.path[:] = [p for p in sys.path if p]; exec(sys.stdin.read(), {'__name__': '__main__'})"
_NOT_CODE: Final = ("setup", "conftest", "noxfile", "tasks", "manage")


class Probed(msgspec.Struct, frozen=True):
    """An interpreter's account of itself; ``base`` is the one that a virtual environment was made from."""

    version: str
    build: str
    implementation: str
    base: str
    prefix: str
    packages: dict[str, str]
    origins: dict[str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """Where code may and may not come from: the side's own folders, and the trees of the user and the other side."""

    own: tuple[Path, ...]
    foreign: tuple[Path, ...]


def ask(python: str, variables: Mapping[str, str], folder: Path, names: Iterable[str] = ()) -> Probed:
    """Ask the interpreter ``python`` about itself and the origins of the packages ``names``.

    raises: UsageError when it cannot be started or is no Python 3.8 or later.
    """
    import subprocess

    source = Path(probe.__file__).read_bytes()
    try:
        done = subprocess.run(
            [python, "-c", _BOOT, *names],
            input=source,
            cwd=folder,
            env=dict(variables),
            capture_output=True,
            check=False,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot start the interpreter {python!r}: {reason.lower()}", hint=_HINT) from error
    for line in reversed(done.stdout.decode(errors="replace").splitlines()):
        if line.startswith(probe.MARK):
            return msgspec.json.decode(line.removeprefix(probe.MARK), type=Probed)
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
    raise UsageError(f"{python!r} did not answer as a Python 3.8 or later: {last[0]}", hint=_HINT)


def top_level(root: Path) -> set[str]:
    """Return the names of the packages and modules in ``root`` and ``root/src``, tests and benchmarks left out."""
    found = set()
    for folder in (root, root / "src"):
        for path in folder.iterdir() if folder.is_dir() else ():
            module = path.suffix == ".py" and not path.stem.startswith(("bench_", "test_")) and path.is_file()
            if module or (path / "__init__.py").is_file():
                found.add(path.stem if module else path.name)
    return {name for name in found if name.isidentifier() and name not in {*_NOT_CODE, "__init__", "tests"}}


def check(side: str, probed: Probed, mine: set[str], places: Places, *, hint: str) -> None:
    """Refuse a side that would import another tree's code, which would measure one state twice and call it equal.

    ``mine`` are the top-level packages that the side's tree has.
    raises: InputError naming the package and the place it comes from.
    """
    for name, origin in sorted(probed.origins.items()):
        if not origin or origin in {"built-in", "frozen"}:
            continue
        path = Path(origin)
        if any(path.is_relative_to(own) for own in places.own):
            continue
        if name in mine or any(path.resolve().is_relative_to(tree) for tree in places.foreign):
            raise InputError(f"the {side} side would import {name} from {origin}, which is not its code", hint=hint)


_HINT = "give the path of an interpreter, e.g. --python .venv/bin/python"
