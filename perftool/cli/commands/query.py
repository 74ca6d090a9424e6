"""Run queries on a database, stream their results, work batches of them."""

import typer

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
