"""Options that several commands share, as annotations: ``format: Formats = None``."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer


def _complete_format(incomplete: str) -> list[str]:
    from perftool.render import dispatch

    return [name for name in dispatch.names() if name.startswith(incomplete)]


def _complete_profile(incomplete: str) -> list[str]:
    from perftool.config.profiles import names

    return [name for name in names(Path.cwd()) if name.startswith(incomplete)]


Formats: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        "-f",
        metavar="NAME",
        autocompletion=_complete_format,
        help="Show it as text, terminal, json, markdown, csv, html, gobench, …; repeatable.",
    ),
]
Outputs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="[FORMAT=]FILE",
        help="Write it to FILE too, in the format of its suffix or the one named; repeatable.",
    ),
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Print the verdict only.")]
Verbose: TypeAlias = Annotated[bool, typer.Option("--verbose", "-v", help="Print every detail.")]
Ascii: TypeAlias = Annotated[bool, typer.Option("--ascii", help="Draw with ASCII characters only.")]
Jobs: TypeAlias = Annotated[
    int | None, typer.Option("--jobs", "-j", metavar="N", help="Processes; one for each core if not set.")
]
MaxMemory: TypeAlias = Annotated[
    str | None, typer.Option("--max-memory", metavar="SIZE", help="Memory of all processes together: 512M.")
]
Strict: TypeAlias = Annotated[
    bool | None,
    typer.Option("--strict/--no-strict", show_default=False, help="Fail when something could not be decided."),
]
Profile: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        autocompletion=_complete_profile,
        help="Start from a named set of settings: quick, ci, low-noise, …",
    ),
]
