"""Find where CPU, memory and time go in any Python program."""

from typing import TYPE_CHECKING, Any

import typer

from perftool.cli import diff_options as diffing
from perftool.cli import fetch_options as fetching
from perftool.cli import options
from perftool.cli import profile_options as given
from perftool.cli import view_options as viewing
from perftool.cli.target_command import TargetCommand

if TYPE_CHECKING:
    from perftool.cli.profile_engines import Asked

PANEL = "Find"
command = typer.Typer(
    help="""Find where CPU, memory and time go in any Python program, and read the answer.

    The target runs as if perftool was not there, and its exit code is perftool's. Options of perftool stand before
    the target; everything behind its first word belongs to it.

    Examples:
      perftool profile cpu script.py --its-own-option
      perftool profile memory -m pytest tests
      perftool profile cpu --duration 30s --pid 4711
    """
)


@command.command("cpu", cls=TargetCommand)
def cpu(
    target: given.Target = None,
    pid: given.Pid = None,
    bench: given.Bench = None,
    sql: given.Sql = None,
    engine: given.Engine = None,
    rate: given.Rate = None,
    duration: given.Duration = None,
    repeat: given.Repeat = 1,
    pure: given.Pure = None,
    native: given.Native = False,
    children: given.Children = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Find which functions use the CPU.

    Examples:
      perftool profile cpu script.py orders.csv
      perftool profile cpu --rate 200 -o flame.html -m pytest -x tests
      perftool profile cpu --pure sqlglot -- python -m myapp.import orders.csv
      perftool profile cpu --engine pyinstrument -c "import app; app.main()"
    """
    request = {"target": target, "pid": pid, "bench": bench, "sql": sql, "repeat": repeat, "native": native}
    flags = {"engine": engine, "rate": rate, "duration": duration, "pure": pure, "children": children}
    shown = {"formats": formats, "outputs": outputs, "quiet": quiet, "verbose": verbose, "ascii_only": ascii_only}
    return _run(("cpu",), request, flags, shown)


@command.command("memory", cls=TargetCommand)
def memory(
    target: given.Target = None,
    pid: given.Pid = None,
    bench: given.Bench = None,
    sql: given.Sql = None,
    duration: given.Duration = None,
    repeat: given.Repeat = 1,
    pure: given.Pure = None,
    native: given.Native = False,
    python_allocators: given.PythonAllocators = True,
    children: given.Children = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Find which functions allocate, hold and leak memory.

    Examples:
      perftool profile memory script.py orders.csv
      perftool profile memory --native -m myapp.import orders.csv
      perftool profile memory --duration 1min --pid 4711
    """
    request = {"target": target, "pid": pid, "bench": bench, "sql": sql, "repeat": repeat, "native": native}
    request["python_allocators"] = python_allocators
    flags = {"duration": duration, "pure": pure, "children": children}
    shown = {"formats": formats, "outputs": outputs, "quiet": quiet, "verbose": verbose, "ascii_only": ascii_only}
    return _run(("memory",), request, flags, shown)


@command.command("both", cls=TargetCommand)
def both(
    target: given.Target = None,
    pid: given.Pid = None,
    bench: given.Bench = None,
    sql: given.Sql = None,
    rate: given.Rate = None,
    duration: given.Duration = None,
    repeat: given.Repeat = 1,
    pure: given.Pure = None,
    native: given.Native = False,
    python_allocators: given.PythonAllocators = True,
    children: given.Children = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Find which functions use the CPU and which use memory, in one run.

    Recording every allocation takes time, most where most is allocated: shares of the CPU are then those under it.

    Examples:
      perftool profile both script.py orders.csv
      perftool profile both -o both.html -m myapp.import
      perftool profile both --bench sql-parse
    """
    request = {"target": target, "pid": pid, "bench": bench, "sql": sql, "repeat": repeat, "native": native}
    request["python_allocators"] = python_allocators
    flags = {"rate": rate, "duration": duration, "pure": pure, "children": children}
    shown = {"formats": formats, "outputs": outputs, "quiet": quiet, "verbose": verbose, "ascii_only": ascii_only}
    return _run(("cpu", "memory"), request, flags, shown)


@command.command("sql", cls=TargetCommand)
def sql(
    target: given.Target = None,
    top: given.Statements = 15,
    sort: given.StatementOrder = given.StatementKey.TOTAL,
    ignore: given.Ignored = None,
    children: given.Children = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Find which SQL a program runs, from which lines, and what is wrong with it: N+1 queries, repeats, loops.

    Examples:
      perftool profile sql app.py
      perftool profile sql --sort count -m pytest tests/test_orders.py
      perftool profile sql --ignore query-in-loop -o sql.html -- python app.py
    """
    from perftool.cli import profile_sql
    from perftool.cli.output import OutputOptions

    return profile_sql.run(
        profile_sql.Request(target=tuple(target or ()), top=top, order=sort.value, ignored=tuple(ignore or ())),
        children,
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )


@command.command("view")
def view(
    file: viewing.File = "latest",
    top: viewing.Top = False,
    tree: viewing.Tree = False,
    listed: viewing.Listed = None,
    peek: viewing.Peek = None,
    web: viewing.Web = False,
    value: viewing.Value = "",
    focus: viewing.Focus = "",
    ignore: viewing.Ignore = "",
    hide: viewing.Hide = "",
    labels: viewing.Labels = None,
    lines: viewing.Lines = False,
    sort: viewing.Sort = viewing.Order.OWN,
    rows: viewing.Rows = None,
    depth: viewing.Depth = 0,
    min_share: viewing.MinShare = None,
    everything: viewing.Everything = False,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Read a profile: top functions, call tree, source lines; or write it in another format.

    With --output FILE the profile is written in the format of the suffix: .pb.gz, .html, .speedscope.json, ….

    Examples:
      perftool profile view latest --tree
      perftool profile view profile.pb.gz --list parse_rows
      perftool profile view heap.bin --value peak_space --focus myapp
      perftool profile view in.speedscope.json -o out.pb.gz
    """
    from perftool.cli import profile_view
    from perftool.cli.output import OutputOptions

    return profile_view.run(
        profile_view.Request(
            name=file,
            top=top,
            tree=tree,
            listed=listed,
            peek=peek,
            web=web,
            value=value,
            focus=focus,
            ignore=ignore,
            hide=hide,
            labels=tuple(labels or ()),
            lines=lines,
            order=sort.value,
            rows=rows,
            depth=depth,
            min_share=min_share,
            everything=everything,
        ),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )


@command.command("diff")
def diff(
    before: diffing.Before,
    after: diffing.After,
    value: viewing.Value = "",
    per: diffing.PerOption = None,
    web: diffing.Web = False,
    focus: viewing.Focus = "",
    ignore: viewing.Ignore = "",
    hide: viewing.Hide = "",
    labels: viewing.Labels = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Find which functions changed between two profiles, and how sure that is.

    Two captures or more on both sides show how much runs differ by themselves: perftool profile cpu --repeat 5.

    Examples:
      perftool profile diff before.pb.gz after.pb.gz
      perftool profile diff captures-main/ captures-now/ --per capture
      perftool profile diff main1.pb.gz,main2.pb.gz now1.pb.gz,now2.pb.gz -o diff.html
      perftool profile diff heap-before.bin heap-after.bin --value peak_space --per capture
    """
    from perftool.cli import profile_diff
    from perftool.cli.output import OutputOptions

    return profile_diff.run(
        profile_diff.Request(
            before=before,
            after=after,
            value=value,
            per=per.value if per is not None else None,
            focus=focus,
            ignore=ignore,
            hide=hide,
            labels=tuple(labels or ()),
            web=web,
        ),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )


@command.command("fetch")
def fetch(
    url: fetching.Url,
    seconds: fetching.Seconds = None,
    heap: fetching.Heap = False,
    allocs: fetching.Allocs = False,
    goroutine: fetching.Goroutine = False,
    token: fetching.Token = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Profile a service while it runs: one of perftool.profiling.serve(), or one written in Go.

    Examples:
      perftool profile fetch localhost:6060 --seconds 30
      perftool profile fetch localhost:6060 --heap -o heap.html
      perftool profile fetch localhost:6060 --goroutine
    """
    from perftool.cli import profile_fetch
    from perftool.cli.output import OutputOptions

    kinds = {"heap": heap, "allocs": allocs, "goroutine": goroutine}
    return profile_fetch.run(
        profile_fetch.request(url, kinds, seconds, token),
        OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only),
    )


@command.command("watch")
def watch(
    url: fetching.Url,
    every: fetching.Every = "60s",
    seconds: fetching.Seconds = "10s",
    count: fetching.Count = 0,
    keep: fetching.Keep = 100,
    max_size: fetching.MaxSize = "500M",
    folder: fetching.Folder = None,
    heap: fetching.Heap = False,
    allocs: fetching.Allocs = False,
    token: fetching.Token = None,
    quiet: options.Quiet = False,
) -> int:
    """Profile a service again and again, each time a capture and a report, the newest of which are kept.

    Examples:
      perftool profile watch localhost:6060
      perftool profile watch localhost:6060 --every 5min --seconds 30 --keep 1000
      perftool profile watch localhost:6060 --heap --folder profiles-of-today
    """
    from perftool.cli import profile_fetch, profile_watch

    kinds = {"heap": heap, "allocs": allocs}
    asked = profile_fetch.request(url, kinds, seconds, token)
    return profile_watch.run(asked, profile_watch.plan(every, count, keep, max_size, folder), quiet=quiet)


def _run(measures: "tuple[Asked, ...]", request: dict[str, Any], flags: dict[str, Any], shown: dict[str, Any]) -> int:
    from perftool.cli import profile_run
    from perftool.cli.output import OutputOptions

    request["target"] = tuple(request["target"] or ())
    return profile_run.run(
        profile_run.Request(measures=measures, **request),
        {f"profiling.{name}": value for name, value in flags.items() if value not in (None, [])},
        OutputOptions(**shown),
    )
