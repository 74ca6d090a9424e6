"""The example of docs/workers.md runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs" / "workers.md"


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    module, program = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    (tmp_path / "mypackage").mkdir()
    (tmp_path / "mypackage" / "words.py").write_text(module)
    (tmp_path / "words.txt").write_text("a bee or three\n\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    exec(compile(program, "example", "exec"), {})
    assert capsys.readouterr().out == "0 b'2'\n1 b'0'\n"
