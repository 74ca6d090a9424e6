"""Findings for people: place, rule, source line with what is wrong below it, what to do."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.model.diagnostic import Diagnostic, Fix, Span, TextEdit
from perftool.render.api import RenderOptions
from perftool.render.finding_lines import MOST_DRAWN, finding_lines, one_line
from perftool.render.formats import terminal, text
from perftool.render.visible import width
from tests.render.lint_sample import DIAGNOSTICS, SOURCES, quote
from tests.render.samples import SAMPLES


def drawn(one: Diagnostic, **options: object) -> list[str]:
    chosen = RenderOptions(**{"source": quote, **options})  # type: ignore[arg-type]
    return ["".join(text for text, _ in line).rstrip() for line in finding_lines(one, chosen)]


def shown(**options: object) -> str:
    return text.render(SAMPLES["lint"](), RenderOptions(**{"source": quote, **options}))  # type: ignore[arg-type]


def test_a_finding_shows_its_line_what_is_wrong_and_what_to_do() -> None:
    assert drawn(DIAGNOSTICS[0]) == [
        "app/reports.sql:3:8  COR001 null-comparison  error",
        "  3 │  WHERE o.seen_at = NULL",
        "    │        ━━━━━━━━━━━━━━━━ is never true: the query returns no rows",
        "  do   o.seen_at IS NULL      perftool lint --fix",
        "",
    ]


def test_a_fix_that_is_not_safe_is_not_offered() -> None:
    assert not any("--fix" in line for line in drawn(DIAGNOSTICS[3]))
    assert [line for line in drawn(DIAGNOSTICS[3]) if line.startswith(("  do", "       "))] == [
        "  do   CROSS JOIN (SELECT max(x) AS top FROM t)",
        "       as one more table",
    ]


def test_a_safe_fix_without_advice_is_offered_alone() -> None:
    bare = msgspec.structs.replace(DIAGNOSTICS[0], help=None)
    assert "  do   perftool lint --fix" in drawn(bare)


def test_without_the_source_the_message_stands_alone() -> None:
    assert drawn(DIAGNOSTICS[0], source=None)[1] == "  is never true: the query returns no rows"
    gone = msgspec.structs.replace(DIAGNOSTICS[0], span=Span(path="gone.sql", start=0, end=1, line=1, column=1))
    assert drawn(gone)[:2] == [
        "gone.sql:1:1  COR001 null-comparison  error",
        "  is never true: the query returns no rows",
    ]


def test_a_finding_without_a_place_has_a_heading_all_the_same() -> None:
    nowhere = Diagnostic(code="PT009", severity="warning", message="says nothing", name="")
    assert drawn(nowhere) == ["PT009  warning", "  says nothing", ""]


@pytest.mark.parametrize("number", range(len(DIAGNOSTICS)))
@pytest.mark.parametrize("ascii_only", [False, True])
def test_the_stroke_stands_below_what_it_is_about(number: int, ascii_only: bool) -> None:
    one = DIAGNOSTICS[number]
    assert one.span is not None
    lines = drawn(one, ascii_only=ascii_only)
    bar, stroke = ("|", "^") if ascii_only else ("│", "━")
    under = next(line for line in lines if stroke in line)
    above = lines[lines.index(under) - 1].partition(f"{bar} ")[2]
    below = under.partition(f"{bar} ")[2]
    left, size = below.index(stroke), below.count(stroke)
    marked = SOURCES[one.span.path][one.span.start : one.span.end].decode().splitlines()[0].replace("\t", "    ")
    if not ascii_only:
        assert size == width(marked)
        cut = [i for i in range(len(above) + 1) if width(above[:i]) == left]
        assert above[cut[0] :].startswith(marked)
    else:
        assert above.isascii()
        assert left + size <= len(above)


@pytest.mark.parametrize("columns", [24, 30, 41, 60, 100])
def test_a_long_message_goes_below_the_stroke(columns: int) -> None:
    wordy = msgspec.structs.replace(DIAGNOSTICS[0], message="reads every row of the table " * 4, help="word " * 40)
    lines = drawn(wordy, width=columns)
    assert all(width(line) <= columns for line in lines)
    joined = " ".join(" ".join(line.replace("│", " ") for line in lines).split())
    assert "reads every row of the table reads every row" in joined


_TEXT = st.text(alphabet=st.sampled_from("ab \t\u6f22\u00e9\x00\u202e\u0301\U0001f986"), max_size=150)


@given(_TEXT, _TEXT, _TEXT, st.integers(1, 160), st.integers(0, 160), st.integers(24, 130), st.booleans())
def test_nothing_makes_a_line_wider_than_asked_for(
    line: str, message: str, help_: str, column: int, size: int, columns: int, ascii_only: bool
) -> None:
    span = Span(
        path=message[:20], start=0, end=size, line=10**6, column=column, end_line=10**6, end_column=column + size
    )
    fix = Fix(edits=(TextEdit(start=0, end=1, text=""),))
    odd = Diagnostic(code="PER001", name=line, severity="info", message=message, help=help_, span=span, fix=fix)
    shown = drawn(odd, width=columns, ascii_only=ascii_only, source=lambda *_: line)
    assert all(width(one) <= columns for one in shown)
    assert not ascii_only or all(one.isascii() for one in shown)


def test_a_path_is_never_cut() -> None:
    deep = "very/long/folder/names/" * 5 + "x.sql"
    far = msgspec.structs.replace(DIAGNOSTICS[0], span=Span(path=deep, start=0, end=1, line=12, column=3))
    lines = drawn(far, width=60)
    assert "".join(lines[:3]) == f"{deep}:12:3"
    assert lines[3] == "  COR001 null-comparison  error"


def test_the_verdict_is_the_last_line_and_quiet_leaves_it_alone() -> None:
    verdict = "✗ 2 errors, 4 warnings, 1 info in 3 of 823 files"
    facts = "2,416 statements, 55 repeated, 1 not analysed, 4 suppressed, 2 in the baseline, 2 files skipped"
    assert verdict in shown()
    assert " ".join(shown().split()).endswith(f"{verdict} {facts} (--show-skipped) · 910 ms (cache 1 %)")
    assert shown(quiet=True).startswith(verdict)
    assert "COR001" not in shown(quiet=True)


def test_statistics_take_the_place_of_the_findings() -> None:
    told = shown(statistics=True)
    assert "findings by rule" in told
    assert "o.seen_at" not in told
    assert "findings by rule" not in shown()


def test_skipped_files_are_listed_when_asked_for() -> None:
    assert "etl/dump.sql: permission denied" in shown(show_skipped=True)
    assert "etl/dump.sql" not in shown()
    assert "2 files skipped (--show-skipped)" in shown(width=160)


def test_verbose_tells_each_file_its_dialect_and_why() -> None:
    told = shown(verbose=True, width=140)
    assert "QUALIFY in 3 statements" in told
    assert "811 files" in told
    assert "QUALIFY" not in shown()


def test_beyond_a_thousand_findings_each_takes_one_line() -> None:
    many = msgspec.structs.replace(SAMPLES["lint"](), diagnostics=DIAGNOSTICS[:1] * (MOST_DRAWN + 3))
    told = text.render(many, RenderOptions())
    assert told.count("\n  is never true") == MOST_DRAWN
    assert "the other 3 in one line each:\n" in told
    assert told.count("app/reports.sql:3:8: COR001 error is never true: the query returns no rows\n") == 3


def test_colours_tell_how_bad_it_is() -> None:
    told = terminal.render(SAMPLES["lint"](), RenderOptions(colour=True, source=quote))
    assert "\x1b[1;31m━━━━━━━━━━━━━━━━\x1b[0m is never true" in told
    assert "\x1b[33m━━━" in told
    assert "\x1b[1;31mCOR001\x1b[0m null-comparison" in told


def test_one_line_is_one_line() -> None:
    assert one_line(DIAGNOSTICS[0]) == ("app/reports.sql:3:8: COR001 error is never true: the query returns no rows")
    odd = msgspec.structs.replace(DIAGNOSTICS[0], message="two\nlines\x1b[31m")
    assert one_line(odd).endswith("two\\nlines\\x1b[31m")


def test_edits_without_a_place_do_not_matter() -> None:
    fix = Fix(edits=(TextEdit(start=0, end=1, text=""),))
    assert drawn(Diagnostic(code="X001", severity="info", message="m", fix=fix))[-2] == "  do   perftool lint --fix"
