"""Where the source of a function is found, and where it is not looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.profiling.sources import Sources, extent

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_of_another_machine_is_found_below_the_roots(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "prices.py").write_text("x = 1\n")
    sources = Sources((tmp_path,))
    found = sources.read("/build/shop/prices.py")
    assert found is not None
    assert found.lines == ("x = 1",)
    assert sources.read("shop/prices.py") is not None


@pytest.mark.parametrize("file", ["", "<string>", "<frozen importlib._bootstrap>", "../../etc/passwd", "a/../../b.py"])
def test_what_is_no_file_is_not_looked_for(file: str, tmp_path: Path) -> None:
    assert Sources((tmp_path,)).read(file) is None


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_bytes(b"# coding: utf-8\n\xff\xfe\n")
    (tmp_path / "folder.py").mkdir()
    sources = Sources((tmp_path,))
    assert sources.read(str(tmp_path / "bad.py")) is None
    assert sources.read("folder.py") is None


def test_only_source_is_shown(tmp_path: Path) -> None:
    """A capture that somebody sent may name a file that is none of its business."""
    (tmp_path / "id_rsa").write_text("secret\n")
    (tmp_path / "settings.toml").write_text("secret = 1\n")
    (tmp_path / "tool").write_text("#!/usr/bin/env python3\nprint()\n")
    sources = Sources()
    assert sources.read(str(tmp_path / "id_rsa")) is None
    assert sources.read(str(tmp_path / "settings.toml")) is None
    assert sources.read(str(tmp_path / "tool")) is not None


def test_extent(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("@deco\ndef f():\n    pass\n\n\nclass C:\n    async def f(self):\n        pass\n")
    source = Sources().read(str(tmp_path / "a.py"))
    assert source is not None
    assert extent(source, "a.f", 1) == (1, 3)
    assert extent(source, "a.C.f", 7) == (7, 8)
    assert extent(source, "a.f", 0) == (1, 3)
    assert extent(source, "a.f", 4) is None
    assert extent(source, "a.g", 1) is None
