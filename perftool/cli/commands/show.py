"""Show a stored report in any format."""

from typing import Annotated

import typer

from perftool.cli import options, session
from perftool.cli.output import OutputOptions, emit

PANEL = "Guard"


def command(
    report: Annotated[
        str, typer.Argument(metavar="REPORT", help="A report file, 'latest', or '-' for standard input.")
    ] = "latest",
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Show a stored report in any format.

    The exit code is 0 whatever the report concludes: the command that made it has judged it.

    Examples:
      perftool show
      perftool show .perftool/reports/latest.json --format markdown
      perftool show latest -o report.html -o samples.csv
    """
    stored = session.open_report(report, session.settings())
    return emit(
        stored,
        OutputOptions(
            formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only, judge=False
        ),
    )
