"""The options of ``perftool profile diff``, as annotations."""

from enum import StrEnum
from typing import Annotated

import typer


class Per(StrEnum):
    """What the weights of functions are compared as."""

    SHARE = "share"
    CAPTURE = "capture"
    OP = "op"


Before = Annotated[
    str,
    typer.Argument(
        metavar="BEFORE", help="A profile as for view, several joined by commas, or a folder of repeated ones."
    ),
]
After = Annotated[str, typer.Argument(metavar="AFTER", help="What to compare it with, named alike; latest too.")]
PerOption = Annotated[
    Per | None,
    typer.Option(
        "--per",
        help="Compare shares of each whole, or weights of a mean capture or operation; op if operations are counted.",
        show_default=False,
    ),
]
Web = Annotated[bool, typer.Option("--web", help="A flame graph of what changed, in the browser.")]
