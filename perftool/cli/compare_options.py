"""The options of ``perftool compare``, as annotations; benchstat's are also taken with one dash."""

from typing import Annotated

import typer

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[LABEL=]FILE...", help="Results to compare, the first is the baseline; 'latest' or '-' too."
    ),
]
Baseline = Annotated[
    str | None, typer.Option("--baseline", "-b", metavar="NAME", help="Compare with this stored baseline.")
]
Row = Annotated[str, typer.Option("--row", "-row", metavar="KEYS", help="What makes a row.")]
Col = Annotated[str, typer.Option("--col", "-col", metavar="KEYS", help="What makes a column.")]
Table = Annotated[str, typer.Option("--table", "-table", metavar="KEYS", help="What splits tables.")]
Ignore = Annotated[
    str, typer.Option("--ignore", "-ignore", metavar="KEYS", help="Keys that make no difference.", show_default=False)
]
Filter = Annotated[
    str,
    typer.Option("--filter", "-filter", metavar="EXPR", help="Results to use: '.unit:sec/op -/size:/^[0-9]$/'."),
]
Alpha = Annotated[
    float | None,
    typer.Option("--alpha", "-alpha", metavar="P", help="A change is significant below this p-value.  [0.05]"),
]
Confidence = Annotated[
    float | None,
    typer.Option("--confidence", "-confidence", metavar="C", help="Confidence of the intervals.  [0.95]"),
]
FailOver = Annotated[
    str | None, typer.Option("--fail-over", metavar="20%", help="Fail on a loss surely over this.  [20%]")
]
WarnOver = Annotated[
    str | None, typer.Option("--warn-over", metavar="10%", help="Warn of a loss surely over this.  [10%]")
]
MinEffect = Annotated[str | None, typer.Option("--min-effect", metavar="2%", help="Changes below this count as none.")]
FailOnMissing = Annotated[
    bool | None,
    typer.Option("--fail-on-missing/--no-fail-on-missing", show_default=False, help="Fail when a benchmark has gone."),
]
FailOnNew = Annotated[
    bool | None,
    typer.Option("--fail-on-new/--no-fail-on-new", show_default=False, help="Fail when a benchmark has come."),
]
Paired = Annotated[bool, typer.Option("--paired", help="The blocks of both sides were taken in pairs.")]
Normalize = Annotated[
    bool | None,
    typer.Option(
        "--normalize/--no-normalize",
        show_default=False,
        help="Compare times as multiples of a fixed kernel's time, for a report from another machine.",
    ),
]
Correction = Annotated[
    str | None,
    typer.Option(
        "--correction", metavar="none|holm|bh", help="Adjust p-values for the number of rows that may fail.  [none]"
    ),
]
History = Annotated[
    str | None,
    typer.Option(
        "--history", metavar="FOLDER", help="Every run in this folder, oldest first, with its changes of level."
    ),
]
Explain = Annotated[
    str | None,
    typer.Option(
        "--explain",
        metavar="[=all]",
        help="Name the functions behind what fails or warns; =all behind the largest sure change too.",
    ),
]
Gate = Annotated[
    bool | None,
    typer.Option("--gate/--no-gate", show_default=False, help="Judge, or only show; benchstat formats only show."),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        "-f",
        "-format",
        metavar="NAME",
        help="Show as text, terminal, json, markdown, csv, html, junit, github, benchstat, …; repeatable.",
    ),
]
