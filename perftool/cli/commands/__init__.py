"""One file per subcommand, found by file name.

The first line of a command file's docstring is its sentence in ``perftool --help``; ``PANEL`` names its group
there; ``command`` is a function with typer annotations that returns the exit code, or a ``typer.Typer`` of
such functions. A function's docstring is its help: a sentence, then ``Examples:`` with three indented commands.
Command files do without ``from __future__ import annotations``: typer reads their annotations at run time.
"""
