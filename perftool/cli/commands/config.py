"""Show every setting and where its value comes from."""

from typing import Annotated

import typer

from perftool.cli import options, session
from perftool.cli.output import OutputOptions, emit
from perftool.config.effective import effective
from perftool.model.listing import ConfigPayload

PANEL = "Setup"


def command(
    key: Annotated[
        str, typer.Argument(metavar="[KEY]", help="One setting (bench.blocks) or one section (bench).")
    ] = "",
    profile: options.Profile = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    ascii_only: options.Ascii = False,
) -> int:
    """Show every setting and where its value comes from.

    A value comes from the command line, a PERFTOOL_* variable, perftool.toml, [tool.perftool] in
    pyproject.toml, a profile or the default; the first of these wins.

    Examples:
      perftool config
      perftool config bench.blocks
      perftool config compare --profile ci
    """
    settings = session.settings(profile=profile)
    values = effective(settings, key)
    payload = ConfigPayload(values=values, files=settings.files)
    changed = sum(value.origin != "default" for value in values)
    headline = f"{len(values)} setting{'s' * (len(values) != 1)}, {changed} changed from the default"
    report = session.plain_report(payload, headline, settings)
    return emit(report, OutputOptions(formats=formats, outputs=outputs, ascii_only=ascii_only))
