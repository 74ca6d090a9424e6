from __future__ import annotations

import re

import pytest

from perftool.render.api import RenderOptions
from perftool.render.formats.lines import FORMAT
from tests.render.hostile import NAMES, spoil
from tests.render.samples import SAMPLES


def lines(**options: bool) -> list[str]:
    shown = FORMAT.render(SAMPLES["lint"](), RenderOptions(**options))  # type: ignore[arg-type]
    assert isinstance(shown, str)
    return shown.splitlines()


def test_a_line_per_finding_and_the_verdict() -> None:
    shown = lines()
    assert shown[0] == "app/reports.sql:3:8: COR001 error is never true: the query returns no rows"
    assert shown[-1] == "✗ 2 errors, 4 warnings, 1 info in 3 of 823 files"
    assert len(shown) == 7 + 1
    assert all(re.fullmatch(r".+:\d+:\d+: [A-Z]+\d+ (error|warning|info) .+", line) for line in shown[:-1])


def test_long_lines_stay_whole() -> None:
    shown = FORMAT.render(SAMPLES["lint"](), RenderOptions(width=24))
    assert str(shown).splitlines() == lines()


def test_quiet_is_the_verdict_alone() -> None:
    assert lines(quiet=True) == ["✗ 2 errors, 4 warnings, 1 info in 3 of 823 files"]
    assert lines(quiet=True, ascii_only=True) == ["FAIL 2 errors, 4 warnings, 1 info in 3 of 823 files"]


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_no_name_makes_another_line(name: str) -> None:
    shown = FORMAT.render(spoil(SAMPLES["lint"](), name), RenderOptions())
    assert len(str(shown).split("\n")) == 7 + 1 + 1
