"""The source of profiled functions, where it still lies somewhere."""

from __future__ import annotations

import ast
import tokenize
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: What source files are called. A capture of another's may name any file: nothing else of this machine is shown.
_SUFFIXES: Final = frozenset(
    (".py", ".pyw", ".pyx", ".pxd", ".pxi", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".go", ".rs", ".s")
)
_SCRIPT: Final = "#!"
#: Files beyond this are no source that people list.
_MOST_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """The lines of a file, and when it was written, in nanoseconds since 1970."""

    path: Path
    lines: tuple[str, ...]
    written_ns: int


@dataclass(slots=True)
class Sources:
    """Finds and reads source files, each once.

    A file that is not where the capture saw it, because that ran elsewhere or was made fit for a repository, is looked
    for below ``roots`` under as much of the end of its path as there is.
    """

    roots: Sequence[Path] = ()
    _read: dict[str, Source | None] = field(default_factory=dict)

    def read(self, file: str) -> Source | None:
        """Return the source that a capture calls ``file``, None where there is none."""
        if file not in self._read:
            self._read[file] = next(filter(None, map(_opened, self._places(file))), None)
        return self._read[file]

    def _places(self, file: str) -> Iterable[Path]:
        if not file or file.startswith("<"):
            return
        parts = [part for part in file.replace("\\", "/").split("/") if part]
        if ".." in parts:
            return
        yield Path(file)
        for start in range(len(parts)):
            for root in self.roots:
                yield root.joinpath(*parts[start:])


def _opened(path: Path) -> Source | None:
    try:
        if not path.is_absolute() or not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        with tokenize.open(path) as stream:
            lines = tuple(stream.read().splitlines())
        script = bool(lines) and lines[0].startswith(_SCRIPT) and "python" in lines[0]
        if path.suffix.lower() not in _SUFFIXES and not script:
            return None
        return Source(path, lines, path.stat().st_mtime_ns)
    except (OSError, SyntaxError, UnicodeDecodeError, ValueError):
        return None


def extent(source: Source, name: str, line: int) -> tuple[int, int] | None:
    """Return the first and last line of the function called ``name`` that begins in ``line``; None if there is none.

    A function begins with its first decorator. ``line`` 0 takes the first function of that name.
    """
    last = name.rpartition(".")[2]
    try:
        nodes = ast.walk(ast.parse("\n".join(source.lines)))
    except (SyntaxError, ValueError, RecursionError):
        return None
    for node in nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name != last:
            continue
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        if line in (0, first, node.lineno):
            return first, node.end_lineno or node.lineno
    return None
