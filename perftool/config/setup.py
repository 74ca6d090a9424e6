"""Decide what ``perftool init`` writes in a project; nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from perftool.config import template
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

Continuous = Literal["auto", "github", "gitlab", "both", "none"]
State = Literal["created", "extended", "replaced", "kept"]


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to write: ``path`` relative to the project; ``content`` None leaves it alone."""

    path: str
    state: State
    description: str
    content: bytes | None = None


def plan(root: Path, *, ci: Continuous = "auto", force: bool = False) -> tuple[PlannedFile, ...]:
    """Return the files of a set-up of the project in ``root``: configuration, CI workflow, .gitignore.

    With ``ci`` "auto" the CI system whose files exist is served, both when neither is there.
    raises: UsageError when a file that has to be extended cannot be read.
    """
    return tuple(_configuration(root, force)) + tuple(_workflows(root, ci, force)) + (_ignore(root, force),)


def _configuration(root: Path, force: bool) -> Iterator[PlannedFile]:
    pyproject = root / "pyproject.toml"
    if pyproject.is_file() and not (root / "perftool.toml").exists():
        try:
            text = pyproject.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot read pyproject.toml: {error}") from error
        if "[tool.perftool" in text:
            extended, added = template.extend(text, "pyproject.toml")
            if added:
                description = "[tool.perftool] has got " + ", ".join(added)
                yield PlannedFile("pyproject.toml", "extended", description, extended.encode())
            else:
                yield PlannedFile("pyproject.toml", "kept", "[tool.perftool] holds the settings")
            return
    yield _file(root, "perftool.toml", template.as_toml().encode(), "every setting with its default and meaning", force)


def _workflows(root: Path, ci: Continuous, force: bool) -> Iterator[PlannedFile]:
    has_github, has_gitlab = (root / ".github").is_dir(), (root / ".gitlab-ci.yml").exists()
    undecided = ci == "auto" and not has_github and not has_gitlab
    if ci in ("github", "both") or undecided or (ci == "auto" and has_github):
        content = _template("github.yml")
        yield _file(root, ".github/workflows/perftool.yml", content, "GitHub: judges every pull request", force)
    if ci in ("gitlab", "both") or undecided or (ci == "auto" and has_gitlab):
        own = has_gitlab and b"Written by perftool init" not in (root / ".gitlab-ci.yml").read_bytes()
        path = ".gitlab/perftool.yml" if own else ".gitlab-ci.yml"
        description = "GitLab: judges every merge request"
        if own:
            description += '; add to .gitlab-ci.yml:  include: { local: ".gitlab/perftool.yml" }'
        yield _file(root, path, _template("gitlab.yml"), description, force)


def _ignore(root: Path, force: bool) -> PlannedFile:
    content = b"# Reports and captures of this machine: nothing here belongs in the repository.\n*\n"
    return _file(root, ".perftool/.gitignore", content, "keeps reports of this machine out of the repository", force)


def _file(root: Path, path: str, content: bytes, description: str, force: bool) -> PlannedFile:
    existing = root / path
    if not existing.exists():
        return PlannedFile(path, "created", description, content)
    if force and existing.is_file() and existing.read_bytes() != content:
        return PlannedFile(path, "replaced", description, content)
    return PlannedFile(path, "kept", description)


def _template(name: str) -> bytes:
    return (Path(__file__).parent / "templates" / name).read_bytes()
