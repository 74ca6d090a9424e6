"""Programs with one fault each, and programs that only look as if they had it: each line is told rightly or not at all.

In ``statement_programs`` a comment behind a line is the code of what has to be found there; nothing else may be.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from perftool.databases import recorder
from perftool.profiling.statement_findings import findings
from perftool.profiling.statements import merged

FOLDER = Path(__file__).parent / "statement_programs"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in {"run", "tables"})
_CODE = re.compile(r"# (STMT\d+)$")


@cache
def ran() -> dict[str, Any]:
    """Run all programs in one process."""
    files = [str(FOLDER / f"{name}.py") for name in PROGRAMS]
    path = str(Path(recorder.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, str(FOLDER / "run.py"), *files],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def expected(name: str) -> list[tuple[str, int]]:
    lines = (FOLDER / f"{name}.py").read_text().splitlines()
    return sorted((found[1], number) for number, line in enumerate(lines, 1) if (found := _CODE.search(line)))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_told_its_fault_and_no_other(name: str) -> None:
    said = ran()[str(FOLDER / f"{name}.py")]
    found = findings(merged([said], str(FOLDER)), str(FOLDER))
    assert sorted((one.code, one.span.line if one.span else 0) for one in found) == expected(name), [
        one.message for one in found
    ]
    for one in found:
        assert one.span is not None
        assert one.span.path == f"{name}.py"
        assert one.help
        assert one.evidence["count"]


def test_a_finding_that_is_ignored_is_not_told() -> None:
    said = ran()[str(FOLDER / "n_plus_one_cursor.py")]
    statements = merged([said], str(FOLDER))
    assert [one.name for one in findings(statements)] == ["n-plus-one"]
    assert not findings(statements, ignored=frozenset({"n-plus-one"}))
    assert not findings(statements, ignored=frozenset({"STMT001"}))


def test_what_an_n_plus_one_cost_and_which_rows_it_follows_is_told() -> None:
    said = ran()[str(FOLDER / "n_plus_one_cursor.py")]
    (one,) = findings(merged([said], str(FOLDER)))
    assert "30 × select total from orders where customer = ?" in one.message
    assert "select id, name from customer (n_plus_one_cursor.py:4, 30 rows)" in one.message
    assert (one.evidence["count"], one.evidence["rows"]) == (30, 30)
    assert 0 < float(one.evidence["share"]) < 1
