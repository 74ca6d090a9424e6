"""Reports survive the disk, and damaged ones are refused in one line with file and position."""

from __future__ import annotations

import copy
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.errors import InputError, UsageError
from perftool.model.measurement import Measurement
from perftool.model.verdict import Verdict
from perftool.render import dispatch
from perftool.render.api import RenderOptions
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAMPLES = sorted(samples.FOLDER.glob("*.json"))
finite = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(max_size=8)
measurements = st.builds(
    Measurement,
    suite=words,
    case=words,
    unit=words,
    better=st.sampled_from(["lower", "higher", "unknown"]),
    values=st.lists(finite, max_size=5).map(tuple),
    parameters=st.dictionaries(words, words, max_size=3),
    gates=st.booleans(),
    exact=st.booleans(),
)


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        reports.decode(data, name="r.json")
    assert "\n" not in caught.value.message
    assert caught.value.message.startswith("r.json")
    return caught.value.message


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_every_published_report_still_loads_and_survives(path: Path) -> None:
    report = reports.read(path)
    assert reports.decode(reports.encode(report), name="again") == report


@given(st.lists(measurements, max_size=4))
def test_report_to_json_to_report(found: list[Measurement]) -> None:
    report = msgspec.structs.replace(samples.bench(), measurements=tuple(found))
    again = reports.decode(reports.encode(report), name="r")
    assert again == report
    assert reports.decode(reports.encode(again), name="r") == again


@given(st.text(alphabet='[]{}"\\\n 0123456789.,eE-+x'))
def test_joining_lines_of_numbers_leaves_text_alone(text: str) -> None:
    report = msgspec.structs.replace(
        samples.bench(), verdict=Verdict(outcome="pass", headline=text, reasons=(text, text))
    )
    assert reports.decode(reports.encode(report), name="r") == report


def test_a_list_of_numbers_stays_on_one_line() -> None:
    assert b'"values": [1.0, 2.5]' in reports.encode(with_values(1.0, 2.5))


def with_values(*values: float, blocks: tuple[int, ...] = ()) -> reports.Report:
    measurement = Measurement(suite="s", case="c", unit="sec/op", better="lower", values=values, blocks=blocks)
    return msgspec.structs.replace(samples.bench(), measurements=(measurement,))


def test_build_fills_in_version_tool_and_utc() -> None:
    moment = datetime(2026, 11, 20, 22, 31, 2, 999, tzinfo=timezone(timedelta(hours=2)))
    report = reports.build(
        samples.bench().payload, samples.bench().verdict, samples.ENVIRONMENT, created=moment, warnings=iter(())
    )
    assert report.created == "2026-11-20T20:31:02Z"
    assert report.tool.name == "perftool"
    assert report.schema_version == "1.4"


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=len(reports.encode(with_values(1.0))) - 2))
def test_truncated_anywhere_is_one_line_with_the_position(cut: int) -> None:
    data = reports.encode(with_values(1.0))[:cut]
    if data.strip():
        line = data.count(b"\n") + 1
        assert refused(data).startswith(f"r.json:{line}:")
    else:
        assert "empty" in refused(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_noise_is_refused(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"[1, 2]", "not a perftool report: expected `object`, got `array`"),
        (b"null", "not a perftool report"),
        (b'{"benchmarks": []}', "missing required field `schema_version`"),
        (b'{"schema_version": 1, "tool": {"name": "perftool"}}', "at `$.schema_version`"),
        (b'{"schema_version": "1.0", "tool": {"name": "pyperf"}}', "it was written by 'pyperf'"),
        (b'{"schema_version": "1.0",\n "tool": nul}', "r.json:2:14: not JSON"),
        ('{"a": "é" x}'.encode(), "r.json:1:11: not JSON"),
        (b"\xff\xfe{\x00", "r.json:1:1: not JSON: the text is UTF-16"),
        (b'{"a": "\xff"}', "r.json"),
        (b"[" * 100_000, "r.json"),
        (b"\x00" * 50, "r.json:1:1: not JSON"),
        (b'{"schema_version": "1.0", "tool": {"name": "perftool", "version": "1"}}', "missing required field"),
    ],
)
def test_foreign_and_malformed_files_are_told_apart(data: bytes, told: str) -> None:
    assert told in refused(data)


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert (
        reports.decode(b"\xef\xbb\xbf" + reports.encode(with_values(1.0)), name="r").measurements
        == with_values(1.0).measurements
    )


