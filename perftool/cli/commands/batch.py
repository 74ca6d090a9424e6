"""Push any number of statements through one operation."""

from typing import Annotated

import typer

from perftool.cli import options

PANEL = "Find"


def command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH...", help="SQL files and folders, .ndjson, .csv, - for standard input."),
    ] = None,
    operation: Annotated[
        str,
        typer.Option(
            "--op",
            metavar="NAME",
            help="parse, validate, tokenize, fingerprint, format, transpile, extract or lint.",
        ),
    ] = "validate",
    dialect: Annotated[str | None, typer.Option("--dialect", "-d", metavar="NAME", help="postgres, mysql, …")] = None,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="The dialect to transpile to.")] = "",
    tokens: Annotated[
        bool, typer.Option("--tokens", help="With tokenize: give each token, not their number alone.")
    ] = False,
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="sqlglot, or polyglot for validate.")
    ] = "sqlglot",
    input_format: Annotated[
        str, typer.Option("--input-format", metavar="NAME", help="sql, ndjson or csv; by the file's name if not set.")
    ] = "",
    field: Annotated[
        str | None, typer.Option("--field", metavar="NAME", help="The field with SQL in NDJSON; sql if not set.")
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", metavar="NAME", help="The column with SQL in CSV; sql if not set.")
    ] = None,
    id_name: Annotated[
        str | None, typer.Option("--id", metavar="NAME", help="The field or column that names an item; id if not set.")
    ] = None,
    results: Annotated[
        str | None, typer.Option("--results", "-r", metavar="FILE", help="Write results here, not to standard output.")
    ] = None,
    results_format: Annotated[
        str | None,
        typer.Option("--results-format", metavar="NAME", help="ndjson or csv; by the file's name if not set."),
    ] = None,
    order: Annotated[
        str | None,
        typer.Option("--order", metavar="input|any", help="Results in the order of the input, or as they finish."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on behind what the results file holds already.")] = False,
    stop_on_error: Annotated[bool, typer.Option("--stop-on-error", help="End with the first item that fails.")] = False,
    max_errors: Annotated[
        int | None, typer.Option("--max-errors", metavar="N", min=0, help="End when more than N items have failed.")
    ] = None,
    strict: Annotated[
        bool | None, typer.Option("--strict/--no-strict", show_default=False, help="Exit code 1 when any item failed.")
    ] = None,
    timeout: Annotated[
        str | None, typer.Option("--timeout", metavar="TIME", help="Longest time for one item; 20s if not set.")
    ] = None,
    retry: Annotated[
        int | None,
        typer.Option("--retry", metavar="N", min=0, help="Begin items again that took too long or were killed."),
    ] = None,
    dedupe: Annotated[
        bool | None, typer.Option("--dedupe/--no-dedupe", show_default=False, help="Work equal statements once.")
    ] = None,
    remember: Annotated[
        str | None,
        typer.Option("--remember", metavar="SIZE", help="Memory for results of equal statements; 64M if not set."),
    ] = None,
    max_statement: Annotated[
        str | None,
        typer.Option("--max-statement", metavar="SIZE", help="Largest statement that is worked; 1M if not set."),
    ] = None,
    jobs: options.Jobs = None,
    max_memory: options.MaxMemory = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Push any number of statements through one operation.

    One line of NDJSON or CSV for each item, in the order of the input, written as they are done; a bad item costs
    itself and no other. The report says how fast it went, and why the slowest items were slow; compare judges two.
    With results on standard output it goes to standard error.

    Examples:
      perftool batch --op validate -d postgres db/ --results valid.ndjson
      perftool batch --op fingerprint --column query log.csv --results log-prints.csv
      perftool batch --op transpile --to duckdb -d snowflake models/ > duckdb.ndjson
      perftool batch --op lint -d mysql queries.ndjson --results found.ndjson --resume
    """
    from perftool.cli import batch_run
    from perftool.cli.output import OutputOptions
    from perftool.errors import UsageError

    if stop_on_error and max_errors:
        raise UsageError("--stop-on-error is --max-errors 0: which of the two is meant?")
    output = OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only)
    request = batch_run.Request(
        paths=tuple(paths or ()),
        operation=operation,
        to=to,
        tokens=tokens,
        engine=engine,
        input_format=input_format,
        results=results,
        resume=resume,
    )
    flags = {
        "batch.dialect": dialect,
        "batch.field": field,
        "batch.column": column,
        "batch.id": id_name,
        "batch.results_format": results_format,
        "batch.order": order,
        "batch.max_errors": 0 if stop_on_error else max_errors,
        "batch.strict": strict,
        "batch.timeout": timeout,
        "batch.retry": retry,
        "batch.dedupe": dedupe,
        "batch.remember": remember,
        "batch.max_statement": max_statement,
        "workers.jobs": jobs,
        "workers.max_memory": max_memory,
    }
    return batch_run.run(request, flags, output)
