"""The options of ``perftool profile view``, as annotations."""

from enum import StrEnum
from typing import Annotated

import typer


class Order(StrEnum):
    """By what the top functions are sorted."""

    OWN = "own"
    TOTAL = "total"


File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A profile in any format (pprof, collapsed, speedscope, pstats, memray …), a report that has one, the "
        "beginning of a digest, or latest.",
    ),
]
Top = Annotated[bool, typer.Option("--top", help="The functions that weigh most; this if nothing else is asked for.")]
Tree = Annotated[bool, typer.Option("--tree", help="The call tree, without what weighs little.")]
Listed = Annotated[
    str | None, typer.Option("--list", metavar="REGEX", help="The source of functions with what each line weighs.")
]
Peek = Annotated[
    str | None, typer.Option("--peek", metavar="REGEX", help="Functions with their callers and what they call.")
]
Web = Annotated[bool, typer.Option("--web", help="A flame graph in the browser.")]
Value = Annotated[
    str, typer.Option("--value", metavar="KIND", help="What is weighed: cpu, wall, samples, alloc_space, peak_space, …")
]
Focus = Annotated[str, typer.Option("--focus", metavar="REGEX", help="Only samples with such a function or file.")]
Ignore = Annotated[str, typer.Option("--ignore", metavar="REGEX", help="No samples with such a function or file.")]
Hide = Annotated[str, typer.Option("--hide", metavar="REGEX", help="Leave such functions out of the stacks.")]
Labels = Annotated[
    list[str] | None,
    typer.Option("--label", metavar="KEY=VALUE", help="Only samples with this label: thread=…, test=…; repeatable."),
]
Lines = Annotated[bool, typer.Option("--lines", help="Count by line, not by function.")]
Sort = Annotated[Order, typer.Option("--sort", help="Sort the top functions by own or total weight.")]
Rows = Annotated[
    int | None, typer.Option("--rows", "-n", metavar="N", min=1, help="Functions to show; 20, with --list or --peek 5.")
]
Depth = Annotated[int, typer.Option("--depth", metavar="N", min=0, help="Levels of the tree to show; 0 for all.")]
MinShare = Annotated[
    float | None,
    typer.Option("--min-share", metavar="PERCENT", min=0, max=100, help="Leave out of the tree what is below; 1."),
]
Everything = Annotated[
    bool, typer.Option("--all", help="Fold nothing in the tree: no chains of calls, no inside of libraries.")
]
