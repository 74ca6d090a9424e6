"""Cases from Python files with functions named ``bench_*``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from perftool.bench.api import Case
from perftool.errors import UsageError
from perftool.model.bench import SkippedCase

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Lister = Callable[[Path], list[dict[str, Any]]]

PREFIX: Final = "bench_"
_HIDDEN: Final = {"node_modules", "site-packages", "__pycache__"}


def below(folder: Path) -> list[Path]:
    """Return the ``bench_*.py`` files below ``folder``, sorted, hidden and installed ones left out."""
    return [
        path
        for path in sorted(folder.rglob(PREFIX + "*.py"))
        if not any(part.startswith(".") or part in _HIDDEN for part in path.relative_to(folder).parts)
    ]


def suite_name(path: Path) -> str:
    """Return what the suite of a benchmark file is called."""
    return path.stem.removeprefix(PREFIX) or path.stem


def cases(path: Path, function: str | None, lister: Lister, *, root: Path) -> tuple[list[Case], list[SkippedCase]]:
    """Return the cases of the file ``path``, or those of one ``function`` in it, and what cannot be measured.

    The suite is the name of the file without ``bench_`` and suffix, the case that of the function without
    ``bench_``. ``lister`` executes the file in the measuring interpreter; nothing of it runs here.
    raises: UsageError when there is no such file or function.
    """
    if not path.is_file():
        raise UsageError(f"cannot read {path}: no such file")
    entries = lister(path)
    if function is not None:
        wanted = function if function.startswith(PREFIX) else PREFIX + function
        chosen = [entry for entry in entries if entry["function"] == wanted]
        if not chosen:
            names = ", ".join(dict.fromkeys(entry["function"] for entry in entries)) or "none"
            raise UsageError(f"{path} has no function {wanted}", hint=f"its benchmarks: {names}")
        entries = chosen
    elif not entries:
        raise UsageError(f"{path} has no function named {PREFIX}*", hint="def bench_name(): … is measured")
    shown = _relative(path, root)
    found: list[Case] = []
    skipped: list[SkippedCase] = []
    for entry in entries:
        suite = suite_name(path)
        source = f"{shown}:{entry['line']}" if entry["line"] else shown
        if "error" in entry:
            skipped.append(SkippedCase(suite=suite, case=entry["case"], reason=f"{source}: {entry['error']}"))
            continue
        arguments = entry["arguments"]
        found.append(
            Case(
                suite=suite,
                case=entry["case"],
                factory=entry["function"],
                file=str(path),
                arguments=arguments,
                parameters={key: _label(value) for key, value in arguments.items()},
                direct=True,
                cpu_bound=entry["cpu_bound"],
                source=source,
            )
        )
    return found, skipped


def _label(value: object) -> str:
    """Return a parameter's value as part of a name: one line, no slash, no space."""
    text = value if isinstance(value, str) else repr(value)
    return "".join("_" if c.isspace() or c == "/" else c for c in text) or "empty"


def _relative(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.name
