"""Errors in benchstat's words."""

from __future__ import annotations

import pytest

from perftool.compare import as_benchstat
from perftool.compare.lines import LineTooLongError
from perftool.compare.syntax import ExpressionError
from perftool.errors import InputError


def test_messages() -> None:
    error = ExpressionError('missing ")"', "(a:b", 4).given_with("filter")
    assert as_benchstat.message(error) == 'parsing -filter: syntax error: missing ")"\n\t(a:b\n\t    ^'
    assert as_benchstat.message(LineTooLongError("f.txt", 7)) == "f.txt:7: bufio.Scanner: token too long"
    assert as_benchstat.message(InputError("other")) == "other"


def test_inputs_that_cannot_be_opened() -> None:
    reason = "no such file or directory"
    assert as_benchstat.unopened("f", reason, directory=False) == f"open f: {reason}"
    assert as_benchstat.unopened("d", "is a directory", directory=True) == "d:0: read d: is a directory"


@pytest.mark.parametrize(
    ("alpha", "confidence", "message"),
    [
        (0, 1, None),
        (0.05, 0.95, None),
        (1.1, 2, "-alpha must be in range [0, 1]"),
        (0.5, -0.1, "-confidence must be in range [0, 1]"),
    ],
)
def test_levels(alpha: float, confidence: float, message: str | None) -> None:
    assert as_benchstat.out_of_range(alpha, confidence) == message
