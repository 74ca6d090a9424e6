from __future__ import annotations

import pytest

from perftool.render.api import RenderOptions
from perftool.render.formats.json import FORMAT
from perftool.store.reports import decode
from tests.render.samples import SAMPLES


@pytest.mark.parametrize("sample", SAMPLES)
def test_reads_back_as_the_same_report(sample: str) -> None:
    shown = FORMAT.render(SAMPLES[sample](), RenderOptions())
    assert isinstance(shown, bytes)
    assert decode(shown, name="shown.json") == SAMPLES[sample]()
