"""A command whose last argument is another command line: everything from its first word on is left untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.cli.group import PlainCommand

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typer._click import Context, Parameter

#: Words that begin a target although they look like options, as they do behind ``python``.
OPENERS: Final = ("-m", "-c")


class TargetCommand(PlainCommand):
    """A command that reads its own options only up to where its target begins."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the arguments; a ``--`` is put before the target where the user has put none."""
        at = target_at(args, self.params)
        if at is not None:
            args = [*args[:at], "--", *args[at:]]
        return super().parse_args(ctx, args)


def target_at(args: Sequence[str], parameters: Iterable[Parameter]) -> int | None:
    """Return the index of the first word of the target, None where ``--`` says it or there is no target."""
    valued = {
        name
        for one in parameters
        if one.param_type_name == "option" and not getattr(one, "is_flag", False) and not getattr(one, "count", False)
        for name in one.opts
    }
    at = 0
    while at < len(args):
        word = args[at]
        if word == "--":
            return None
        if not word.startswith("-") or word == "-" or word[:2] in OPENERS:
            return at
        at += 2 if _awaits_value(word, valued) else 1
    return None


def _awaits_value(word: str, valued: set[str]) -> bool:
    """Say whether the next word is the value of this one: ``--rate``, ``-o`` and ``-qo``, not ``--rate=9``, ``-oF``."""
    if word.startswith("--"):
        return word in valued
    first = next((at for at, letter in enumerate(word[1:], 1) if f"-{letter}" in valued), None)
    return first is not None and first == len(word) - 1
