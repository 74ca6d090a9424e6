"""Try for real what this machine can do, and say what to do about the rest."""

from typing import Annotated

import typer

from perftool.cli import options

PANEL = "Setup"


def command(
    topic: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="profile or database; profile if not set.")
    ] = None,
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="A database: a file, a URL, env:NAME, or @NAME.")
    ] = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Try for real what this machine can do, and say what to do about the rest.

    Profilers and debuggers are tried on small processes of perftool's own, which takes some seconds; a database is
    connected to and asked for a row, read-only. The exit code is 0 whatever is missing, and 4 when nothing at all can
    be profiled, or the database is not reached.

    Examples:
      perftool doctor
      perftool doctor profile
      perftool doctor profile --format json
      perftool doctor database shop.db
    """
    from perftool.cli import doctor_run
    from perftool.cli.output import OutputOptions

    output = OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only)
    return doctor_run.run(topic, url, output)
