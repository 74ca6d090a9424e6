"""What of a file's surroundings has a say in how it is read: the project's tools, and what dbt made of it."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.reading.dbt import Models
from perftool.lint.reading.projects import SILENT, Projects

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.lint.reading.dialects import Detected
    from perftool.lint.reading.neighbours import Neighbours

_MARKS: Final = (b"{{", b"{%")


class Beside(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a file beside its bytes.

    ``made`` is the text that dbt made of it, which is read in its place, ``name`` what that file is called, None where
    there is none; ``note`` says which text was read if there were two. ``hint`` is the dialect that the project is
    set to, ``reason`` where.
    """

    made: bytes | None = None
    name: str = ""
    note: str = ""
    hint: str = ""
    reason: str = ""

    def digest(self) -> bytes:
        """Return a digest of all of it."""
        told = blake2b(repr((self.name, self.note, self.hint, self.reason)).encode("utf-8", "replace"), digest_size=16)
        if self.made is not None:
            told.update(self.made)
        return told.digest()


NOTHING: Final = Beside()


class Surroundings:
    """The surroundings of the files of one run, below the folder ``root``; ``neighbours`` of those named alone."""

    def __init__(self, root: Path, neighbours: Neighbours | None = None) -> None:
        self.neighbours = neighbours
        self._projects = Projects(root)
        self._models = Models()
        self._hints: dict[Detected, Beside] = {}

    def of(self, path: Path, data: bytes, *, on_disk: bool = True, asked: bool = True) -> Beside:
        """Return what is known of the file ``path``, which holds ``data``, beside it.

        Not ``on_disk``: it comes from elsewhere, and nothing was made of it. ``asked``: nobody chose its dialect.
        cost: as ``Projects.told`` for a folder's first file; as ``Models.compiled`` for a template.
        """
        hint = self._projects.told(path) if asked else SILENT
        templated = on_disk and b"{" in data and any(mark in data for mark in _MARKS)
        compiled = self._models.compiled(path) if templated else None
        if compiled is None:
            return self._hinted(hint) if hint.dialect else NOTHING
        name = compiled.name if compiled.data is not None else ""
        return Beside(compiled.data, name, compiled.note, hint.dialect, hint.reason)

    @property
    def looked_for(self) -> list[str]:
        """Where a text that was made of a file may be, whether one is there or not, and what was read around files."""
        return self._models.looked_for + (self.neighbours.looked_for if self.neighbours is not None else [])

    def _hinted(self, hint: Detected) -> Beside:
        """Return one and the same for all files that nothing else is known of."""
        found = self._hints.get(hint)
        if found is None:
            found = self._hints[hint] = Beside(hint=hint.dialect, reason=hint.reason)
        return found
