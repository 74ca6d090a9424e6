"""Find settings that are surely better, and write them down."""

from pathlib import Path
from typing import Annotated

import typer

from perftool.cli import database_options, options
from perftool.cli.target_command import TargetCommand

PANEL = "Tune"
command = typer.Typer(
    help="""Find settings that are surely better, and write them down.

    Examples:
      perftool tune gc -- python -m myapp.import orders.csv
      perftool tune gc --rounds 20 script.py
      perftool tune settings shop.db --workload queries/
      perftool tune pool shop.db --workload queries/
    """
)

Target = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TARGET...", help="A script, -m MODULE, -c CODE, a console script or python …, with its own arguments."
    ),
]
Rounds = Annotated[int, typer.Option("--rounds", metavar="N", min=6, max=500, help="Runs of each candidate.")]
MinEffect = Annotated[
    str, typer.Option("--min-effect", metavar="SHARE", help="A gain has to be surely above this to be taken.")
]
MaxMemory = Annotated[
    str, typer.Option("--max-memory", metavar="SHARE", help="Most memory at the peak that may come on top.")
]
Timeout = Annotated[str | None, typer.Option("--timeout", metavar="TIME", help="Longest time for one run.")]
IgnoreFailure = Annotated[bool, typer.Option("--ignore-failure", help="Measure a target though it fails.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of the order of the runs.")]
Write = Annotated[
    str | None, typer.Option("--write", metavar="NAME", help="Name of the profile; gc-TARGET if not set.")
]
NoWrite = Annotated[bool, typer.Option("--no-write", help="Write no profile.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over a profile of this name.")]


@command.callback()
def group() -> None:
    """Take only subcommands, also while there is one alone."""


@command.command("gc", cls=TargetCommand)
def collector(
    target: Target = None,
    rounds: Rounds = 12,
    min_effect: MinEffect = "2%",
    max_memory: MaxMemory = "20%",
    timeout: Timeout = None,
    ignore_failure: IgnoreFailure = False,
    seed: Seed = 7,
    write: Write = None,
    no_write: NoWrite = False,
    replace: Replace = False,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Try settings of the garbage collector on a program, and write the best as a profile.

    Each setting runs the whole program once a round, in random order. One wins only if it is surely faster than what
    is in use, all settings taken together, and memory stays within bounds; often the answer is to change nothing.

    Examples:
      perftool tune gc script.py orders.csv
      perftool tune gc --max-memory 50% --write gc-import -- python -m myapp.import orders.csv
      perftool tune gc --rounds 30 --no-write -m pytest tests
    """
    from perftool.cli import tune_gc
    from perftool.cli.output import OutputOptions

    return tune_gc.run(
        tune_gc.Request(
            target=tuple(target or ()),
            rounds=rounds,
            min_effect=min_effect,
            max_memory=max_memory,
            timeout=timeout,
            ignore_failure=ignore_failure,
            seed=seed,
            write=None if no_write else write or "",
            replace=replace,
        ),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )


Workload = Annotated[
    Path, typer.Option("--workload", metavar="PATH", help="SQL file or folder with the statements to judge by.")
]
SettingRounds = Annotated[int, typer.Option("--rounds", metavar="N", min=6, max=500, help="Rounds of all candidates.")]
Durability = Annotated[
    bool, typer.Option("--durability", help="Try settings too that may cost commits, or the file, in a crash.")
]
Stored = Annotated[
    bool, typer.Option("--stored", help="Try what stays in the file too (page size, VACUUM), on copies of it.")
]
Commit = Annotated[
    bool, typer.Option("--commit", help="Let statements write to a server for good, many times; files are copied.")
]
Try = Annotated[
    list[str] | None, typer.Option("--try", metavar="KEY=VALUE", help="One more candidate of your own; repeatable.")
]
WriteProfile = Annotated[
    str | None, typer.Option("--write", metavar="NAME", help="Write what won as the profile of this name.")
]


@command.command("settings")
def settings(
    database: database_options.Url,
    workload: Workload,
    rounds: SettingRounds = 12,
    min_effect: MinEffect = "2%",
    more: Try = None,
    durability: Durability = False,
    stored: Stored = False,
    commit: Commit = False,
    sets: database_options.Set = None,
    timeout: database_options.Timeout = None,
    seed: Seed = 7,
    write: WriteProfile = None,
    replace: Replace = False,
    profile: options.Profile = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Try settings of a database on your own statements; keep what surely wins.

    Every candidate runs the whole workload in every round, in random order, and has to answer the same. What is surely
    better is measured again, alone and together. Nothing that outlives a session is changed but on copies.

    Examples:
      perftool tune settings shop.db --workload queries/
      perftool tune settings postgresql://app@localhost/shop --workload reports.sql --write reports
      perftool tune settings shop.duckdb --workload reports.sql --try threads=3 --rounds 20
    """
    from perftool.cli import tune_settings
    from perftool.cli.output import OutputOptions

    return tune_settings.run(
        tune_settings.Request(
            url=database,
            workload=workload,
            settings=tuple(sets or ()),
            rounds=rounds,
            min_effect=min_effect,
            durability=durability,
            stored=stored,
            commit=commit,
            more=tuple(more or ()),
            timeout=timeout,
            seed=seed,
            write=write,
            replace=replace,
            profile=profile,
        ),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )


Sizes = Annotated[str, typer.Option("--sizes", metavar="N,N,…", help="Numbers of connections to try.")]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads", metavar="N", min=1, max=1000, help="Threads that work; as many as the largest size if not set."
    ),
]
Rate = Annotated[
    float | None, typer.Option("--rate", metavar="N", min=0.001, help="Statements a second that will arrive.")
]
Span = Annotated[str, typer.Option("--duration", metavar="TIME", help="How long each size works in a round.")]
PoolRounds = Annotated[int, typer.Option("--rounds", metavar="N", min=6, max=500, help="Rounds of all sizes.")]
PoolEffect = Annotated[
    str, typer.Option("--min-effect", metavar="SHARE", help="More connections have to gain more than this.")
]
PoolCommit = Annotated[bool, typer.Option("--commit", help="Let statements write, many times and for good.")]


@command.command("pool")
def pool(
    database: database_options.Url,
    workload: Workload,
    sizes: Sizes = "1,2,4,8,16",
    threads: Threads = None,
    rate: Rate = None,
    duration: Span = "1s",
    rounds: PoolRounds = 8,
    min_effect: PoolEffect = "5%",
    commit: PoolCommit = False,
    sets: database_options.Set = None,
    timeout: database_options.Timeout = None,
    seed: Seed = 7,
    write: WriteProfile = None,
    replace: Replace = False,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Find how many connections help your statements, and what limits there.

    Threads run the statements through pools of every size, in rounds, in random order. The knee is the smallest size
    that no larger one beats; with --rate the size follows from that rate and the time connections are held.

    Examples:
      perftool tune pool shop.db --workload queries/
      perftool tune pool postgresql://app@localhost/shop --workload reports.sql --rate 200 --write shop-pool
      perftool tune pool @shop --workload queries/ --sizes 1,2,3,4,6,8 --threads 32 --duration 2s
    """
    from perftool.cli import tune_pool
    from perftool.cli.output import OutputOptions

    return tune_pool.run(
        tune_pool.Request(
            url=database,
            workload=workload,
            sizes=sizes,
            threads=threads,
            rate=rate,
            duration=duration,
            rounds=rounds,
            min_effect=min_effect,
            commit=commit,
            settings=tuple(sets or ()),
            timeout=timeout,
            seed=seed,
            write=write,
            replace=replace,
        ),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )
