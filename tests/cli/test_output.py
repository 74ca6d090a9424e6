"""Reports go where the user wants them, and the verdict becomes the exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from perftool.cli import output
from perftool.cli.output import OutputOptions, emit, write_stdout
from perftool.errors import OutputError, UsageError
from perftool.model.verdict import Verdict
from perftool.store import reports
from tests.render import lint_sample, samples


def judged(outcome: Any, *, undecidable: bool = False) -> Any:
    return msgspec.structs.replace(
        samples.bench(), verdict=Verdict(outcome=outcome, headline="so it is", undecidable=undecidable)
    )


@pytest.mark.parametrize(
    ("outcome", "undecidable", "plain", "strict"),
    [
        ("pass", False, 0, 0),
        ("warn", False, 0, 0),
        ("fail", False, 1, 1),
        ("inconclusive", False, 0, 1),
        ("inconclusive", True, 3, 3),
        ("pass", True, 3, 3),
    ],
)
def test_exit_codes(outcome: str, undecidable: bool, plain: int, strict: int) -> None:
    report = judged(outcome, undecidable=undecidable)
    assert emit(report, OutputOptions()) == plain
    assert emit(report, OutputOptions(strict=True)) == strict
    assert emit(report, OutputOptions(strict=True, judge=False)) == 0


def test_the_default_is_text_and_next_steps_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    emit(judged("pass"), OutputOptions(next_steps=("report  a.json", "next    b")))
    out, err = capsys.readouterr()
    assert "so it is" in out
    assert err == "report  a.json\nnext    b\n"
    emit(judged("pass"), OutputOptions(next_steps=("report  a.json",), quiet=True))
    out, err = capsys.readouterr()
    assert out.splitlines() == ["✓ so it is"]
    assert err == ""


def test_several_formats_follow_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    emit(judged("pass"), OutputOptions(formats=["csv", "json"]))
    out = capsys.readouterr().out
    assert out.index("suite,") < out.index('"schema_version"')


def test_files_have_the_format_of_their_suffix_or_the_one_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    emit(judged("pass"), OutputOptions(outputs=["a.json", "sub/b.csv", "markdown=summary", "x=y.json"]))
    assert reports.read(Path("a.json")) == reports.decode(reports.encode(judged("pass")), name="r")
    assert Path("sub/b.csv").read_text().startswith("suite,")
    assert "|" in Path("summary").read_text()
    assert Path("x=y.json").exists()
    assert "so it is" in capsys.readouterr().out


def test_a_file_without_a_suffix_takes_the_only_format(tmp_path: Path) -> None:
    target = tmp_path / "plain"
    emit(judged("pass"), OutputOptions(formats=["csv"], outputs=[str(target)]))
    assert target.read_text().startswith("suite,")


@pytest.mark.parametrize(
    "options",
    [
        OutputOptions(formats=["jsno"]),
        OutputOptions(outputs=["file.unheard"]),
        OutputOptions(outputs=[""]),
        OutputOptions(formats=["text", "csv"], outputs=["plain"]),
    ],
    ids=str,
)
def test_wrong_formats_write_nothing(
    options: OutputOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        emit(judged("pass"), options)
    with pytest.raises(UsageError):
        output.check(options, "bench")
    assert capsys.readouterr().out == ""
    assert not list(tmp_path.iterdir())


def test_a_format_that_cannot_show_the_kind_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    options = OutputOptions(outputs=[str(tmp_path / "a.json"), f"gobench={tmp_path / 'b.txt'}"])
    with pytest.raises(UsageError, match="gobench") as caught:
        emit(samples.setup(), options)
    assert "json" in str(caught.value.hint)
    assert not list(tmp_path.iterdir())
    output.check(options, "bench")


class Broken(io.BytesIO):
    """Bytes that cannot be written."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, data: Any) -> int:
        raise self.error


def stdout(raw: Any, encoding: str = "utf-8", *, terminal: bool = False) -> Any:
    stream = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
    stream.isatty = lambda: terminal  # type: ignore[method-assign]
    return stream


def test_a_closed_pipe_keeps_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", stdout(Broken(BrokenPipeError())))
    assert emit(judged("fail"), OutputOptions()) == 1


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", stdout(Broken(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))))
    with pytest.raises(OutputError, match="no space left on device"):
        emit(judged("pass"), OutputOptions())


def test_an_output_that_knows_only_ascii_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", stdout(raw, "ascii"))
    emit(judged("pass"), OutputOptions())
    assert raw.getvalue().isascii()
    assert b"so it is" in raw.getvalue()


def test_names_that_are_no_unicode_do_not_stop_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", stdout(raw))
    output.write_stdout("file \udcff")
    assert raw.getvalue() == b"file \\udcff"


@pytest.mark.parametrize(
    ("terminal", "environment", "wanted"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colours_only_on_a_terminal_that_wants_them(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, environment: dict[str, str], wanted: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", stdout(io.BytesIO(), terminal=terminal))
    assert output.colour_wanted() is wanted


def test_a_terminal_gets_its_own_format_at_its_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stdout", stdout(raw, terminal=True))
    emit(judged("pass"), OutputOptions())
    assert b"\x1b[" in raw.getvalue()


def test_messages_of_a_format_go_to_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output.dispatch, "messages", lambda report, name, options: f"{name} says so")
    emit(judged("pass"), OutputOptions(formats=["csv", "text", "csv"]))
    assert capsys.readouterr().err == "csv says so\ntext says so\n"


def test_quiet_is_about_the_screen_not_about_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    emit(judged("pass"), OutputOptions(outputs=[str(tmp_path / "quiet.md")], quiet=True))
    assert capsys.readouterr().out == "✓ so it is\n"
    emit(judged("pass"), OutputOptions(outputs=[str(tmp_path / "full.md")]))
    assert (tmp_path / "quiet.md").read_text() == (tmp_path / "full.md").read_text()


def test_outputs_that_cannot_both_be_written_are_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "a.md")
    with pytest.raises(UsageError, match="as markdown and as csv"):
        emit(judged("pass"), OutputOptions(outputs=[path, f"csv={path}"]))
    with pytest.raises(OutputError, match="is a directory"):
        emit(judged("pass"), OutputOptions(outputs=[f"csv={tmp_path}"]))
    assert list(tmp_path.iterdir()) == []
    emit(judged("pass"), OutputOptions(outputs=[path, path]))


def test_a_long_text_is_written_in_pieces_but_is_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoding that opens with a mark must not repeat it in every piece."""
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="utf-16"))
    text = "µ±✓\n" * 100_000
    write_stdout(text)
    assert raw.getvalue().decode("utf-16") == text


def test_pieces_are_written_as_they_come_and_a_closed_pipe_asks_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0

    def pieces() -> Any:
        nonlocal taken
        for _ in range(100):
            taken += 1
            yield "x" * 100_000

    monkeypatch.setattr(sys, "stdout", stdout(Broken(BrokenPipeError())))
    output.write_pieces(pieces())
    assert taken < 5


def test_findings_show_the_source_that_is_given(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    options = OutputOptions(source=lint_sample.quote, outputs=[str(path)], judge=False)
    assert emit(samples.lint(), options) == 0
    out = capsys.readouterr().out
    assert "━━━━━━━━━━━━━━━━ is never true" in out
    assert path.read_text() == out


def test_statistics_and_skipped_files_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    emit(samples.lint(), OutputOptions(statistics=True, show_skipped=True))
    out = capsys.readouterr().out
    assert "findings by rule" in out
    assert "etl/dump.sql: permission denied" in out
