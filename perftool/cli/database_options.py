"""Options of every command that opens a database, as annotations: ``url: Url``."""

from typing import Annotated, TypeAlias

import typer

Url: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="DATABASE",
        help="URL, path of a .db or .duckdb file, @NAME of a [[database]] in the configuration, or env:VARIABLE.",
    ),
]
Write: TypeAlias = Annotated[bool, typer.Option("--write", help="Let statements write; without it nothing can.")]
Set: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Setting of every session, in the system's words; repeatable."),
]
Timeout: TypeAlias = Annotated[
    str | None, typer.Option("--timeout", metavar="TIME", help="Longest time for one statement; 30s, 500ms.")
]
ConnectTimeout: TypeAlias = Annotated[
    str, typer.Option("--connect-timeout", metavar="TIME", help="Longest time for opening a connection.")
]
PoolSize: TypeAlias = Annotated[
    int | None, typer.Option("--pool-size", metavar="N", min=1, help="Most connections to one database at a time.")
]
PoolTimeout: TypeAlias = Annotated[
    str | None, typer.Option("--pool-timeout", metavar="TIME", help="Longest wait for a connection; 30s if not set.")
]
