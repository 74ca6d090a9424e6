"""What functions are called whose allocations memray recorded: it knows the bare name, the file and the line."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.profiling.capture import Function
from perftool.profiling.naming import module_of
from perftool.profiling.runtime.digests import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Source files beyond this are generated; compiling them would take longer than reading the profile.
_MOST_BYTES: Final = 4 << 20
_SOURCES: Final = (".py", ".pyw")


class _Known(NamedTuple):
    """A function of a source file: its qualified name, its lines, and the digest of its code."""

    qualname: str
    first: int
    last: int
    code: str


@dataclass(slots=True)
class Names:
    """Names functions by module and qualified name as the sampler does, with first line and digest of the code.

    ``modules`` names the module in a file as its process knew it, ``cwd`` is what relative files are relative to.
    A source that was changed after ``captured_ns`` (since 1970) says nothing about what ran.
    """

    modules: Mapping[str, str] = field(default_factory=dict)
    cwd: str = ""
    captured_ns: int = 0

    def function(self, name: str, file: str, line: int) -> Function:
        """Return the function called ``name`` in ``file`` that ``line`` is in."""
        if file.startswith("<frozen "):
            return Function(f"{module_of(file)}.{name}", file)
        full = os.path.join(self.cwd, file) if self.cwd and not file.startswith("<") else file
        module = self.modules.get(file) or self.modules.get(full) or module_of(full)
        found = self._found(name, full, line)
        qualname = found.qualname if found is not None else name
        return Function(
            f"{module}.{qualname}" if module else qualname,
            full,
            found.first if found is not None else 0,
            code=found.code if found is not None else "",
        )

    def _found(self, name: str, file: str, line: int) -> _Known | None:
        """Return the innermost function of this name that has the line."""
        if not file.endswith(_SOURCES) or not os.path.isabs(file):
            return None
        try:
            about = os.stat(file)
        except (OSError, ValueError):
            return None
        if about.st_size > _MOST_BYTES or (self.captured_ns and about.st_mtime_ns > self.captured_ns):
            return None
        fitting = [one for one in _functions(file, about.st_mtime_ns).get(name, ()) if one.first <= line <= one.last]
        return min(fitting, key=lambda one: one.last - one.first, default=None)


@lru_cache(maxsize=512)
def _functions(file: str, written_ns: int) -> dict[str, list[_Known]]:  # noqa: ARG001 - a changed file is another
    """Return the functions in a source file by their bare names; nothing of it is run."""
    try:
        with open(file, "rb") as stream:
            whole = compile(stream.read(), file, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, list[_Known]] = {}
    for code in _inside(whole):
        lines = [line for _, _, line in code.co_lines() if line] or [code.co_firstlineno]
        known = _Known(code.co_qualname, code.co_firstlineno, max(lines), str(digest(code)))
        found.setdefault(code.co_name, []).append(known)
    return found


def _inside(code: CodeType) -> Iterator[CodeType]:
    waiting = [code]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [constant for constant in one.co_consts if isinstance(constant, CodeType)]
