"""Older reports are upgraded step by step, newer ones refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from perftool.errors import InputError
from perftool.store import reports, upgrade
from tests.render import samples


def from_0(document: dict[str, Any]) -> dict[str, Any]:
    """The step that a version 0.9 would have needed: it called measurements "results" and kept times in ms."""
    upgraded = {key: value for key, value in document.items() if key != "results"}
    upgraded["measurements"] = [
        {**result, "unit": "sec/op", "values": [value / 1000 for value in result["ms"]]}
        for result in document["results"]
    ]
    upgraded["schema_version"] = "1.0"
    return upgraded


def old_report() -> dict[str, Any]:
    """A report as version 0.9 would have written it."""
    document: dict[str, Any] = msgspec.json.decode(reports.encode(samples.bench()))
    del document["measurements"]
    document["schema_version"] = "0.9"
    document["results"] = [{"suite": "s", "case": "c", "better": "lower", "ms": [1.5, 2.5]}]
    return document


def test_an_older_major_is_upgraded_when_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "STEPS", {0: from_0})
    report = reports.decode(msgspec.json.encode(old_report()), name="old.json")
    assert report.schema_version == "1.0"
    (measurement,) = report.measurements
    assert measurement.unit == "sec/op"
    assert measurement.values == (0.0015, 0.0025)


def test_steps_are_taken_in_order() -> None:
    steps = {n: (lambda document, n=n: {**document, "trace": [*document["trace"], n]}) for n in range(5)}
    assert upgrade.upgrade({"trace": []}, major=1, name="f", target=4, steps=steps) == {"trace": [1, 2, 3]}
    assert upgrade.upgrade({"trace": []}, major=4, name="f", target=4, steps=steps) == {"trace": []}


def test_newer_is_refused_with_a_way_out() -> None:
    with pytest.raises(InputError, match=r"^r\.json: report version 2\.0 is newer") as caught:
        reports.decode(b'{"schema_version": "2.0", "tool": {"name": "perftool"}}', name="r.json")
    assert caught.value.hint == "pip install --upgrade perftool"


def test_too_old_is_refused() -> None:
    with pytest.raises(InputError, match=r"0\.9 is too old"):
        reports.decode(msgspec.json.encode(old_report()), name="old.json")


def test_a_damaged_old_report_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "STEPS", {0: from_0})
    document = old_report()
    del document["results"]
    with pytest.raises(InputError, match="not a valid report of version 0"):
        reports.decode(msgspec.json.encode(document), name="old.json")


@pytest.mark.parametrize("version", ["", "1", "one.two", "1.0.0", "-1.0", "1.", ".1", "1.٣", "v1.0"])
def test_a_strange_version_is_refused(version: str) -> None:
    with pytest.raises(InputError, match="is not a version"):
        upgrade.parse(version, name="f")