def test_a_wrong_type_deep_inside_is_named_by_its_path() -> None:
    data = reports.encode(with_values(1.0, 2.0)).replace(b"[1.0, 2.0]", b'[1.0, "x"]')
    assert "expected `float`, got `str` - at `$.measurements[0].values[1]`" in refused(data)


def test_a_field_that_a_later_minor_version_adds_is_ignored() -> None:
    document = msgspec.json.decode(reports.encode(with_values(1.0)))
    document |= {"schema_version": "1.7", "colour": "blue"}
    assert reports.decode(msgspec.json.encode(document), name="r").schema_version == "1.7"


def test_contradictions_are_refused_when_read_and_a_bug_when_written() -> None:
    good = msgspec.json.encode(with_values(1.0, 2.0, blocks=(0, 1)))
    assert "2 values but 1 block numbers" in refused(good.replace(b'"blocks":[0,1]', b'"blocks":[0]'))
    with pytest.raises(ValueError, match="2 values but 1"):
        reports.encode(with_values(1.0, 2.0, blocks=(0,)))
    with pytest.raises(InputError, match="not to be written as JSON: expected a finite number, got inf"):
        reports.encode(with_values(float("inf")))


def test_any_part_replaced_by_anything_is_read_or_refused_in_one_line() -> None:
    """And what is read can be shown: no renderer meets a report that contradicts itself."""
    source = random.Random(2)
    wrong = [None, -1, 0, 1e308, 10**30, "", "x", [], {}, True, "\x00\x1b\n", [1], 0.5]
    documents = [msgspec.json.decode(path.read_bytes()) for path in SAMPLES]
    for _ in range(400):
        document = copy.deepcopy(source.choice(documents))
        owner, key = source.choice(list(places(document)))
        if source.random() < 0.3:
            del owner[key]
        else:
            owner[key] = source.choice(wrong)
        report, told = decoded(msgspec.json.encode(document))
        assert "\n" not in told
        if report is not None:
            for name in ("text", "markdown", "csv"):
                if name in dispatch.available(report.kind):
                    dispatch.render(report, name, RenderOptions())


def decoded(data: bytes) -> tuple[reports.Report | None, str]:
    try:
        return reports.decode(data, name="r.json"), ""
    except InputError as error:
        return None, error.message


def places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (container, key) of every part of a JSON document."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inner:
        yield part, key
        yield from places(value)


def test_a_file_that_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        reports.read(tmp_path / "none.json")
    with pytest.raises(UsageError, match="is a directory"):
        reports.read(tmp_path)


def test_of_a_huge_file_that_is_no_report_only_the_head_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(InputError, match=r"huge\.json:1:1: not JSON"):
        reports.read(path)


def test_runs_are_saved_beside_each_other_with_the_latest(tmp_path: Path) -> None:
    folder = tmp_path / ".perftool" / "reports"
    first = reports.save_run(samples.bench(), folder, "sql parse/é")
    second = reports.save_run(with_values(1.0), folder, "sql parse/é")
    assert first.name == "20261120-203102-sql-parse-é.json"
    assert second.name == "20261120-203102-sql-parse-é-2.json"
    assert reports.read(folder / "latest.json") == reports.read(second)
    assert (folder / ".gitignore").read_text().splitlines()[-1] == "*"


def test_only_the_newest_runs_are_kept(tmp_path: Path) -> None:
    for day in range(1, 6):
        made = reports.build(
            samples.bench().payload,
            samples.bench().verdict,
            samples.ENVIRONMENT,
            created=datetime(2026, 1, day, tzinfo=UTC),
        )
        reports.save_run(made, tmp_path, "x", keep=2)
    assert sorted(path.name[:8] for path in tmp_path.glob("2*.json")) == ["20260104", "20260105"]
    assert (tmp_path / "latest.json").exists()


@pytest.mark.parametrize(("name", "safe"), [("../../etc", "etc"), ("a b/c", "a-b-c"), ("", "run"), ("...", "run")])
def test_path_safe(name: str, safe: str) -> None:
    assert reports.path_safe(name) == safe
