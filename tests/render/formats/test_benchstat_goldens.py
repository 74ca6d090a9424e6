"""Every golden case of benchstat, byte for byte, from its input files to both outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.render.formats.benchstat_runs import run

GOLDENS = Path(__file__).parents[2] / "golden" / "benchstat"
CASES = sorted(path.parent.name for path in GOLDENS.glob("*/args"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 17


@pytest.mark.parametrize("name", ["text", "csv"])
@pytest.mark.parametrize("case", CASES)
def test_output_is_benchstats_to_the_byte(case: str, name: str) -> None:
    folder = GOLDENS / case
    arguments = (folder / "args").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    printed = run(arguments, folder, name)
    assert printed.out.encode() == (folder / f"{name}.out").read_bytes()
    assert printed.err.encode() == (folder / f"{name}.err").read_bytes()
