"""The published JSON Schema is the model's, and every report satisfies it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from perftool.store import reports, schema
from tests.render import samples

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema" / "report-1.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    document = msgspec.json.decode(PUBLISHED.read_bytes())
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def test_the_published_schema_has_not_drifted() -> None:
    assert PUBLISHED.read_bytes() == schema.encoded(), "make schema"


def test_it_can_be_written_anew(tmp_path: Path) -> None:
    assert schema.main([str(tmp_path / "s.json")]) == 0
    assert (tmp_path / "s.json").read_bytes() == schema.encoded()


@pytest.mark.parametrize("path", sorted(samples.FOLDER.glob("*.json")), ids=lambda p: p.stem)
def test_every_report_satisfies_it(path: Path, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(msgspec.json.decode(reports.encode(reports.read(path))))


def damaged(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(reports.encode(samples.bench()))
    return document | changes


@pytest.mark.parametrize(
    "changes",
    [{"schema_version": "2.0"}, {"payload": {"kind": "unheard"}}, {"measurements": [{"suite": 3}]}, {"verdict": None}],
    ids=str,
)
def test_it_refuses_what_the_reader_refuses(
    changes: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    assert not validator.is_valid(damaged(**changes))
    with pytest.raises(reports.InputError):
        reports.decode(msgspec.json.encode(damaged(**changes)), name="r")


def test_a_field_of_a_later_minor_version_is_allowed(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(damaged(schema_version="1.9", colour="blue"))
