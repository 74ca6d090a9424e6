"""Commands that are loaded when they are used, and plain help."""

from __future__ import annotations

import ast
import gc
import importlib
import importlib.util
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from perftool import discovery

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer._click import Command, Context, HelpFormatter

PACKAGE: Final = "perftool.cli.commands"
PANELS: Final = ("Measure", "Find", "Tune", "Guard", "Serve", "Setup")


class PlainCommand(TyperCommand):
    """A command whose help keeps the lines of its examples.

    Its file may name options that can stand without a value, and what they mean then, as ``BARE_OPTIONS``.
    """

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the arguments, a bare option as one with its value."""
        function = inspect.unwrap(self.callback) if self.callback is not None else None
        bare = getattr(function, "__globals__", {}).get("BARE_OPTIONS", {})
        end = args.index("--") if "--" in args else len(args)
        given = [f"{word}={bare[word]}" if word in bare else word for word in args[:end]]
        return super().parse_args(ctx, given + args[end:])

    def format_help_text(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002 - typer calls it so
        """Write the sentence and the examples."""
        write_description(self.help, formatter)


class PlainGroup(TyperGroup):
    """A command with sub-commands, with the same help."""

    def format_help_text(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002 - typer calls it so
        """Write the sentence and the examples."""
        write_description(self.help, formatter)


class RootGroup(PlainGroup):
    """``perftool`` itself: subcommands are the files of ``perftool.cli.commands``, imported on use."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - typer calls it so
        """Return every subcommand's name; nothing is imported."""
        return [name.replace("_", "-") for name in discovery.names(PACKAGE)]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - typer calls it so
        """Import the file of ``cmd_name`` and return its command, None when there is no such file."""
        module = cmd_name.replace("-", "_")
        if module not in discovery.names(PACKAGE):
            return None
        return build(cmd_name, discovery.load(PACKAGE, module, "command", what="command"))

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find the command that ``args`` begin with.

        raises: UsageError naming the nearest command.
        """
        known = tuple(self.list_commands(ctx))
        if args[0] not in known and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise discovery.unknown("command", args[0], known)
        found = super().resolve_command(ctx, args)
        # What was imported stays: the collector, paused by main, need never look at it again, not even at the end.
        gc.freeze()
        gc.enable()
        return found

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the subcommands under the heading of their panel."""
        panels: dict[str, list[tuple[str, str]]] = {panel: [] for panel in PANELS}
        for name in self.list_commands(ctx):
            panel, sentence = summary(name.replace("-", "_"))
            panels.setdefault(panel, []).append((name, sentence))
        width = max((len(name) for rows in panels.values() for name, _ in rows), default=0)
        for panel, rows in panels.items():
            if rows:
                with formatter.section(panel):
                    formatter.write_dl([(name.ljust(width), sentence) for name, sentence in rows])

    def run(self, args: list[str], session: object) -> Any:
        """Parse ``args``, call the command with ``session`` as its context's object and return what it returns.

        Unlike ``main`` of the base class it neither catches nor exits.
        """
        self._main_shell_completion({}, "perftool", "_PERFTOOL_COMPLETE")
        with self.make_context("perftool", args, obj=session) as context:
            return self.invoke(context)


def build(name: str, command: Callable[..., int] | typer.Typer) -> Command:
    """Turn what a command file offers into a typer command called ``name``."""
    if isinstance(command, typer.Typer):
        # A file says only what its commands are; how they look is decided here.
        command.rich_markup_mode = None
        command.info.cls = PlainGroup
        for info in command.registered_commands:
            if info.cls is None or not issubclass(info.cls, PlainCommand):
                info.cls = PlainCommand
        built: Command = get_group(command)
    else:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name, cls=PlainCommand)(command)
        built = get_command(app)
    built.name = name
    return built


def summary(module: str) -> tuple[str, str]:
    """Return panel and sentence of a command file, read from its source without importing it."""
    name = f"{PACKAGE}.{module}"
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        loaded = importlib.import_module(name)
        return loaded.PANEL, _sentence(loaded.__doc__ or "")
    tree = ast.parse(Path(spec.origin).read_bytes())
    panel = ""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "PANEL" for target in targets):
            panel = str(ast.literal_eval(node.value))  # type: ignore[attr-defined]
            break
    return panel, _sentence(ast.get_docstring(tree) or "")


def _sentence(docstring: str) -> str:
    return docstring.strip().partition("\n")[0].rstrip(".")


def write_description(text: str | None, formatter: HelpFormatter) -> None:
    """Write a docstring: paragraphs wrapped, indented lines (examples) as they are."""
    if not text:
        return
    with formatter.indentation():
        for paragraph in inspect.cleandoc(text).split("\n\n"):
            formatter.write_paragraph()
            lines = paragraph.splitlines()
            flowing = [line for line in lines if not line.startswith("  ")]
            if flowing:
                formatter.write_text(" ".join(flowing))
            for line in lines[len(flowing) :]:
                formatter.write(" " * formatter.current_indent + line.rstrip() + "\n")
