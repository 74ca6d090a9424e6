"""The options of ``perftool profile fetch`` and ``watch``, as annotations."""

from typing import Annotated

import typer

Url = Annotated[
    str, typer.Argument(metavar="URL", help="host:port of a service that answers below /debug/pprof/, or a whole URL.")
]
Seconds = Annotated[
    str | None, typer.Option("--seconds", metavar="TIME", help="How long to capture; 30 s of CPU, 5 s of memory.")
]
Heap = Annotated[bool, typer.Option("--heap", help="Memory that is allocated meanwhile and kept.")]
Allocs = Annotated[bool, typer.Option("--allocs", help="All memory that is allocated meanwhile.")]
Goroutine = Annotated[bool, typer.Option("--goroutine", help="Show where every thread and asyncio task stands.")]
Token = Annotated[
    str | None,
    typer.Option("--token", metavar="TOKEN", help="What the service asks for; better in PPROF_TOKEN."),
]
Every = Annotated[str, typer.Option("--every", metavar="TIME", help="Time from one capture to the next.")]
Count = Annotated[int, typer.Option("--count", metavar="N", min=0, help="End after N captures; 0: with Ctrl-C.")]
Keep = Annotated[int, typer.Option("--keep", metavar="N", min=1, help="Captures that stay in the folder.")]
MaxSize = Annotated[str, typer.Option("--max-size", metavar="SIZE", help="Size of all files that stay.")]
Folder = Annotated[
    str | None, typer.Option("--folder", metavar="FOLDER", help="Where they go; .perftool/watch/HOST if not set.")
]
