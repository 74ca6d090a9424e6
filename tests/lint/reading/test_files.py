from __future__ import annotations

import os
from pathlib import Path

import pytest

from perftool.errors import UsageError
from perftool.lint.reading.files import find


def make(root: Path, *names: str, text: str = "") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(root: Path, *paths: str, **more: object) -> list[str]:
    return [one.name for one in find([root / path for path in paths] or [root], base=root, **more)]  # type: ignore[arg-type]


def test_sorted_and_without_what_is_not_theirs(tmp_path: Path) -> None:
    make(
        tmp_path,
        "b.sql",
        "a.SQL",
        "c.txt",
        ".h.sql",
        "d/z.sql",
        "d/y.pgsql",
        ".git/x.sql",
        "node_modules/x.sql",
        "venv/x.sql",
    )
    assert names(tmp_path) == ["a.SQL", "b.sql", "d/y.pgsql", "d/z.sql"]
    assert names(tmp_path, suffixes=(".txt",)) == ["c.txt"]
    assert names(tmp_path, "d", "d/z.sql", ".") == ["d/y.pgsql", "d/z.sql", "a.SQL", "b.sql"], "none twice"


def test_gitignore_counts_at_every_level(tmp_path: Path) -> None:
    make(
        tmp_path,
        "keep.sql",
        "out/a.sql",
        "deep/gen.sql",
        "deep/x.sql",
        "deep/er/gen.sql",
        "deep/er/x.sql",
        "b/tmp_1.sql",
        "b/tmp_2.sql",
    )
    make(tmp_path, ".gitignore", text="/out/\ngen.sql\n# a comment\n\n!\n")
    make(tmp_path, "deep/er/.gitignore", text="!gen.sql\n/x.sql\n")
    make(tmp_path, "b/.gitignore", text="tmp_*\n!tmp_2.sql\n")
    assert names(tmp_path) == ["keep.sql", "b/tmp_2.sql", "deep/x.sql", "deep/er/gen.sql"]
    assert len(names(tmp_path, gitignore=False)) == 8


def test_what_stands_above_counts_up_to_the_repository(tmp_path: Path) -> None:
    make(tmp_path, "repo/.git/info/exclude", text="secret.sql\n")
    make(tmp_path, "repo/.gitignore", text="gen/\n*.bak.sql\n")
    make(tmp_path, ".gitignore", text="a.sql\n")
    make(tmp_path, "repo/db/a.sql", "repo/db/gen/g.sql", "repo/db/b.bak.sql", "repo/db/secret.sql", "repo/gen/h.sql")
    assert names(tmp_path, "repo/db") == ["repo/db/a.sql"], "the file above the repository is none of it"
    assert names(tmp_path, "repo/gen") == ["repo/gen/h.sql"], "whoever names an ignored folder wants it"


def test_a_named_file_is_taken_unless_exclusion_is_forced(tmp_path: Path) -> None:
    make(tmp_path, ".gitignore", text="gen.sql\n")
    make(tmp_path, "gen.sql", "old/a.sql", "query.txt")
    assert names(tmp_path, "gen.sql", "old/a.sql", "query.txt", exclude=["old/"]) == [
        "gen.sql",
        "old/a.sql",
        "query.txt",
    ]
    assert names(tmp_path, "gen.sql", "old/a.sql", "query.txt", exclude=["old/"], force_exclude=True) == ["query.txt"]
    assert names(tmp_path, exclude=["old/"]) == []
    assert names(tmp_path, exclude=["*.sql", "!a.sql"]) == ["old/a.sql"]


def test_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "db/a.sql", "db/x/b.sql", "db/x/c.txt", "db/node_modules/d.sql", "e.sql")
    assert names(tmp_path, "db/**/*.sql") == ["db/a.sql", "db/x/b.sql"]
    assert names(tmp_path, "db/*.sql") == ["db/a.sql"]
    assert names(tmp_path, "db/x/*.[st]*") == ["db/x/b.sql", "db/x/c.txt"]
    monkeypatch.chdir(tmp_path)
    assert [one.name for one in find([Path("**/*.sql")])] == ["e.sql", "db/a.sql", "db/x/b.sql"]
    with pytest.raises(UsageError, match="no file fits"):
        names(tmp_path, "none/*.sql")


def test_whatever_lies_about_is_told_and_harms_nothing(tmp_path: Path) -> None:
    make(tmp_path, "a.sql", "locked.sql")
    os.mkfifo(tmp_path / "pipe.sql")
    (tmp_path / "broken.sql").symlink_to("nowhere")
    (tmp_path / "loop.sql").symlink_to("loop.sql")
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "link.sql").symlink_to("a.sql")
    (tmp_path / "folder.sql").mkdir()
    (tmp_path / "locked.sql").chmod(0)
    found = {one.name: one.reason for one in find([tmp_path], base=tmp_path)}
    readable = os.access(tmp_path / "locked.sql", os.R_OK)
    assert found.pop("locked.sql") == ("" if readable else "Permission denied")
    assert "pipe" in found.pop("pipe.sql")
    assert found.pop("broken.sql") == "a link to nothing"
    assert found.pop("loop.sql")
    assert found == {"a.sql": "", "link.sql": ""}
    [named] = find([tmp_path / "pipe.sql"])
    assert "pipe" in named.reason


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/x.sql", "b/y.sql")
    real = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert [(one.name, one.reason) for one in find([tmp_path], base=tmp_path)] == [
        ("a", "Permission denied"),
        ("b/y.sql", ""),
    ]


def test_a_name_that_is_no_text_can_be_written(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"\xff.sql")).touch()
    except OSError:
        pytest.skip("this file system wants names in UTF-8")
    [name] = names(tmp_path)
    assert name.encode().endswith(b".sql")


def test_a_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        names(tmp_path, "missing.sql")


def test_what_dbt_makes_and_fetches_is_passed_over_in_its_project_alone(tmp_path: Path) -> None:
    make(tmp_path, "shop/dbt_project.yml", text="name: shop\ntarget-path: out/made\npackages-install-path: deps\n")
    made = ("target/a.sql", "out/made/b.sql", "deps/c.sql", "dbt_packages/d.sql", "dbt_modules/e.sql")
    make(tmp_path, *(f"shop/{name}" for name in made), "shop/out/f.sql", "shop/models/target/g.sql", "target/h.sql")
    assert names(tmp_path) == ["shop/models/target/g.sql", "shop/out/f.sql", "target/h.sql"]
    assert names(tmp_path, "shop/target", "shop/deps/c.sql") == ["shop/target/a.sql", "shop/deps/c.sql"]
