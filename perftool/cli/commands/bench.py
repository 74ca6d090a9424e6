"""Measure functions, SQL and commands, and save a report."""

from dataclasses import replace

from perftool.cli import bench_databases, bench_run, bench_vs, bench_vs_job, options, session
from perftool.cli import bench_options as given
from perftool.cli import compare_options as judging
from perftool.cli.output import OutputOptions, check, emit, write_stdout
from perftool.errors import EXIT_INTERRUPTED, EXIT_OK
from perftool.store import baselines

PANEL = "Measure"
BARE_OPTIONS = {"--explain": "failing"}


def command(
    targets: given.Targets = None,
    commands: given.Commands = None,
    command_names: given.CommandNames = None,
    setup: given.Setup = None,
    prepare: given.Prepare = None,
    cleanup: given.Cleanup = None,
    warmup: given.Warmup = None,
    ignore_failure: given.IgnoreFailure = False,
    parameters: given.Parameters = None,
    shell: given.Shell = "auto",
    input_file: given.Input = None,
    count: given.Count = None,
    samples: given.Samples = None,
    min_time: given.MinTime = None,
    timeout: given.Timeout = None,
    pattern: given.Filter = None,
    seed: given.Seed = None,
    quick: given.Quick = False,
    mem: given.Memory = None,
    instructions: given.Instructions = None,
    latency: given.Latency = None,
    capture: given.Capture = None,
    pure: given.Pure = None,
    gc: given.Gc = None,
    stage: given.Stage = None,
    dialect: given.Dialect = None,
    max_statement: given.MaxStatement = None,
    queries: given.Queries = None,
    write: given.Write = False,
    sets: given.Sets = None,
    scale: given.Scale = "1",
    python: given.Python = None,
    baseline: given.Baseline = None,
    vs: given.Vs = None,
    vs_python: given.VsPython = None,
    adaptive: given.Adaptive = False,
    max_time: given.MaxTime = None,
    explain: judging.Explain = None,
    fail_over: judging.FailOver = None,
    warn_over: judging.WarnOver = None,
    correction: judging.Correction = None,
    listing: given.List = False,
    profile: options.Profile = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
    strict: options.Strict = None,
) -> int:
    """Measure functions, SQL and commands, and save a report.

    Examples:
      perftool bench
      perftool bench queries/ benchmarks/bench_rows.py::bench_decode --mem
      perftool bench benchmarks/ --vs main --explain
      perftool bench db shop.db --queries queries/ --count 1
      perftool bench --command 'gzip -k9 {file}' --prepare 'rm -f {file}.gz' -L file a.csv,b.csv
    """
    sided = vs is not None or vs_python is not None
    flags = {
        "bench.vs.blocks" if sided else "bench.blocks": count,
        "bench.vs.samples" if sided else "bench.samples": samples,
        "bench.vs.max_time": max_time,
        "bench.min_time": min_time,
        "bench.timeout": timeout,
        "bench.filter": pattern,
        "bench.seed": seed,
        "bench.mem": mem,
        "bench.instructions": instructions,
        "bench.latency": latency,
        "bench.capture": capture,
        "bench.pure": pure or None,
        "bench.gc": gc,
        "bench.stage": stage,
        "bench.dialect": dialect,
        "bench.max_statement": max_statement,
        "bench.python": python,
        "bench.warmup": warmup,
        "compare.strict": strict,
        "compare.fail": fail_over,
        "compare.warn": warn_over,
        "compare.correction": correction,
    }
    settings = session.settings(flags, profile=profile or ("quick" if quick else None))
    shape = OutputOptions(
        formats=formats,
        outputs=outputs,
        quiet=quiet,
        verbose=verbose,
        ascii_only=ascii_only,
        strict=settings.compare.strict,
    )
    judged = sided or baseline is not None
    check(shape, "compare" if judged else "bench")  # a wrong format must not cost a minute
    bench_vs_job.check(sided=sided, adaptive=adaptive, max_time=max_time, baseline=baseline, explain=explain)
    specs = bench_run.commands(commands, command_names, setup, prepare, cleanup, parameters, shell)
    command_settings = bench_run.command_settings(settings, ignore_failure=ignore_failure, source=input_file)
    if sided and not listing:
        bench_vs_job.refuse_databases(targets, queries)
        job = bench_vs_job.job(
            settings,
            targets,
            vs=vs,
            vs_python=vs_python,
            adaptive=adaptive,
            explain=explain,
            commands=specs,
            command_settings=command_settings,
        )
        return bench_vs.finish(job, shape)
    stored = bench_run.stored(baseline, settings)
    with bench_databases.named(targets, queries, sets, scale, settings, write=write) as databases:
        start, alone = bench_run.servers(settings), bool(specs) and not targets
        selection = bench_run.selection(targets, settings, start, only_commands=alone, databases=databases)
        if listing:
            write_stdout("".join(f"{name}\n" for name in bench_run.names(selection, specs)))
            return EXIT_OK
        report = bench_run.measure(selection, specs, command_settings, settings, start, quiet=quiet)
    saved, unsaved = bench_run.save(report, selection, settings)
    shown = bench_run.judge(report, stored, settings) if stored is not None else report
    complete = bench_run.finished(report)
    steps = bench_run.next_steps(saved, stored, complete=complete, captures=baselines.captures(report))
    code = emit(shown, replace(shape, next_steps=steps))
    if unsaved is not None:
        raise unsaved
    return code if complete else EXIT_INTERRUPTED
