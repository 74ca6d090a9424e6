"""From the command line: what becomes of findings that are silenced, mended, or known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

BAD = "SELECT id FROM t WHERE a = NULL;"


@pytest.fixture
def path(project: Path) -> Path:
    (project / "perftool.toml").write_text('[lint]\ndialect = "postgres"\n')
    return project / "a.sql"


def codes(run: Run, *words: str) -> list[str]:
    return [one["code"] for one in json.loads(run("lint", "--format", "json", *words).out)["diagnostics"]]


def test_silenced_findings_do_not_fail_and_are_counted(path: Path, run: Run) -> None:
    path.write_text(f"{BAD} -- perftool: ignore[COR001] old\n")
    done = run("lint")
    assert done.code == 0
    assert "1 suppressed" in done.out


def test_unused_comments_are_told_and_taken_away(path: Path, run: Run) -> None:
    path.write_text("SELECT 1; -- perftool: ignore[COR001]\n")
    assert codes(run) == ["PT010"]
    assert run("lint").code == 0
    run("lint", "--fix")
    assert path.read_text() == "SELECT 1;\n"


def test_templates_and_python_have_their_comments(path: Path, run: Run) -> None:
    path.write_text(
        "{# it's a note #}\n{# perftool: ignore[COR001] #}\n" + BAD.replace("FROM t", "FROM {{ ref('t') }}")
    )
    path.with_suffix(".py").write_text(f'c.execute("{BAD[:-1]}")  # perftool: ignore[COR001]\n')
    assert codes(run, "--python") == []


def test_what_is_mended_is_exact(path: Path, run: Run) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + f"-- é\r\n{BAD} -- a = NULL\r\nSELECT '\0".encode() + b"\xff';")
    done = run("lint", "--fix")
    assert "COR001" not in done.out
    expected = f"-- é\r\n{BAD} -- a = NULL\r\nSELECT '\0".replace("= NULL;", "IS NULL;").encode()
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected + b"\xff';"


def test_a_diff_changes_nothing(path: Path, run: Run) -> None:
    path.write_text(BAD)
    done = run("lint", "--diff")
    assert (
        "-SELECT id FROM t WHERE a = NULL;\n\\ No newline at end of file\n+SELECT id FROM t WHERE a IS NULL;\n"
        in done.out
    )
    assert path.read_text() == BAD


def test_what_is_in_the_baseline_does_not_fail(path: Path, run: Run) -> None:
    path.write_text(f"{BAD} -- perftool: ignore[COR001] old\n{BAD}\n")
    assert run("lint", "--baseline", "known.json", "--save-baseline").code in (0, 1)
    done = run("lint", "--baseline", "known.json")
    assert done.code == 0
    assert "1 in the baseline" in done.out
    path.write_text(f"\n\nSELECT 1;\n{BAD} -- perftool: ignore[COR001] old\n{BAD}\n{BAD}\n")
    assert codes(run, "--baseline", "known.json") == ["COR001"]


def test_a_damaged_baseline_is_one_clear_line(path: Path, run: Run) -> None:
    path.write_text(BAD)
    (path.parent / "known.json").write_text("{")
    done = run("lint", "--baseline", "known.json")
    assert done.code == 3
    assert "no lint baseline" in done.err


def test_named_files_that_are_excluded_stay_so_when_asked(path: Path, run: Run) -> None:
    path.write_text(BAD)
    (path.parent / "old.sql").write_text(BAD)
    (path.parent / "perftool.toml").write_text('[lint]\ndialect = "postgres"\nexclude = ["old.sql"]\n')
    assert codes(run, "old.sql") == ["COR001"]
    assert codes(run, "--force-exclude", "a.sql", "old.sql") == ["COR001"]
    done = run("lint", "--force-exclude", "old.sql")
    assert done.code == 0
    assert "every file that was named is excluded" in done.out


def test_what_is_not_fixed_takes_one_line_for_each_file_and_reason(path: Path, run: Run) -> None:
    path.write_bytes("\ufeff".encode("utf-16-le") + f"{BAD}\n{BAD}\n".encode("utf-16-le"))
    (path.parent / "b.sql").write_bytes(BAD.encode("utf-32"))
    before = path.read_bytes()
    for option in ("--fix", "--diff"):
        done = run("lint", option)
        assert done.err.count("a.sql") == 1
        assert "a.sql: COR001 (2 times): files in UTF-16 are not edited: make it UTF-8 first" in done.err
        assert "b.sql" not in done.err
    assert path.read_bytes() == before
    assert "b.sql: " in run("lint", "--show-skipped").out


def test_known_findings_that_are_gone_are_told_and_dropped_when_the_baseline_is_renewed(path: Path, run: Run) -> None:
    other = path.with_name("b.sql")
    path.write_text(f"{BAD}\n{BAD}\n")
    other.write_text(BAD)
    run("lint", "--baseline", "known.json", "--save-baseline")
    path.write_text(BAD)
    assert "1 finding of the baseline no longer found" in run("lint", "--baseline", "known.json").out
    other.unlink()
    done = run("lint", "--baseline", "known.json", "--format", "json")
    assert json.loads(done.out)["payload"]["gone"] == 2
    # What was not looked for is not gone.
    assert "of the baseline" not in run("lint", "--baseline", "known.json", "--select", "MIG", "a.sql").out
    run("lint", "--baseline", "known.json", "--save-baseline")
    assert "of the baseline no" not in run("lint", "--baseline", "known.json").out


def test_named_files_without_sql_pass_and_a_folder_without_sql_does_not(path: Path, run: Run) -> None:
    path.write_text("{% macro a(x) %}\n cast({{ x }} as int)\n{% endmacro %}\n")
    path.with_name("b.sql").write_text("-- nothing yet\n")
    done = run("lint", "a.sql", "b.sql")
    assert (done.code, "no SQL stands in what was named" in done.out) == (0, True)
    assert "1 file skipped" in done.out
    assert run("lint").code == 3
    path.write_bytes(b"\0\xff\xfe\0")
    assert run("lint", "a.sql").code != 0
