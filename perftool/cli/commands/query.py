"""Run queries on a database, stream their results, work batches of them."""

from typing import Annotated

import typer

from perftool.cli import database_options as given
from perftool.cli import options

PANEL = "Measure"
BARE_OPTIONS = {"--explain": "plan"}
command = typer.Typer(
    help="""Run queries on a database, stream their results, work batches of them.

    Examples:
      perftool query run shop.db 'SELECT * FROM orders'
      perftool query stream shop.db 'SELECT * FROM orders' --to orders.csv
      perftool query batch queries.ndjson --source shop=shop.db --to results.ndjson
    """
)


@command.callback()
def group() -> None:
    """Take only subcommands."""


@command.command("run")
def run(
    database: given.Url,
    statements: Annotated[
        list[str] | None,
        typer.Argument(metavar="SQL|FILE...", help="Statements as text, files of them, - for standard input."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", min=0, help="Rows to show of each.")] = 20,
    repeat: Annotated[int, typer.Option("--repeat", "-r", metavar="N", min=1, max=100_000, help="Runs of each.")] = 1,
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="[=analyze]", help="Show plans; =analyze executes the statements for it."),
    ] = None,
    counters: Annotated[
        bool, typer.Option("--counters", help="Count blocks, rows, steps …, whatever the time was.")
    ] = False,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="VALUE", help="Value for the next placeholder; repeatable."),
    ] = None,
    write: given.Write = False,
    transaction: Annotated[
        bool, typer.Option("--transaction", help="All statements in one transaction: all of them, or none.")
    ] = False,
    settings: given.Set = None,
    timeout: given.Timeout = None,
    connect_timeout: given.ConnectTimeout = "10s",
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Run statements, show their first rows, and say how long each part took.

    All rows are read, in flat memory, and the first are shown. The session cannot write without --write; then each
    statement commits by itself, or all of them with --transaction. The report that is kept holds no rows.

    Examples:
      perftool query run shop.db 'SELECT * FROM orders' --repeat 10
      perftool query run postgresql://app@localhost/shop report.sql --explain
      perftool query run @shop migrate.sql --write --transaction
    """
    from perftool.cli import query_run
    from perftool.cli.database_opening import DatabaseRequest
    from perftool.cli.output import OutputOptions

    return query_run.run(
        query_run.Request(
            database=DatabaseRequest(
                url=database, write=write, settings=tuple(settings or ()), connect_timeout=connect_timeout
            ),
            given=tuple(statements or ()),
            limit=limit,
            repeat=repeat,
            explain=explain,
            counters=counters,
            parameters=tuple(parameters or ()),
            timeout=timeout,
            transaction=transaction,
        ),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )
