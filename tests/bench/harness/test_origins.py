"""Which files the imported modules came from, asked of a real measuring process."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from perftool.bench.server import factory

if TYPE_CHECKING:
    from pathlib import Path


def modules(folder: Path) -> dict[str, str]:
    server = factory(sys.executable, dict(os.environ), fork=False, folder=folder)(1)
    forked = factory(sys.executable, dict(os.environ), fork=True, folder=folder)(1)
    try:
        assert "error" not in forked.ask({"do": "load", "file": "bench_x.py"}, 10.0)
        found: dict[str, str] = forked.ask({"do": "modules"}, 10.0)["modules"]
    finally:
        forked.close()
        server.close()
    return found


def test_content_counts_and_the_standard_library_does_not(tmp_path: Path) -> None:
    for name, text in (("one", "x = 1"), ("two", "x = 1"), ("three", "x = 2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bench_x.py").write_text("import code_under_test, json, fractions\n")
        (tmp_path / name / "code_under_test.py").write_text(text)
    one, two, three = (modules(tmp_path / name) for name in ("one", "two", "three"))
    assert "code_under_test" in one
    assert "json" not in one
    assert "fractions" not in one
    assert not any(name.startswith("_perftool_harness") for name in one)
    assert one == two
    assert {name for name in one if one[name] != three.get(name)} == {"code_under_test"}
