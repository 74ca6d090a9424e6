"""A report is encoded bit by bit, and the bits are what the whole would be."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from perftool.errors import InputError
from perftool.model.diagnostic import Diagnostic
from perftool.store import reports
from tests.render.lint_sample import DIAGNOSTICS
from tests.render.samples import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path


class Walked(Sequence[Diagnostic]):
    """Diagnostics that can only be walked over, as those in a file."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: Any) -> Any:
        raise AssertionError("diagnostics are walked over, never picked")

    def __iter__(self) -> Iterator[Diagnostic]:
        return (DIAGNOSTICS[number % len(DIAGNOSTICS)] for number in range(self.count))


def plain(report: reports.Report) -> bytes:
    """Encode ``report`` in one go."""
    pretty = msgspec.json.format(msgspec.json.encode(report, enc_hook=list), indent=2)
    joined = re.sub(rb"\[\n[-+0-9.eE,\s]+\]", lambda match: b"[" + b" ".join(match[0][1:-1].split()) + b"]", pretty)
    return joined + b"\n"


def holding(found: Sequence[Diagnostic]) -> reports.Report:
    return msgspec.structs.replace(SAMPLES["lint"](), diagnostics=found)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_encoded_as_before(sample: str) -> None:
    assert b"".join(reports.pieces(SAMPLES[sample]())) == plain(SAMPLES[sample]()) == reports.encode(SAMPLES[sample]())


@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65, 200])
def test_any_number_of_diagnostics_gives_the_same_bytes(count: int) -> None:
    assert reports.encode(holding(Walked(count))) == plain(holding(tuple(Walked(count))))


def test_text_that_looks_like_the_place_of_the_diagnostics_is_left_alone() -> None:
    odd = msgspec.structs.replace(DIAGNOSTICS[0], message='\n  "diagnostics": [],\n ["\\', help="[\n1,\n2\n]")
    report = msgspec.structs.replace(
        holding((odd,)), verdict=msgspec.structs.replace(SAMPLES["lint"]().verdict, headline='\n  "diagnostics": [')
    )
    assert reports.encode(report) == plain(report)
    assert reports.decode(reports.encode(report), name="r") == report


def test_numbers_in_arrays_are_lists() -> None:
    """Comparing many inputs keeps their values in arrays."""
    bench = SAMPLES["bench"]()
    packed = msgspec.structs.replace(bench.measurements[0], values=array("d", [1.0, 2.5]), blocks=(0, 1))
    report = msgspec.structs.replace(bench, measurements=(packed,))
    assert b'"values": [1.0, 2.5]' in reports.encode(report)
    assert reports.encode(report) == plain(report)


def test_what_cannot_be_written_is_refused_before_the_first_piece() -> None:
    bench = SAMPLES["bench"]()
    wrong = msgspec.structs.replace(bench.measurements[0], values=(float("inf"),), blocks=(0,))
    with pytest.raises(InputError, match="not to be written as JSON"):
        reports.pieces(msgspec.structs.replace(bench, measurements=(wrong,)))


def test_a_saved_run_and_the_latest_are_the_same_bytes(tmp_path: Path) -> None:
    report = holding(Walked(300))
    path = reports.save_run(report, tmp_path, "lint")
    assert path.read_bytes() == (tmp_path / "latest.json").read_bytes() == reports.encode(report)
    reports.write(report, tmp_path / "own.json")
    assert (tmp_path / "own.json").read_bytes() == path.read_bytes()
