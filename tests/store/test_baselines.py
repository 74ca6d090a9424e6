"""Baselines by environment and name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from perftool.errors import InputError, OutputError, UsageError
from perftool.model.bench import BenchPayload
from perftool.model.environment import Source
from perftool.model.measurement import Measurement
from perftool.model.verdict import Verdict
from perftool.store import baselines
from tests.render import samples

if TYPE_CHECKING:
    from perftool.model.report import Report

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
replace = msgspec.structs.replace


def bench(label: str = "ci-linux-x64", *, dirty: bool = False, created: str = samples.CREATED) -> Report:
    source = Source(commit="4f2c91a", branch="main", dirty=dirty)
    environment = replace(samples.ENVIRONMENT, label=label, source=source)
    verdict = Verdict(outcome="pass", headline="5 cases measured")
    return replace(samples.bench(), environment=environment, verdict=verdict, created=created)


def incomplete() -> Report:
    report = bench()
    assert isinstance(report.payload, BenchPayload)
    return replace(report, payload=replace(report.payload, complete=False))


def judged(outcome: Any, *, undecidable: bool = False) -> Report:
    return replace(bench(), verdict=Verdict(outcome=outcome, headline="so it is", undecidable=undecidable))


def test_a_baseline_is_the_whole_report_and_who_allowed_it(tmp_path: Path) -> None:
    path = baselines.save(tmp_path, "main", bench(), saved=NOON, reason="first", buffer=0.1)
    assert path == tmp_path / "ci-linux-x64" / "main.json"
    stored = baselines.load(tmp_path, "main", "ci-linux-x64")
    assert stored.measurements == bench().measurements
    assert stored.baseline is not None
    assert (stored.baseline.saved, stored.baseline.reason, stored.baseline.buffer, stored.baseline.forced) == (
        "2026-11-20T12:00:00Z",
        "first",
        0.1,
        False,
    )


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (bench(dirty=True), "dirty"),
        (incomplete(), "interrupted"),
        (judged("inconclusive"), "inconclusive: so it is"),
        (judged("fail"), "fail: so it is"),
        (judged("pass", undecidable=True), "undecidable"),
    ],
)
def test_a_doubtful_run_is_refused_unless_forced(tmp_path: Path, report: Report, told: str) -> None:
    with pytest.raises(InputError, match=told):
        baselines.save(tmp_path, "main", report, saved=NOON)
    assert not list(tmp_path.iterdir())
    baselines.save(tmp_path, "main", report, saved=NOON, force=True)
    stored = baselines.load(tmp_path, "main")
    assert stored.baseline is not None
    assert stored.baseline.forced


def test_force_is_recorded_only_where_it_was_needed(tmp_path: Path) -> None:
    baselines.save(tmp_path, "main", bench(), saved=NOON, force=True)
    info = baselines.load(tmp_path, "main").baseline
    assert info is not None
    assert not info.forced


@pytest.mark.parametrize("report", [samples.compare(), replace(bench(), measurements=())])
def test_what_has_no_samples_cannot_be_one_even_when_forced(tmp_path: Path, report: Report) -> None:
    with pytest.raises(InputError, match="a baseline is a bench report"):
        baselines.save(tmp_path, "main", report, saved=NOON, force=True)


def test_save_does_not_replace_and_update_does_not_create(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="to update"):
        baselines.save(tmp_path, "main", bench(), saved=NOON, replace=True)
    baselines.save(tmp_path, "main", bench(), saved=NOON)
    with pytest.raises(UsageError, match="exists already") as caught:
        baselines.save(tmp_path, "main", bench(), saved=NOON)
    assert caught.value.hint == "perftool baseline update main"
    baselines.save(tmp_path, "main", bench(), saved=NOON, replace=True)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "con", "NUL.txt", "x" * 101, "a\nb", "end."])
def test_names_that_are_no_file_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a baseline"):
        baselines.save(tmp_path, name, bench(), saved=NOON)
    with pytest.raises(UsageError, match="cannot name a baseline"):
        baselines.find(tmp_path, name)


def test_a_label_cannot_leave_the_folder(tmp_path: Path) -> None:
    path = baselines.save(tmp_path / "baselines", "main", bench("../../out"), saved=NOON)
    assert path.is_relative_to(tmp_path / "baselines")


def test_the_own_environment_is_preferred_then_the_newest(tmp_path: Path) -> None:
    for label, created in [("a", "2026-01-01T00:00:00Z"), ("b", "2026-01-03T00:00:00Z"), ("c", "2026-01-02T00:00:00Z")]:
        baselines.save(tmp_path, "main", bench(label, created=created), saved=NOON)
    assert baselines.load(tmp_path, "main", "a").environment.label == "a"
    assert baselines.load(tmp_path, "main", "elsewhere").environment.label == "b"
    assert baselines.load(tmp_path, "main").environment.label == "b"


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is none yet"):
        baselines.find(tmp_path, "main")
    baselines.save(tmp_path, "release", bench(), saved=NOON)
    with pytest.raises(UsageError, match="no baseline named 'relaese'") as caught:
        baselines.find(tmp_path, "relaese")
    assert caught.value.hint == "did you mean 'release'?"


def test_a_reference_says_whether_times_may_be_compared(tmp_path: Path) -> None:
    baselines.save(tmp_path, "main", bench(), saved=NOON, buffer=0.1)
    stored = baselines.load(tmp_path, "main")
    same = baselines.reference(stored, bench().environment)
    assert (same.name, same.same_environment, same.buffer) == ("main", True, 0.1)
    other_cpu = replace(bench().environment, cpu=replace(samples.ENVIRONMENT.cpu, model="another"))
    assert not baselines.reference(stored, other_cpu).same_environment
    assert not baselines.reference(stored, bench("elsewhere").environment).same_environment
    assert baselines.reference(bench(), bench().environment).name == ""


def test_the_list_is_newest_first_and_warns_of_damaged_files(tmp_path: Path) -> None:
    baselines.save(tmp_path, "old", bench(), saved=NOON)
    baselines.save(tmp_path, "new", bench(), saved=NOON.replace(hour=13), reason="better", buffer=0.05)
    (tmp_path / "ci-linux-x64" / "broken.json").write_bytes(b"{")
    entries, warnings = baselines.entries(tmp_path)
    assert [entry.name for entry in entries] == ["new", "old"]
    assert (entries[0].reason, entries[0].buffer) == ("better", 0.05)
    assert entries[0].path == f"{tmp_path.name}/ci-linux-x64/new.json"
    assert [(w.code, w.subject) for w in warnings] == [("baseline-unreadable", "ci-linux-x64/broken.json")]
    assert baselines.entries(tmp_path / "none") == ((), ())


def test_remove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for label in ("a", "b"):
        baselines.save(tmp_path, "main", bench(label), saved=NOON)
    with pytest.raises(UsageError, match="exists for a, b"):
        baselines.remove(tmp_path, "main")
    with pytest.raises(UsageError, match="no baseline main for c"):
        baselines.remove(tmp_path, "main", "c")
    assert baselines.remove(tmp_path, "main", "a") == tmp_path / "a" / "main.json"
    assert not (tmp_path / "a").exists()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(OutputError, match="permission denied"):
        baselines.remove(tmp_path, "main")


def test_a_damaged_baseline_is_never_chosen_before_a_sound_one(tmp_path: Path) -> None:
    baselines.save(tmp_path, "main", bench("b"), saved=NOON)
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / "main.json").write_bytes(b"{")
    assert baselines.load(tmp_path, "main", "elsewhere").environment.label == "b"


def test_too_few_blocks_to_decide_anything_are_refused() -> None:
    """Three blocks a side can never be significant, so such a baseline would leave every row undecided for ever."""
    few = replace(bench(), measurements=(timed(3),))
    assert any("fewer than 4 blocks" in reason for reason in baselines.refusals(few))
    enough = replace(bench(), measurements=(timed(4),))
    counted = replace(bench(), measurements=(timed(3), replace(timed(1), exact=True)))
    assert not baselines.refusals(enough)
    assert not baselines.refusals(counted), "exact measurements need one sample"


def timed(blocks: int) -> Measurement:
    values = tuple(1.0 + n for n in range(blocks))
    return Measurement(
        suite="s", case="c", unit="cpu-sec/op", better="lower", values=values, blocks=tuple(range(blocks))
    )
