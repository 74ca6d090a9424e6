"""``perftool inspect``."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from perftool.sql.statements import analyse_statement

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ran, Run

SQL = """\
SELECT id, name FROM users WHERE id = 1;
  select ID, name from users where id = 2;
SELECT ((;
"""


@pytest.fixture
def folder(project: Path) -> Path:
    (project / "db").mkdir()
    (project / "db" / "a.sql").write_text(SQL)
    return project / "db"


def statements(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ran.out)["payload"]["statements"]
    return found


def test_statements_with_place_kind_digest_tables_and_errors(run: Run, folder: Path) -> None:
    ran = run("inspect", "db", "--format", "json")
    assert ran.code == 0
    first, second, third = statements(ran)
    assert (first["path"], first["line"], first["kind"], first["tables"]) == ("db/a.sql", 1, "SELECT", ["users"])
    assert first["columns"] == ["users.id", "users.name"]
    assert SQL.encode()[second["start"] : second["end"]].startswith(b"select ID")
    assert first["digest"] == second["digest"]
    assert third["error"]
    assert first.get("fingerprint") is None
    assert str(folder) not in ran.out, "no absolute path in a report"
    assert "3 statements in 1 file, 2 distinct, 1 not analysed" in run("inspect", "db").out


def test_fingerprint_is_given_on_request(run: Run, folder: Path) -> None:
    ran = run("inspect", "db/a.sql", "--fingerprint", "-f", "json")
    assert statements(ran)[0]["fingerprint"] == "select id, name from users where id = ?"


def test_max_statement_and_dialect(run: Run, project: Path) -> None:
    (project / "a.sql").write_text("select `a` from t; select '" + "x" * 3000 + "'")
    ran = run("inspect", "a.sql", "--max-statement", "1KiB", "--dialect", "mariadb", "-f", "json")
    assert json.loads(ran.out)["payload"]["dialect"] == "mysql"
    first, second = statements(ran)
    assert first["columns"] == ["t.a"]
    assert "over the limit" in second["error"]
    assert second.get("digest") is None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["missing.sql"], 2, "no such file or folder: missing.sql"),
        (["utf32.sql"], 2, "utf32.sql is UTF-32"),
        (["empty.sql"], 3, "there is no statement in empty.sql"),
        (["bad.sql", "--dialect", "postgers"], 2, "no SQL dialect named 'postgers'"),
        (["bad.sql", "--format", "gobench"], 2, "cannot show"),
        ([], 2, "FILE|FOLDER"),
    ],
)
def test_what_cannot_be(run: Run, project: Path, arguments: list[str], code: int, message: str) -> None:
    (project / "utf32.sql").write_bytes("\ufeffselect 1".encode("utf-32-le"))
    (project / "empty.sql").write_text("-- nothing\n")
    (project / "bad.sql").write_text("select ((")
    ran = run("inspect", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_standard_input(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"select 1; select 2")))
    ran = run("inspect", "db/a.sql", "-", "-f", "json")
    assert [s["path"] for s in statements(ran)] == ["stdin"] * 2 + ["db/a.sql"] * 3


def test_nothing_usable_is_3_with_the_list(run: Run, project: Path) -> None:
    (project / "bad.sql").write_text("select ((; select )")
    ran = run("inspect", "bad.sql")
    assert ran.code == 3
    assert "bad.sql:1" in ran.out


def test_part_of_a_folder_failing_is_a_warning(run: Run, folder: Path) -> None:
    (folder / "b.sql").write_bytes("\ufeffselect 1".encode("utf-32-le"))
    (folder / "c.sql").write_bytes(b"select '\xff' as \"\xfe\"")
    ran = run("inspect", "db", "--fingerprint", "-f", "json")
    assert ran.code == 0
    assert [w["code"] for w in json.loads(ran.out)["warnings"]] == ["unreadable-file", "not-utf8"]


def test_a_large_file_that_is_cut_short_is_a_warning_and_the_rest_goes_on(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perftool.sql.opening.LARGE", 1000)
    monkeypatch.setattr("perftool.sql.stretches._STRETCH", 16_384)
    large = folder / "0.sql"
    large.write_bytes(b"select 1;\n" * 5000)

    def cuts(*arguments: Any, **options: Any) -> Any:
        if large.stat().st_size > 20:
            os.truncate(large, 20)
        return analyse_statement(*arguments, **options)

    monkeypatch.setattr("perftool.cli.commands.inspect.analyse_statement", cuts)
    ran = run("inspect", "db/0.sql", "db", "-f", "json")
    assert ran.code == 0
    [warning] = json.loads(ran.out)["warnings"]
    assert (warning["code"], warning["subject"]) == ("half-read-file", "db/0.sql")
    assert "cut short" in warning["message"]
    assert {one["path"] for one in statements(ran)} == {"db/0.sql", "db/a.sql"}
