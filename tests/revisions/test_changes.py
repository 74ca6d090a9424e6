"""A worktree with the changes applied is the working tree, whatever was done to it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perftool.revisions import changes
from perftool.revisions.git import Git
from tests.revisions.repositories import environment, git, repository, write

FILES = {
    ".gitignore": "*.log\n",
    "a.py": "a\n",
    "run.sh": "#!/bin/sh\n",
    "d/e.py": "e\n",
    "d/f/g.py": "g\n",
    "tracked.log": "",
    "spa ce/ü.txt": "u\n",
}


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def to_link(root: Path, name: str, target: str) -> None:
    remove(root / name)
    (root / name).symlink_to(target)


def to_file(root: Path, name: str) -> None:
    remove(root / name)
    (root / name).write_text("now a file\n")


def to_folder(root: Path, name: str) -> None:
    remove(root / name)
    write(root, {f"{name}/inside.py": "now a folder\n"})


def linked_folder(root: Path) -> None:
    remove(root / "d")
    remove(root / "moved")
    write(root, {"moved/e.py": "e\n"})
    (root / "d").symlink_to("moved")


STEPS = {
    "edit": lambda root: write(root, {"a.py": "edited\n"}) if not (root / "a.py").is_dir() else None,
    "stage": lambda root: git(root, "add", "-A"),
    "delete": lambda root: remove(root / "spa ce/ü.txt"),
    "delete a folder": lambda root: remove(root / "d"),
    "remove from the index only": lambda root: git(root, "rm", "-q", "--cached", "--ignore-unmatch", "run.sh"),
    "rename": lambda root: (root / "run.sh").exists() and (root / "run.sh").rename(root / "walk.sh"),
    "untracked": lambda root: write(root, {"new/one.py": "1\n", "new ü.py": "2\n"}),
    "ignored": lambda root: write(root, {"noise.log": "ignored\n"}),
    "mode": lambda root: (root / "run.sh").exists() and (root / "run.sh").chmod(0o755),
    "link": lambda root: to_link(root, "a.py", "run.sh"),
    "dangling link": lambda root: to_link(root, "spa ce", "nowhere"),
    "folder becomes file": lambda root: to_file(root, "d"),
    "file becomes folder": lambda root: to_folder(root, "a.py"),
    "folder becomes link": linked_folder,
    "own files": lambda root: write(root, {".perftool/vs/x": "never\n"}),
}


def snapshot(root: Path) -> dict[str, tuple[str, bool, bytes]]:
    found = {}
    for place, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in {".git", ".perftool"}]
        for name in [*files, *(f for f in folders if (Path(place) / f).is_symlink())]:
            path = Path(place) / name
            if name != ".git" and (name == "tracked.log" or path.suffix != ".log"):
                link = path.is_symlink()
                content = os.fsencode(os.readlink(path)) if link else path.read_bytes()
                found[str(path.relative_to(root))] = (
                    "link" if link else "file",
                    not link and os.access(path, os.X_OK),
                    content,
                )
    return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = repository(tmp_path_factory.mktemp("template") / "r", FILES)
    git(root, "add", "-f", "tracked.log")
    git(root, "commit", "-qm", "an ignored file that is tracked")
    return root


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=5))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_state(template: Path, steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "r"
        shutil.copytree(template, root)
        for step in steps:
            STEPS[step](root)
        side = root.parent / "side"
        git(root, "worktree", "add", "-q", "--detach", str(side), "HEAD")
        index = (root / ".git/index").read_bytes()
        changes.read(Git(root, environment())).apply(side)
        assert snapshot(side) == snapshot(root)
        assert (root / ".git/index").read_bytes() == index, "the user's index was written"


def test_each_state_alone_is_told_apart(template: Path, tmp_path: Path) -> None:
    """What a build sees has another identity after each kind of change, and after none the same."""
    seen = set()
    for step in ("edit", "mode", "delete", "untracked", "rename", "link", "own files", "ignored"):
        root = tmp_path / step
        shutil.copytree(template, root)
        STEPS[step](root)
        seen.add(b"".join(changes.read(Git(root, environment())).identity()))
    assert len(seen) == 7
    assert b"" in seen


def test_what_is_left_out_of_the_identity(template: Path, tmp_path: Path) -> None:
    root = tmp_path / "r"
    shutil.copytree(template, root)
    write(root, {"bench_it.py": "1\n"})
    found = changes.read(Git(root, environment()))
    assert found.changed == ("bench_it.py",)
    assert b"".join(found.identity(without=frozenset({"bench_it.py"}))) == b""


def test_nested_repositories_and_submodules_are_left_out(template: Path, tmp_path: Path) -> None:
    root = tmp_path / "r"
    shutil.copytree(template, root)
    repository(root / "nested", {"x.py": ""})
    found = changes.read(Git(root, environment()))
    assert (found.changed, found.gone) == ((), ())
