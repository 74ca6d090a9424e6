"""Errors of a configuration."""

from __future__ import annotations

from perftool.config.problems import ConfigurationError, nearest


def test_the_first_is_the_message_and_the_others_follow() -> None:
    error = ConfigurationError(["a", "b", "c"], hint="do")
    assert (error.message, error.more, error.hint, error.exit_code) == ("a", ("b", "c"), "do", 2)


def test_nearest() -> None:
    assert nearest("blocs", ["blocks", "seed"]) == ": did you mean blocks?"
    assert nearest("zzz", ("blocks",)) == ""
