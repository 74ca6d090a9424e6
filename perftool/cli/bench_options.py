"""The options of ``perftool bench``, as annotations."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer._click.types import Tuple

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TARGET]...",
        help="A suite (sql-parse), a .sql file or folder, a Python file or file.py::bench_name, a database (URL, file, "
        "env:NAME); none: default suites.",
    ),
]
Commands = Annotated[
    list[str] | None, typer.Option("--command", "-c", metavar="COMMAND", help="Measure a whole process; repeatable.")
]
CommandNames = Annotated[
    list[str] | None, typer.Option("--command-name", metavar="NAME", help="Name of a command in the report.")
]
Setup = Annotated[str | None, typer.Option(metavar="COMMAND", help="Run before all runs of a command.")]
Prepare = Annotated[list[str] | None, typer.Option(metavar="COMMAND", help="Run before every run of a command.")]
Cleanup = Annotated[str | None, typer.Option(metavar="COMMAND", help="Run after all runs of a command.")]
Warmup = Annotated[
    str | None, typer.Option("--warmup", metavar="N", help="Runs of a command before the measured ones.")
]
IgnoreFailure = Annotated[bool, typer.Option("--ignore-failure", help="Measure a command though it fails.")]
Parameters = Annotated[
    # typer refuses a list of tuples, but takes one when the option's type says it itself.
    list[Any] | None,
    typer.Option(
        "-L",
        "--parameter-list",
        click_type=Tuple([str, str]),
        metavar="NAME A,B,C",
        help="Measure a command for every value of {NAME}.",
    ),
]
Shell = Annotated[str, typer.Option(metavar="auto|none|PATH", help="Shell for commands: auto uses one when needed.")]
Input = Annotated[Path | None, typer.Option("--input", metavar="FILE", help="Standard input of every command run.")]
Count = Annotated[
    str | None, typer.Option("--count", metavar="N", help="Blocks (of a command: runs); with --vs at least 20.")
]
Samples = Annotated[str | None, typer.Option(metavar="N", help="Samples of every case in a block.")]
MinTime = Annotated[str | None, typer.Option(metavar="TIME", help="Shortest time of a sample, such as 20ms.")]
Timeout = Annotated[str | None, typer.Option(metavar="TIME", help="Longest time of a sample before it is given up.")]
Filter = Annotated[
    str | None, typer.Option("--filter", metavar="REGEX", help="Measure only cases whose full name matches.")
]
Seed = Annotated[str | None, typer.Option(metavar="N", help="Seed of the order of samples and of hash seeds.")]
Quick = Annotated[bool, typer.Option("--quick", help="A first look in seconds: --profile quick.")]
Memory = Annotated[
    bool | None, typer.Option("--mem/--no-mem", show_default=False, help="Count bytes and allocations per operation.")
]
Instructions = Annotated[
    bool | None,
    typer.Option("--instructions/--no-instructions", show_default=False, help="Count instructions with valgrind."),
]
Capture = Annotated[
    str | None, typer.Option("--capture", metavar="cpu,memory", help="Profile every case too, beside its samples.")
]
Pure = Annotated[
    list[str] | None,
    typer.Option("--pure", metavar="PACKAGE", help="Profile its Python twin in place of the compiled one; repeatable."),
]
Latency = Annotated[
    bool | None, typer.Option("--latency/--no-latency", show_default=False, help="Give p50, p90, p99 and max.")
]
Gc = Annotated[str | None, typer.Option(metavar="default|freeze|disable", help="Garbage collection while measuring.")]
Stage = Annotated[str | None, typer.Option(metavar="STAGE", help="tokenize, parse, fingerprint, format or optimize.")]
Dialect = Annotated[str | None, typer.Option(metavar="NAME", help="SQL dialect of the statements.")]
MaxStatement = Annotated[
    str | None, typer.Option(metavar="SIZE", help="Larger SQL statements are reported, not measured.")
]
Queries = Annotated[
    Path | None,
    typer.Option("--queries", metavar="PATH", help="SQL file or folder with the statements to run on databases."),
]
Write = Annotated[bool, typer.Option("--write", help="Let statements and suites write to the databases named.")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=A,B", help="Session settings of databases, measured beside each other; repeatable."
    ),
]
Scale = Annotated[
    str, typer.Option("--scale", metavar="N", help="How much data suites on databases take; 1 is a minute at most.")
]
Python = Annotated[str | None, typer.Option(metavar="PATH", help="Interpreter to measure in.")]
Baseline = Annotated[
    str | None, typer.Option(metavar="NAME", help="Judge against a stored baseline: the exit code is its verdict.")
]
Vs = Annotated[
    str | None,
    typer.Option(
        "--vs", metavar="REV", help="Measure a git revision, or another checkout, and the working tree in turn; judge."
    ),
]
VsPython = Annotated[
    str | None, typer.Option("--vs-python", metavar="PATH", help="The same with another interpreter as the base.")
]
Adaptive = Annotated[
    bool, typer.Option("--adaptive", help="With --vs: look up to four times and stop when every row is decided.")
]
MaxTime = Annotated[
    str | None, typer.Option("--max-time", metavar="TIME", help="With --vs: begin no block that would end later.")
]
List = Annotated[bool, typer.Option("--list", help="List the cases and measure nothing.")]
