"""``perftool profile``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_help_says_whose_options_are_whose(run: Run) -> None:
    ran = run("profile", "--help")
    assert ran.code == 0
    assert "everything behind its first word belongs to it" in " ".join(ran.out.split())
