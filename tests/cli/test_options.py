"""Options that commands share complete their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.cli import options
from perftool.render import dispatch

if TYPE_CHECKING:
    from pathlib import Path


def test_formats_and_profiles_are_offered(project: Path) -> None:
    assert tuple(options._complete_format("")) == dispatch.names()
    (project / "profiles").mkdir()
    (project / "profiles" / "low-risk.toml").write_text("")
    assert options._complete_profile("low") == ["low-latency", "low-noise", "low-risk"]
