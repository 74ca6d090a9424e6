"""Progress on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import contextlib
import io
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from perftool.cli.progress import ProgressLine
from perftool.events import Progress

if TYPE_CHECKING:
    import pytest


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


EVENT = Progress(done=3, total=12, activity="block 3 of 12", remaining_s=83.4)


def test_elsewhere_a_line_comes_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with ProgressLine(clock=clock, interval_s=10) as line:
        line.progress(EVENT)
        clock.seconds = 10
        line.progress(EVENT)
        clock.seconds = 12
        line.progress(EVENT)
        clock.seconds = 20
        line.progress(Progress(done=4, total=None, activity="commands"))
        line.note("a note")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["3/12  block 3 of 12  1:23 left", "4  commands", "a note"]


def test_quiet_keeps_notes(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine(quiet=True, interval_s=0) as line:
        line.progress(EVENT)
        line.note("a note")
    assert capsys.readouterr().err == "a note\n"


class Terminal(io.StringIO):
    """A terminal that keeps what it was told."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_and_loses_it_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressLine() as line:
        line.progress(EVENT)
        line.progress(Progress(done=4, total=12, activity="[bold]block 4"))
        line.note("a [red]note")
    text = terminal.getvalue()
    assert "a [red]note" in text
    assert "12" in text
    assert text.endswith(("\x1b[2K", "\x1b[?25h", "\n")), "the bar is wiped"


def test_a_bar_is_redrawn_only_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, clock = Terminal(), Clock()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressLine(clock=clock) as line:
        for done in range(1, 13):
            clock.seconds += 0.0625
            line.progress(Progress(done=done, total=12, activity=f"<{done}>"))
    drawn = [done for done in range(1, 13) if f"<{done}>" in terminal.getvalue()]
    assert drawn == [1, 5, 9, 12]


def test_an_exception_removes_the_bar_too(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    with contextlib.suppress(KeyboardInterrupt), ProgressLine() as line:
        line.progress(EVENT)
        raise KeyboardInterrupt
    assert "\x1b[?25h" in terminal.getvalue(), "the cursor is back"
