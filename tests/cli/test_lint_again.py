"""From the command line: the same again, where nothing has changed, and anew, where anything has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from perftool.cli import lint_run
from perftool.lint import whole_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran, Run

BAD = "SELECT id FROM t WHERE a = NULL;\n"
FINE = "SELECT id FROM t WHERE a IS NULL\n;\n"
_TIME = re.compile(r"\d[\d.]* (?:µs|ms|s)\b|\d{4}-\d\d-\d\dT[\d:]+Z")

_MOMENTARY = {"created", "environment", "measurements"}

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no time of a file tells there that it was changed")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that looked at files."""
    runs: list[str] = []
    engine = lint_run.engine

    def spied(*words: object, **more: object) -> object:
        runs.append("looked")
        return engine(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(lint_run, "engine", spied)
    return runs


@pytest.fixture
def path(project: Path) -> Path:
    (project / "perftool.toml").write_text('[lint]\ndialect = "postgres"\n')
    (project / "db").mkdir()
    (project / "db" / "b.sql").write_text(f"{BAD[:-1]} -- perftool: ignore[COR001] old\n{BAD}SELECT (;\n")
    (project / "c.sql").write_text(FINE)
    (project / "nothing.sql").symlink_to("nowhere")
    (project / "a.sql").write_text(BAD)
    settle()
    return project / "a.sql"


def settle() -> None:
    """Wait until what was written is older than a run that begins now."""
    time.sleep(0.06)


def told(ran: Ran) -> tuple[int, object]:
    """Return what was said, without when that was and how long it took."""
    if not ran.out.startswith("{"):
        return ran.code, _TIME.sub("", ran.out)
    said = json.loads(ran.out)
    for one in (one for run in said.get("runs", ()) for one in run.get("invocations", ())):
        one.pop("endTimeUtc", None)
    return ran.code, {name: value for name, value in said.items() if name not in _MOMENTARY}


WAYS = [
    (), ("--format", "json"), ("--format", "sarif"), ("--format", "github"), ("--format", "markdown"),
    ("--statistics",), ("--verbose",), ("--show-skipped",), ("--fail-on", "never"), ("--fail-on", "info", "--quiet"),
    ("--ascii",), ("--select", "PERF"), ("db",), ("--baseline", "known.json"),
]  # fmt: skip


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_what_is_said_again_is_what_was_said(path: Path, run: Run, looked: list[str], words: tuple[str, ...]) -> None:
    if "--baseline" in words:
        run("lint", "db", *words, "--save-baseline")
    run("lint", *words)
    for kept in (path.parent / ".perftool" / "lint-runs").iterdir():
        kept.unlink()
    before = told(run("lint", *words))
    looked.clear()
    assert told(run("lint", *words)) == before
    assert looked == []


def test_what_is_done_with_findings_is_no_other_run(path: Path, run: Run, looked: list[str]) -> None:
    assert run("lint").code == 1
    assert run("lint", "--fail-on", "never").code == 0
    assert run("lint", "--format", "json").code == 1
    assert looked == ["looked"]


def _same_size(path: Path) -> None:
    status = path.stat()
    path.write_text(BAD.replace("a = NULL", "b = NULL"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "written": lambda path: path.write_text(FINE),
    "same size and time": _same_size,
    "touched": lambda path: path.touch(),
    "renamed": lambda path: path.rename(path.with_name("z.sql")),
    "deleted": lambda path: path.unlink(),
    "added": lambda path: path.with_name("d.sql").write_text(BAD),
    "ignored": lambda path: path.with_name(".gitignore").write_text("a.sql\n"),
    "a setting": lambda path: path.with_name("perftool.toml").write_text('[lint]\nignore = ["COR001"]\n'),
    "a dialect": lambda path: path.with_name("perftool.toml").write_text('[lint]\ndialect = "mysql"\n'),
    "link to something": lambda path: path.with_name("nowhere").write_text(BAD),
    "a link instead": lambda path: (path.unlink(), path.symlink_to("db/b.sql")),
    "a folder instead": lambda path: (path.unlink(), path.mkdir()),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_has_changed_is_looked_at(
    path: Path, run: Run, looked: list[str], change: Callable[[Path], object]
) -> None:
    run("lint")
    change(path)
    looked.clear()
    came = run("lint", "--format", "json")
    assert looked == ["looked"]
    anew = run("lint", "--format", "json", "--no-cache")
    assert came.code == anew.code
    assert json.loads(came.out)["diagnostics"] == json.loads(anew.out)["diagnostics"]


def test_a_dbt_model_that_is_compiled_meanwhile(project: Path, run: Run, looked: list[str]) -> None:
    (project / "dbt_project.yml").write_text("name: shop\n")
    (project / "m.sql").write_text("SELECT id FROM {{ ref('t') }} WHERE a = {{ nothing() }}")
    settle()
    assert "COR001" not in run("lint").out
    target = project / "target" / "compiled" / "shop"
    target.mkdir(parents=True)
    (target / "m.sql").write_text("SELECT id FROM t WHERE a = NULL")
    assert "COR001" in run("lint").out
    assert len(looked) == 2


def test_a_schema_is_looked_at(path: Path, run: Run, looked: list[str]) -> None:
    schema = path.with_name("schema.txt")
    schema.write_text("CREATE TABLE t (id int);")
    settle()
    run("lint", "--schema", "schema.txt")
    run("lint", "--schema", "schema.txt")
    assert len(looked) == 1
    schema.write_text("CREATE TABLE t (ID int);")
    run("lint", "--schema", "schema.txt")
    assert len(looked) == 2


@pytest.mark.parametrize("damage", [b"", b"noise", None])
def test_a_damaged_run_is_looked_for_anew(path: Path, run: Run, looked: list[str], damage: bytes | None) -> None:
    before = told(run("lint", "--format", "json"))[0]
    (kept,) = (path.parent / ".perftool" / "lint-runs").iterdir()
    data = kept.read_bytes()
    kept.write_bytes(damage if damage is not None else data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    assert told(run("lint", "--format", "json"))[0] == before
    assert len(looked) == 2
    run("lint")
    assert len(looked) == 2


def test_few_runs_are_kept(path: Path, run: Run) -> None:
    for number in range(10):
        run("lint", "--dialect", "mysql", "--timeout", f"{number + 1}s")
    assert len(list((path.parent / ".perftool" / "lint-runs").iterdir())) == 8


@pytest.mark.parametrize("words", [("--no-cache",), ("--timing",), ("a.sql",), ("*.sql",)], ids=" ".join)
def test_what_is_not_kept(path: Path, run: Run, words: tuple[str, ...]) -> None:
    run("lint", *words)
    assert not (path.parent / ".perftool" / "lint-runs").exists()


def test_runs_are_kept_while_there_is_room(path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_run, "ROOM", 1)
    for seconds in (1, 2, 3):
        run("lint", "--timeout", f"{seconds}s")
    assert len(list((path.parent / ".perftool" / "lint-runs").iterdir())) == 1


RULE = '''"""Find {word}.

Why: a test.
Bad: SELECT {word}
Good: SELECT 1
Limits: none.
Source: none.
"""
from perftool.lint.api import Rule
from perftool.sql.nodes import exp


def _column(node, at):
    if node.name == "{word}":
        yield at.found(node, "{word} is read")


RULE = Rule(
    code="OWN001", name="own-rule", severity="warning", sets=frozenset({{"all"}}), nodes={{exp.Column: _column}}
)
'''


def test_a_rule_of_ones_own_is_looked_at(path: Path, run: Run, looked: list[str]) -> None:
    path.with_name("own.py").write_text(RULE.format(word="id"))
    path.with_name("perftool.toml").write_text('[lint]\ndialect = "postgres"\nplugins = ["own.py"]\n')
    settle()
    assert "id is read" in run("lint").out
    assert "id is read" in run("lint").out
    assert len(looked) == 1
    path.with_name("own.py").write_text(RULE.format(word="xy"))
    # What a process has loaded it keeps; another one would find nothing.
    run("lint")
    assert len(looked) == 2


def test_changed_lines_are_those_of_now(path: Path, run: Run, looked: list[str]) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@t.example")
        subprocess.run(["git", *who, *words], cwd=path.parent, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    path.write_text(BAD + BAD)
    settle()
    told_of = [run("lint", "--changed", "--format", "json") for _ in range(2)]
    assert looked == ["looked"]
    places = [
        [(one["span"]["path"], one["span"]["line"]) for one in json.loads(ran.out)["diagnostics"]] for ran in told_of
    ]
    assert places[0] == places[1] == [("a.sql", 2)]
    git("commit", "-qam", "two")
    assert run("lint", "--changed", "--format", "json").code == 0
