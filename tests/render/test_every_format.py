"""Every format shows every sample of its kinds, whatever the names in it, and refuses other kinds by name."""

from __future__ import annotations

import json
from functools import cache

import pytest

from perftool.errors import UsageError
from perftool.model.batch import BatchPayload
from perftool.model.bench import BenchPayload, BenchSettings
from perftool.model.comparison import ComparisonPayload
from perftool.model.database import DatabaseFacts
from perftool.model.doctor import DoctorPayload
from perftool.model.history import HistoryPayload
from perftool.model.lint import LintPayload
from perftool.model.listing import BaselinesPayload, ConfigPayload, InspectPayload, SetupPayload
from perftool.model.profile import ProfilePayload
from perftool.model.profile_view import ProfileViewPayload
from perftool.model.query import QueryBatchPayload, QueryPayload, QueryResult, StreamPayload
from perftool.model.report import Report
from perftool.model.statements import StatementsPayload
from perftool.model.tune import Candidate, TunePayload
from perftool.model.verdict import Verdict
from perftool.render import dispatch
from perftool.render.api import RenderOptions
from perftool.store.reports import decode
from tests.render.hostile import NAMES, spoil
from tests.render.samples import FOLDER, SAMPLES, report

KINDS = {
    "bench", "compare", "history", "lint", "batch", "profile", "profile-diff", "profile-view", "config",
    "baselines", "inspect", "setup", "doctor", "tune", "query", "query-batch", "query-stream", "statements",
}  # fmt: skip
EMPTY = {
    "bench": BenchPayload(settings=BenchSettings(blocks=1, samples_per_block=1, min_time_s=0.1, seed=1), cases=()),
    "compare": ComparisonPayload(
        columns=(), row_fields=(), column_fields=(), tables=(), alpha=0.05, confidence=0.95
    ),
    "history": HistoryPayload(runs=(), environments=(), series=(), alpha=0.05, confidence=0.95),
    "lint": LintPayload(files=0, size=0, statements=0, distinct=0),
    "batch": BatchPayload(
        operation="parse", engine="sqlglot", dialect="", items=0, distinct=0, repeated=0, size=0, seconds=0.0,
        statuses={},
    ),
    "config": ConfigPayload(values=()),
    "baselines": BaselinesPayload(entries=()),
    "inspect": InspectPayload(dialect="", statements=(), files=0),
    "setup": SetupPayload(files=()),
    "tune": TunePayload(
        subject="gc", target="", candidates=(Candidate(name="now", settings={}),), winner="now", confidence=0.95
    ),
    "query": QueryPayload(
        database=DatabaseFacts(label="", system="", version="", driver=""),
        results=(QueryResult(name="", digest="", status="skipped"),),
    ),
    "query-stream": StreamPayload(
        database=DatabaseFacts(label="", system="", version="", driver=""), format="", to="", path="", rows=0, size=0,
        seconds=0.0,
    ),
    "query-batch": QueryBatchPayload(databases=(), statuses={}, rows=0, size=0, seconds=0.0, concurrency=1),
    "statements": StatementsPayload(target="", statements=(), count=0, total_s=0.0, seconds=0.0),
    "doctor": DoctorPayload(topic="profile", checks=()),
    "profile": ProfilePayload(target="", engine="", measures=(), duration_s=0.0, rankings=()),
    "profile-view": ProfileViewPayload(name="", engine="", value="cpu", unit="s", values=("cpu",), whole=0.0, seen=0.0),
}  # fmt: skip
OPTIONS = {
    "plain": RenderOptions(),
    "narrow": RenderOptions(width=40, ascii_only=True),
    "rich": RenderOptions(width=140, colour=True, verbose=True),
    "quiet": RenderOptions(quiet=True),
}


def shows(name: str, kind: str) -> bool:
    kinds = dispatch.find(name).kinds
    return kinds is None or kind in kinds


@cache
def made(sample: str) -> Report:
    """Return a sample: reports are frozen, so one of each is enough."""
    return SAMPLES[sample]()


def text(shown: str | bytes) -> str:
    return shown.decode() if isinstance(shown, bytes) else shown


