"""Say again what the last run said, where the next one would meet the same; note what a run found for the next one."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final, overload

import msgspec

from perftool.lint.whole_run import FoundFile, Kept, Notes, WholeRuns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from perftool.cli.lint_request import Request
    from perftool.config.schema import Settings
    from perftool.lint.engine import Run
    from perftool.lint.found import Found
    from perftool.lint.replaying import Replay

_FOLDER: Final = ".perftool/lint-runs"
# On Windows no time of a file tells that it was changed, as that can be put back.
_TOLD: Final = os.name != "nt"


class Recall:
    """The runs that were asked for as this one, by ``key``; none where that is empty."""

    def __init__(self, request: Request, settings: Settings) -> None:
        self._settings = settings
        self._key = _key(request, settings)
        self._runs = WholeRuns(settings.root / _FOLDER)
        self.kept: Kept | None = self._runs.find(self._key) if self._key else None
        self.notes = Notes() if self._key and self.kept is None else None

    def files(self) -> Collection[Found] | None:
        """Return the files of the run that was kept."""
        return _Files(self.kept.run.found) if self.kept is not None else None

    def keep(self, done: Run | Replay, files: Iterable[Found]) -> None:
        """Keep a run that is done, if it is one that may be said again."""
        if self.notes is not None:
            lint = self._settings.lint
            named = [*lint.plugins, *((lint.schema,) if lint.schema else ())]
            self.notes.looked_for = [*self.notes.looked_for, *(os.path.abspath(self._settings.root / n) for n in named)]
            found = [FoundFile(str(one.path), one.name, one.reason) for one in files]
            self._runs.keep(self._key, self.notes, found, done.codes)


class _Files(Sequence["Found"]):
    """Files that were found before, made when they are asked for: mostly nobody asks."""

    def __init__(self, found: Sequence[FoundFile]) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> Found: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Found]: ...
    def __getitem__(self, index: int | slice) -> Found | Sequence[Found]:
        from perftool.lint.found import Found

        if isinstance(index, slice):
            return _Files(self._found[index])
        one = self._found[index]
        return Found(Path(one.path), one.name, one.reason)


def _key(request: Request, settings: Settings) -> bytes:
    """Return a digest of all that was asked for and of what answers; nothing where that is not all there is to it."""
    lint = settings.lint
    if not (_TOLD and lint.cache) or request.timing or request.fix or request.diff:
        return b""
    if not all(os.path.isdir(path) for path in request.paths):
        # What lies around a file that is named alone has a say in how it is read.
        return b""
    if not all(plugin.endswith(".py") for plugin in lint.plugins):
        # The rules of a distribution may come from anywhere.
        return b""
    from perftool.lint.versions import standing

    # What is done with findings has no say in them.
    asked = msgspec.json.encode((msgspec.structs.replace(lint, fail_on="", baseline=""), settings.lint_paths))
    told = (
        request.paths,
        request.force_exclude,
        os.getcwd(),
        os.geteuid() if sys.platform != "win32" else 0,
        str(settings.root),
    )
    digest = blake2b(asked, digest_size=16, key=standing())
    digest.update(repr(told).encode("utf-8", "backslashreplace"))
    return digest.digest()
