"""What perftool init would write."""

from __future__ import annotations

from pathlib import Path

import pytest

from perftool.config.setup import plan
from perftool.errors import UsageError

TEMPLATES = Path(__file__).parents[2] / "perftool" / "config" / "templates"


def states(root: Path, **options: object) -> dict[str, str]:
    return {file.path: file.state for file in plan(root, **options)}  # type: ignore[arg-type]


def test_an_empty_project_gets_everything(tmp_path: Path) -> None:
    assert states(tmp_path) == {
        "perftool.toml": "created",
        ".github/workflows/perftool.yml": "created",
        ".gitlab-ci.yml": "created",
        ".perftool/.gitignore": "created",
    }
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("ci", "workflows"),
    [("github", {".github/workflows/perftool.yml"}), ("gitlab", {".gitlab-ci.yml"}), ("none", set())],
)
def test_the_ci_system_can_be_chosen(tmp_path: Path, ci: str, workflows: set[str]) -> None:
    assert set(states(tmp_path, ci=ci)) - {"perftool.toml", ".perftool/.gitignore"} == workflows


def test_the_ci_system_that_is_there_is_served(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("stages: [test]\n")
    assert ".github/workflows/perftool.yml" not in states(tmp_path)
    (file,) = [file for file in plan(tmp_path) if file.path == ".gitlab/perftool.yml"]
    assert 'include: { local: ".gitlab/perftool.yml" }' in file.description
    (tmp_path / ".github").mkdir()
    assert {".github/workflows/perftool.yml", ".gitlab/perftool.yml"} <= set(states(tmp_path))


def test_existing_files_are_kept_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").write_text("[bench]\n")
    assert states(tmp_path)["perftool.toml"] == "kept"
    assert states(tmp_path, force=True)["perftool.toml"] == "replaced"
    for file in plan(tmp_path, force=True):
        if file.content is not None:
            (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file.path).write_bytes(file.content)
    assert set(states(tmp_path, force=True).values()) == {"kept"}


def test_settings_in_pyproject_are_extended_instead(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.perftool]\n")
    first = plan(tmp_path)[0]
    assert (first.path, first.state) == ("pyproject.toml", "extended")
    assert first.content is not None
    (tmp_path / "pyproject.toml").write_bytes(first.content)
    assert states(tmp_path)["pyproject.toml"] == "kept"
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert "pyproject.toml" not in states(tmp_path)
    (tmp_path / "pyproject.toml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"cannot read pyproject\.toml"):
        plan(tmp_path)


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_workflows_are_plain_yaml(name: str) -> None:
    """A YAML parser is no dependency: this keeps to the subset in which indentation and colons are the structure."""
    lines = [line for line in (TEMPLATES / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    depth = 0
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        assert "\t" not in line
        assert indent % 2 == 0
        assert indent <= depth + 4
        depth = indent
    assert all(line.count('"') % 2 == 0 for line in lines)
    text = "\n".join(lines)
    assert text.count("perftool bench --profile ci --vs") == 1
    assert "PERFTOOL_BENCH_VS_SETUP" in text