PAIRS = [(f, s) for f in dispatch.names() for s in SAMPLES if shows(f, made(s).kind)]


def test_every_kind_has_a_sample() -> None:
    assert {make().kind for make in SAMPLES.values()} == KINDS


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_files_hold_the_samples(name: str) -> None:
    """The files are what this version wrote; a later version must still read them."""
    path = FOLDER / f"{name}.json"
    assert decode(path.read_bytes(), name=str(path)) == SAMPLES[name]()


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize(("name", "sample"), PAIRS)
def test_shows_every_sample(name: str, sample: str, options: str) -> None:
    shown = text(dispatch.render(made(sample), name, OPTIONS[options]))
    pieces = list(dispatch.pieces(made(sample), name, OPTIONS[options]))
    assert "".join(map(text, pieces)) == shown, "bit by bit it is the same"
    assert shown
    assert shown.endswith("\n")
    assert "None" not in shown or name == "json"


@pytest.mark.parametrize("kind", EMPTY)
@pytest.mark.parametrize("name", dispatch.names())
def test_shows_an_empty_report(name: str, kind: str) -> None:
    if shows(name, kind):
        empty = report(EMPTY[kind], Verdict(outcome="inconclusive", headline="nothing there", undecidable=True))
        dispatch.render(empty, name, RenderOptions(verbose=True))


@pytest.mark.parametrize("name", dispatch.names())
def test_bench_without_measurements(name: str) -> None:
    if shows(name, "bench"):
        full = SAMPLES["bench"]()
        bare = Report(**{f: getattr(full, f) for f in full.__struct_fields__ if f != "measurements"})
        assert text(dispatch.render(bare, name, RenderOptions(verbose=True)))


@pytest.mark.parametrize("hostile", NAMES, ids=lambda n: ascii(n[:18]))
@pytest.mark.parametrize("name", [n for n in dispatch.names() if not n.startswith("benchstat")])
def test_shows_hostile_names(name: str, hostile: str) -> None:
    for sample in SAMPLES:
        if shows(name, made(sample).kind):
            spoiled = spoil(made(sample), hostile)
            for options in OPTIONS.values():
                shown = text(dispatch.render(spoiled, name, options))
                if name not in ("json", "csv"):
                    assert "\x1b[31mred" not in shown, "a name must not drive the terminal"
                    assert "\x07" not in shown
                    assert "\u202e" not in shown


@pytest.mark.parametrize("name", dispatch.names())
def test_refuses_other_kinds_and_names_the_formats_that_work(name: str) -> None:
    for make in SAMPLES.values():
        sample = make()
        if not shows(name, sample.kind):
            with pytest.raises(UsageError, match=f"'{name}' cannot show") as caught:
                dispatch.render(sample, name, RenderOptions())
            assert "text" in (caught.value.hint or "")
            assert name not in (caught.value.hint or "").split(": ")[1].split(", ")


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_human_format_says_the_verdict(sample: str) -> None:
    for name in ("text", "terminal", "markdown", "html"):
        assert made(sample).verdict.headline in text(
            dispatch.render(made(sample), name, RenderOptions(width=120, quiet=True))
        )


@pytest.mark.parametrize("sample", ["bench", "compare"])
def test_human_formats_show_the_same_numbers(sample: str) -> None:
    wanted = {
        "bench": ["31.2 µs ± 1%", "106 µs ± 3%", "18.4 KiB", "1,377", "44.9 µs"],
        "compare": ["1.38 ms ± 2%", "+25.5 %", "+22.1, +28.9", "over 20 %", "−31.0 %", "p=0.12", "~24 blocks", "412"],
    }[sample]
    for name in ("text", "terminal", "markdown", "html"):
        shown = text(dispatch.render(made(sample), name, RenderOptions(width=160))).replace("\\~", "~")
        for number in wanted:
            assert number in shown, f"{name} lacks {number}"


def test_raw_formats_hold_the_same_numbers() -> None:
    bench = made("bench")
    first = bench.measurements[0].values[0]
    assert repr(first) in text(dispatch.render(bench, "csv", RenderOptions()))
    stored = json.loads(dispatch.render(bench, "json", RenderOptions()))
    assert stored["measurements"][0]["values"][0] == first
