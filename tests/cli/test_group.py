"""Commands are found by file name, and help is plain and grouped."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer._click import Context

from perftool import discovery
from perftool.cli import group

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

COMMANDS = discovery.names(group.PACKAGE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_file_says_its_sentence_and_panel(name: str) -> None:
    panel, sentence = group.summary(name)
    module = importlib.import_module(f"{group.PACKAGE}.{name}")
    assert panel == module.PANEL
    assert panel in group.PANELS
    assert sentence == module.__doc__.splitlines()[0].rstrip(".")
    assert len(sentence) <= 80


def leaves(name: str) -> list[tuple[str, Any]]:
    """Return (path, function) of a command file's command or of each of its sub-commands."""
    command = importlib.import_module(f"{group.PACKAGE}.{name}").command
    spelled = name.replace("_", "-")
    if isinstance(command, typer.Typer):
        return [(f"{spelled} {info.name}", info.callback) for info in command.registered_commands]
    return [(spelled, command)]


@pytest.mark.parametrize(("path", "function"), [leaf for name in COMMANDS for leaf in leaves(name)])
def test_every_command_begins_with_a_sentence_and_has_three_examples(path: str, function: Any) -> None:
    sentence, *rest = function.__doc__.splitlines()
    assert sentence.endswith(".")
    lines = [line.strip() for line in rest]
    examples = lines[lines.index("Examples:") + 1 :]
    assert sum(example.startswith(f"perftool {path}") for example in examples) >= 3


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_keeps_examples_on_their_lines(name: str, run: Run) -> None:
    ran = run(name.replace("_", "-"), "--help")
    assert ran.code == 0
    assert f"    perftool {name.replace('_', '-')}" in ran.out
    assert "--install-completion" not in ran.out


def test_help_groups_commands_by_panel(run: Run) -> None:
    text = run("--help").out
    shown = [panel for panel in group.PANELS if f"\n{panel}:\n" in text]
    assert [text.index(f"\n{panel}:\n") for panel in shown] == sorted(text.index(f"\n{panel}:\n") for panel in shown)
    assert all(f"  {name.replace('_', '-')} " in text for name in COMMANDS)
    assert max(map(len, text.splitlines())) <= 80


def test_a_command_without_source_text_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group.importlib.util, "find_spec", lambda name: SimpleNamespace(origin="show.pyc"))
    assert group.summary("show") == ("Guard", "Show a stored report in any format")


@pytest.mark.parametrize(
    ("source", "panel"),
    [
        ('"""Do it."""\nPANEL = "Find"\n', "Find"),
        ('"""Do it."""\nPANEL: str = "Tune"\n', "Tune"),
        ('"""Do it."""\n', ""),
    ],
)
def test_the_panel_is_read_from_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, panel: str
) -> None:
    path = tmp_path / "x.py"
    path.write_text('"""Do it."""\n' + source)
    monkeypatch.setattr(group.importlib.util, "find_spec", lambda name: SimpleNamespace(origin=str(path)))
    assert group.summary("x") == (panel, "Do it")


def test_descriptions_are_wrapped_but_for_indented_lines() -> None:
    def described(text: str | None) -> str:
        formatter = Context(group.PlainCommand("x")).make_formatter()
        group.write_description(text, formatter)
        return formatter.getvalue()

    assert described(None) == ""
    text = described("One sentence.\n\n" + "word " * 40 + "\nmore.\n\nExamples:\n    a  b\n    c\n")
    assert "\n  Examples:\n      a  b\n      c\n" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_root_refuses_to_be_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    from perftool.cli import main

    monkeypatch.setattr(typer.main, "get_command", lambda app: object())
    with pytest.raises(TypeError):
        main._root()
