"""When a shell is used, and when not."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.bench.processes.shell import argv_for
from perftool.errors import UsageError


@pytest.mark.parametrize(
    "line",
    [
        "true",
        "python -c 'print(1); x = {}'",
        'grep "two words" file',
        "a\\ b c",
        "echo '$HOME'",
        "echo \\$HOME",
        'x "a;b"',
    ],
)
def test_plain_lines_start_the_program(line: str) -> None:
    assert argv_for(line) == tuple(shlex.split(line))


@pytest.mark.parametrize(
    "line",
    ["a | b", "a && b", "a; b", "a > f", "echo $HOME", 'echo "$HOME"', "echo `date`", "ls *.py", "A=1 b", "~/x", "a &"],
)
@pytest.mark.parametrize("before", ["", "  "])
def test_lines_that_need_a_shell_get_one(line: str, before: str) -> None:
    assert argv_for(before + line) == ("sh", "-c", before + line)


@pytest.mark.parametrize(
    "line",
    ["exit 3", "cd x", ": nothing", "ulimit -n", "echo {a,b}", "! true", "a # comment", "a\nb", 'echo "it\'s $HOME"'],
)
def test_so_do_words_that_only_a_shell_knows(line: str) -> None:
    assert argv_for(line) == ("sh", "-c", line)


def test_choices() -> None:
    assert argv_for("a | b", "none") == ("a", "|", "b")
    assert argv_for("true", "sh") == ("sh", "-c", "true")
    assert argv_for("true", "bash --norc") == ("bash", "--norc", "-c", "true")
    assert argv_for("true", "default") == ("true",)


@pytest.mark.parametrize(
    ("line", "shell", "message"),
    [
        ("", "auto", "empty"),
        ("  ", "sh", "empty"),
        ("a 'b", "auto", "no closing quotation"),
        ("''", "auto", "not found|quotation"),
        ("# only", "none", ""),
        ("true", " ", "--shell is empty"),
    ],
)
def test_bad_lines(line: str, shell: str, message: str) -> None:
    if line in {"''", "# only"}:
        assert argv_for(line, shell)  # a word, if a strange one: starting it says so
        return
    with pytest.raises(UsageError, match=message):
        argv_for(line, shell)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="ab '\"\\;$*{}=~#|", min_size=1, max_size=12).map(lambda t: f"printf %s. {t}"))
def test_without_a_shell_the_words_are_those_a_shell_would_see(line: str) -> None:
    try:
        argv = argv_for(line)
    except UsageError:
        return
    if argv[0] == "sh":
        return
    shell = subprocess.run(["sh", "-c", line], capture_output=True)
    assert subprocess.run(argv, capture_output=True).stdout == shell.stdout
