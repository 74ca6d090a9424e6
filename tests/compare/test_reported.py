"""Measurements of reports: a run just taken is compared like a stored one."""

from __future__ import annotations

import io

from perftool.compare import inputs
from perftool.compare.reported import imported
from perftool.store import reports
from tests.render import samples


def test_a_run_just_taken_is_what_its_file_is() -> None:
    report = samples.bench()
    assert imported(report, "r.json") == inputs.read(io.BytesIO(reports.encode(report)), "r.json")
