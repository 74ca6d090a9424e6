from __future__ import annotations

import msgspec
import pytest

from perftool.model.diagnostic import Diagnostic, Span
from perftool.render import dispatch
from perftool.render.api import RenderOptions
from tests.render.samples import SAMPLES

FOUND = (
    Diagnostic(
        code="COR001",
        severity="error",
        message="is never true",
        span=Span(path="app/a.sql", start=4, end=9, line=3, column=9),
        help="write IS NULL",
    ),
    Diagnostic(code="PER007", severity="warning", message="reads the whole table"),
)


@pytest.mark.parametrize("name", ["text", "terminal", "markdown", "html"])
@pytest.mark.parametrize("sample", [name for name in SAMPLES if name != "lint"])
def test_every_kind_shows_its_diagnostics(sample: str, name: str) -> None:
    report = msgspec.structs.replace(SAMPLES[sample](), diagnostics=FOUND)
    shown = dispatch.render(report, name, RenderOptions(width=120))
    assert isinstance(shown, str)
    assert "app/a.sql:3:9 COR001 is never true; do: write IS NULL" in shown
    assert "PER007 reads the whole table" in shown
