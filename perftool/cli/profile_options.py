"""The options of ``perftool profile cpu``, ``memory`` and ``both``, as annotations."""

from enum import StrEnum
from typing import Annotated

import typer


class StatementKey(StrEnum):
    """What statements are sorted by."""

    TOTAL = "total"
    COUNT = "count"
    MEAN = "mean"
    P95 = "p95"
    MAX = "max"
    ROWS = "rows"


Target = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TARGET...",
        help="A script, -m MODULE, -c CODE, a console script or python …, with its own arguments behind it.",
    ),
]
Pid = Annotated[
    int | None, typer.Option("--pid", metavar="N", min=1, help="Profile a process that runs, until Ctrl-C.")
]
Bench = Annotated[
    str | None,
    typer.Option("--bench", metavar="NAME", help="Profile a benchmark: a suite, suite/case or file.py::bench_x."),
]
Sql = Annotated[
    str | None, typer.Option("--sql", metavar="FOLDER", help="Profile the parsing of the statements in a folder.")
]
Engine = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="sampler, pyinstrument (wall time), memray or py-spy (with --pid)."),
]
Rate = Annotated[str | None, typer.Option("--rate", metavar="N", help="Samples a second, of CPU time; 100 if not set.")]
Duration = Annotated[
    str | None,
    typer.Option("--duration", metavar="TIME", help="End the capture, not the target, after 30s, 5min …."),
]
Repeat = Annotated[
    int, typer.Option("--repeat", metavar="N", min=1, max=100, help="Run the target N times: a capture of each.")
]
Pure = Annotated[
    list[str] | None,
    typer.Option("--pure", metavar="PACKAGE", help="Load its Python files instead of compiled ones; repeatable."),
]
Native = Annotated[bool, typer.Option("--native", help="See frames of C code too, where the engine can.")]
PythonAllocators = Annotated[
    bool,
    typer.Option(
        "--python-allocators/--no-python-allocators",
        show_default=False,
        help="Count what Python serves from its own pools too, as it does; without it runs are faster.",
    ),
]
Children = Annotated[
    bool | None,
    typer.Option("--children/--no-children", show_default=False, help="Profile the processes that it starts too."),
]
Statements = Annotated[int, typer.Option("--top", metavar="N", min=1, help="Show so many statements.")]
StatementOrder = Annotated[StatementKey, typer.Option("--sort", help="Which statements come first.")]
Ignored = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar="FINDING", help="Leave out findings of this code or name; repeatable."),
]
