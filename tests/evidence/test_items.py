from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs.evidence.batch import items

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def worked(tmp_path: Path) -> Path:
    path = tmp_path / "items.ndjson"
    items.make(path, 200, 30)
    return path


def test_a_run_is_told_and_checked(worked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items.run(worked, ["--no-dedupe"])
    told = capsys.readouterr().out
    assert "200 items --no-dedupe: wall" in told
    assert "worked 200, repeated 0" in told
    assert "200 items, each once and in order with its own result; 0 repeated" in told


def test_whatever_is_wrong_with_the_results_is_noticed(worked: Path) -> None:
    items.run(worked, [])
    results = items.results_of(worked)
    lines = results.read_bytes().splitlines(keepends=True)
    other = next(n for n in range(1, 200) if lines[n].split(b"orders_")[1] != lines[0].split(b"orders_")[1])
    wrong = {
        "lost": lines[:70] + lines[71:],
        "twice": [*lines[:71], *lines[70:]],
        "too many": [*lines, lines[-1]],
        "in another order": [*lines[:50], lines[51], lines[50], *lines[52:]],
        "another's": [lines[other].replace(b'"number":%d,"id":%d' % (other, other), b'"number":0,"id":0'), *lines[1:]],
    }
    for found in wrong.values():
        results.write_bytes(b"".join(found))
        with pytest.raises(SystemExit, match=r"is wrong|more results"):
            items.check(worked)


def test_as_many_kinds_as_items_are_all_different(tmp_path: Path) -> None:
    items.make(tmp_path / "a.ndjson", 50, 50)
    assert len({line.split("orders_")[1] for line in (tmp_path / "a.ndjson").read_text().splitlines()}) == 50
