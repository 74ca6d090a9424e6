"""Find performance and safety faults in SQL."""

from typing import Annotated

import typer

from perftool.cli import options

PANEL = "Find"

#: Options that may stand without a value, and what they mean then.
BARE_OPTIONS = {"--changed": "HEAD"}


def command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH...]", help="Files, folders, patterns, - for standard input; the project if not given."
        ),
    ] = None,
    dialect: Annotated[
        str | None,
        typer.Option("--dialect", "-d", metavar="NAME", help="postgres, mysql, …; told from each file if not set."),
    ] = None,
    rules_for: Annotated[
        str | None,
        typer.Option("--rules-for", metavar="SETS", help="oltp, warehouse, migration; what suits a file if not set."),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="CODES", help="Run these rules only: MIG, PERF01, null-comparison."),
    ] = None,
    extend_select: Annotated[
        list[str] | None, typer.Option("--extend-select", metavar="CODES", help="Run these rules too.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODES", help="Do not run these rules.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="PATTERN", help="Pass over these, as in .gitignore.")
    ] = None,
    force_exclude: Annotated[
        bool, typer.Option("--force-exclude", help="Pass over excluded and ignored files even if they are named.")
    ] = False,
    schema: Annotated[
        str | None, typer.Option("--schema", metavar="FILE", help="SQL file that defines all tables.")
    ] = None,
    python: Annotated[
        bool | None, typer.Option("--python/--no-python", show_default=False, help="Look into Python files too.")
    ] = None,
    stdin_filename: Annotated[
        str | None, typer.Option("--stdin-filename", metavar="PATH", help="The name of what comes from -.")
    ] = None,
    changed: Annotated[
        str | None,
        typer.Option(
            "--changed", metavar="[=REV]", help="Report what stands on lines changed since REV; HEAD if not named."
        ),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="LEVEL", help="error, warning, info or never; warning if not set."),
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE", help="Findings in this file are known and do not count.")
    ] = None,
    save_baseline: Annotated[
        bool, typer.Option("--save-baseline", help="Write all findings to the baseline file.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Apply the fixes that keep the meaning.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="With --fix and --diff: those that may not, too.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change and change nothing.")] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count findings by rule.")] = False,
    timing: Annotated[bool, typer.Option("--timing", help="Measure the time that each rule takes.")] = False,
    show_skipped: Annotated[bool, typer.Option("--show-skipped", help="List what was not looked at, and why.")] = False,
    cache: Annotated[
        bool | None, typer.Option("--cache/--no-cache", show_default=False, help="Keep what is known in .perftool.")
    ] = None,
    jobs: options.Jobs = None,
    max_memory: options.MaxMemory = None,
    timeout: Annotated[
        str | None, typer.Option("--timeout", metavar="TIME", help="Longest time for one statement; 20s if not set.")
    ] = None,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="CODE", help="Say what a rule finds, why, and what to write.")
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List all rules.")] = False,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Find performance and safety faults in SQL.

    Migrations, queries, dbt models, warehouse scripts: each statement is looked at by itself, one that cannot be
    parsed costs one finding. Exit code 1 when something of the severity of --fail-on is found.

    Examples:
      perftool lint
      perftool lint db/migrations --dialect postgres --fix
      perftool lint --changed=main --format github
      perftool lint --explain MIG001
    """
    from perftool.cli import lint_run
    from perftool.cli.lint_request import Request
    from perftool.cli.output import OutputOptions
    from perftool.revisions.interruption import orderly

    output = OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only)
    if rules or explain is not None:
        return lint_run.describe(explain, output)
    flags = {
        "lint.dialect": dialect,
        "lint.rules_for": rules_for,
        "lint.select": _joined(select),
        "lint.extend_select": _joined(extend_select),
        "lint.ignore": _joined(ignore),
        "lint.exclude": exclude,
        "lint.schema": schema,
        "lint.python": python,
        "lint.fail_on": fail_on,
        "lint.baseline": baseline,
        "lint.cache": cache,
        "lint.timeout": timeout,
        "workers.jobs": jobs,
        "workers.max_memory": max_memory,
    }
    request = Request(
        paths=tuple(paths or ()),
        stdin_name=stdin_filename,
        force_exclude=force_exclude,
        changed=changed,
        save_baseline=save_baseline,
        fix=fix,
        unsafe=unsafe_fixes,
        diff=diff,
        statistics=statistics,
        timing=timing,
        show_skipped=show_skipped,
    )
    with orderly():
        return lint_run.run(request, flags, output)


def _joined(words: list[str] | None) -> list[str] | None:
    """Return single words; each option may hold several between commas."""
    return [word.strip() for one in words for word in one.split(",") if word.strip()] if words is not None else None
