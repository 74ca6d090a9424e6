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
    profile: options.Profile = None,
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
            profile=profile,
        ),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )


@command.command("stream")
def stream(
    database: given.Url,
    statement: Annotated[str, typer.Argument(metavar="SQL|FILE", help="A statement, a file with one, - for stdin.")],
    form: Annotated[
        str, typer.Option("--as", metavar="FORMAT", help="json, ndjson, csv, sse, arrow, arrows or parquet.")
    ] = "",
    to: Annotated[
        str | None,
        typer.Option("--to", "-t", metavar="FILE|URL", help="Where rows go, its suffix says how; stdout if not set."),
    ] = None,
    compression: Annotated[
        str, typer.Option("--compress", metavar="KIND", help="gzip, zstd or none; else by the suffix .gz or .zst.")
    ] = "",
    level: Annotated[int | None, typer.Option("--level", metavar="N", help="Level of the compression.")] = None,
    chunk: Annotated[
        int, typer.Option("--chunk", metavar="ROWS", min=1, max=1_000_000, help="Rows to take from a cursor at a time.")
    ] = 1000,
    path: Annotated[
        str, typer.Option("--path", metavar="PATH", help="copy, arrow or cursor; the fastest that fits if not set.")
    ] = "",
    keep_partial: Annotated[
        bool, typer.Option("--keep-partial", help="Keep what came before an error as FILE.partial.")
    ] = False,
    write: given.Write = False,
    settings: given.Set = None,
    timeout: given.Timeout = None,
    connect_timeout: given.ConnectTimeout = "10s",
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Write the rows of a statement, however many, as JSON, CSV, Arrow or Parquet, in flat memory.

    The fastest way out of the database that keeps every value is taken, and the report says which. A file appears
    when it is whole. A reader that stops reading ends the query in the database too.

    Examples:
      perftool query stream shop.db 'SELECT * FROM orders' --to orders.csv.gz
      perftool query stream shop.db 'SELECT * FROM orders' --as ndjson | head -3
      perftool query stream @shop report.sql --to report.parquet --timeout 10min
    """
    from perftool.cli import query_stream
    from perftool.cli.database_opening import DatabaseRequest
    from perftool.cli.output import OutputOptions

    return query_stream.run(
        query_stream.Request(
            database=DatabaseRequest(
                url=database, write=write, settings=tuple(settings or ()), connect_timeout=connect_timeout
            ),
            given=statement,
            form=form,
            to=to,
            compression=compression,
            level=level,
            chunk_rows=chunk,
            path=path,
            timeout=timeout,
            keep_partial=keep_partial,
        ),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )


@command.command("batch")
def batch(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE...", help=".ndjson, .json or .sql files, - for standard input."),
    ] = None,
    sources: Annotated[
        list[str] | None,
        typer.Option("--source", "-s", metavar="[NAME=]DATABASE", help="A database of the queries; repeatable."),
    ] = None,
    input_format: Annotated[
        str, typer.Option("--input-format", metavar="NAME", help="json, ndjson or sql; by the file's name if not set.")
    ] = "",
    to: Annotated[
        str | None, typer.Option("--to", metavar="FILE", help="Write a line for each query here; - standard output.")
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Write the rows into the results too.")] = False,
    order: Annotated[
        str, typer.Option("--order", metavar="finished|input", help="Results as they finish, or as they were read.")
    ] = "finished",
    jobs: Annotated[int, typer.Option("--jobs", "-j", metavar="N", min=1, max=1024, help="Queries at a time.")] = 4,
    rate: Annotated[
        str | None, typer.Option("--rate", metavar="N[/min]", help="Most queries a second, evenly.")
    ] = None,
    stop_on_error: Annotated[
        bool, typer.Option("--stop-on-error", help="Cancel everything when the first query fails.")
    ] = False,
    write: given.Write = False,
    settings: given.Set = None,
    timeout: given.Timeout = None,
    connect_timeout: given.ConnectTimeout = "10s",
    pool_size: given.PoolSize = None,
    pool_timeout: given.PoolTimeout = None,
    profile: options.Profile = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Run many queries, also on several databases at once, each with an outcome of its own.

    An entry is {"id": …, "query": "SELECT …" or "table": "orders", "source": NAME or URL}; timeout and parameters
    may stand there too. Results are written as they finish. What cannot go on is cancelled on the server. With
    results on standard output the report goes to standard error.

    Examples:
      perftool query batch queries.ndjson --source shop=shop.db --to results.ndjson
      perftool query batch checks.sql --source postgresql://app@localhost/shop --jobs 8 --timeout 2s
      perftool query batch queries.json --source @shop --rate 50 --stop-on-error
    """
    from perftool.cli import query_batch
    from perftool.cli.database_opening import DatabaseRequest
    from perftool.cli.output import OutputOptions

    return query_batch.run(
        query_batch.Request(
            files=tuple(files or ()),
            sources=tuple(sources or ()),
            input_format=input_format,
            to=to,
            rows=rows,
            order=order,
            jobs=jobs,
            rate=rate,
            timeout=timeout,
            stop_on_error=stop_on_error,
            pool_size=pool_size,
            pool_timeout=pool_timeout,
            profile=profile,
            database=DatabaseRequest(
                url="", write=write, settings=tuple(settings or ()), connect_timeout=connect_timeout
            ),
        ),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )
