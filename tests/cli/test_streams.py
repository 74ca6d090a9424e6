"""Streams that broke or were never there."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from perftool.cli.streams import open_missing, silence

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_silenced_stream_swallows_what_was_left(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        stream.write("left over")
        os.close(reading)
        silence(stream)


def test_streams_without_a_descriptor_are_left_alone() -> None:
    silence(io.StringIO())
    silence(None)


def test_missing_streams_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    open_missing()
    with sys.stdout as out, sys.stderr as err:
        assert out.name == err.name == os.devnull
