"""Find what dbt made of a model when it last compiled the project."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final, NamedTuple

from perftool.sql.tokens import lexemes

PROJECT: Final = "dbt_project.yml"
_NAME: Final = re.compile(r"^name:[ \t]*['\"]?([\w-]+)", re.MULTILINE)
_TARGET: Final = re.compile(r"^target-path:[ \t]*(?:\"([^\"\r\n]*)\"|'([^'\r\n]*)'|([^'\"#\s][^#\r\n]*))", re.MULTILINE)
_PACKAGES: Final = re.compile(
    r"^packages-install-path:[ \t]*(?:\"([^\"\r\n]*)\"|'([^'\r\n]*)'|([^'\"#\s][^#\r\n]*))", re.MULTILINE
)
_DEFAULT: Final = re.compile(r"env_var\([^,()]*,\s*['\"]([^'\"]+)['\"]\s*\)")
_USUAL: Final = ("target", "dbt_packages", "dbt_modules")
# What dbt calls the tables of WITH that it writes before a model, one for each ephemeral model that it reads.
_INJECTED: Final = "__dbt__cte__"
_WITH: Final = re.compile(r"with[ ]\Z", re.IGNORECASE)


class Compiled(NamedTuple):
    """What dbt made of a model: its text, or None with a ``note`` why not; ``name`` is its path in the dbt project."""

    data: bytes | None
    name: str = ""
    note: str = ""


class Project(NamedTuple):
    """What ``dbt_project.yml`` says: the folder it is in, its name, and where what it makes and fetches goes."""

    root: str
    name: str
    target: str
    packages: str

    @property
    def made(self) -> frozenset[str]:
        """The folders, from the project's, that hold nothing that people wrote."""
        return frozenset({*_USUAL, self.target, self.packages})


def project(root: str) -> Project | None:
    """Read ``dbt_project.yml`` in the folder ``root``; None where it is not there or says no name."""
    try:
        text = Path(root, PROJECT).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    name = _NAME.search(text)
    if name is None:
        return None
    target, packages = _folder(_TARGET.search(text), "target"), _folder(_PACKAGES.search(text), "dbt_packages")
    return Project(root, name[1], target, packages)


def made_folders(root: str) -> frozenset[str]:
    """Return the folders (absolute) that dbt fills in the project in the folder ``root``."""
    found = project(root)
    return frozenset(os.path.normpath(os.path.join(root, folder)) for folder in (found.made if found else _USUAL))


def _folder(found: re.Match[str] | None, usual: str) -> str:
    """Return a folder as it is written, the default of one that the environment decides."""
    said = next((one.strip() for one in found.groups() if one), "") if found else ""
    if "{{" in said:
        default = _DEFAULT.search(said)
        said = default[1] if default else ""
    return os.path.normpath(said).replace(os.sep, "/") if said else usual


class Models:
    """What dbt made of models, as far as it is on disk; projects are looked for once in each folder."""

    def __init__(self) -> None:
        self._projects: dict[str, Project | None] = {}
        #: Where texts that dbt made were looked for, absolute.
        self.looked_for: list[str] = []

    def compiled(self, path: Path) -> Compiled | None:
        """Return what dbt made of the model ``path``; None where dbt has not compiled it.

        A text that is older than the model is not given, but told of. cost: two looks at files, and one into each
        folder above that was not met before.
        """
        absolute = os.path.abspath(path)
        found = self._project(os.path.dirname(absolute))
        if found is None:
            return None
        inside = os.path.relpath(absolute, found.root).replace(os.sep, "/")
        if any(inside.startswith(f"{folder}/") for folder in found.made):
            return None
        name = f"{found.target}/compiled/{found.name}/{inside}"
        place = Path(found.root, name)
        self.looked_for.append(str(place))
        # A target outside the project is named by its end: no report holds an absolute path.
        name = name if not os.path.isabs(found.target) else f"compiled/{found.name}/{inside}"
        try:
            made, source = place.stat(), os.stat(absolute)
            if not stat.S_ISREG(made.st_mode):
                return None
            if made.st_mtime_ns < source.st_mtime_ns:
                return Compiled(None, name, f"{name} is older and was not used: dbt compile renews it")
            return Compiled(place.read_bytes(), name, f"read as dbt compiled it: {name}")
        except OSError:
            return None

    def _project(self, folder: str) -> Project | None:
        """Return the project that ``folder`` is in."""
        if folder not in self._projects:
            above = os.path.dirname(folder)
            found = project(folder)
            self._projects[folder] = found if found or above == folder else self._project(above)
        return self._projects[folder]


def injected(text: str, dialect: str = "") -> tuple[int, int]:
    """Return the characters of a compiled ``text`` that are other models, written before it; (0, 0) where none are.

    Without them the text is what the model alone rendered, but for white space.
    """
    start = text.find(_INJECTED)
    if start < 0:
        return 0, 0
    tokens = lexemes(text[start:], dialect)
    depth = 0
    for number, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if token.text != ")" or depth:
            continue
        following = tokens[number + 1 : number + 3]
        if not following or following[0].text != ",":
            # The model has no tables of its own: WITH was written for it.
            word = _WITH.search(text, 0, start)
            end = start + token.end
            return (word.start() if word else start, end + text.startswith(" ", end))
        if len(following) < 2 or not following[1].text.startswith(_INJECTED):
            # The blanks before the first of them stood behind WITH.
            return len(text[:start].rstrip()), start + following[0].end
    return 0, 0
