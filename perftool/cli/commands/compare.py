"""Compare results and fail when something got slower."""

from dataclasses import replace

from perftool.cli import compare_options as given
from perftool.cli import compare_run, explaining, options, session
from perftool.cli.output import OutputOptions, check, emit
from perftool.compare.as_benchstat import FORMATS
from perftool.compare.matcher import CompareQuery
from perftool.errors import EXIT_OK

PANEL = "Guard"
BARE_OPTIONS = {"--explain": "failing"}


def command(
    inputs: given.Inputs = None,
    baseline: given.Baseline = None,
    row: given.Row = ".fullname",
    col: given.Col = ".file",
    table: given.Table = ".config",
    ignore: given.Ignore = "",
    expression: given.Filter = "*",
    alpha: given.Alpha = None,
    confidence: given.Confidence = None,
    fail_over: given.FailOver = None,
    warn_over: given.WarnOver = None,
    min_effect: given.MinEffect = None,
    fail_on_missing: given.FailOnMissing = None,
    fail_on_new: given.FailOnNew = None,
    paired: given.Paired = False,
    history: given.History = None,
    normalize: given.Normalize = None,
    correction: given.Correction = None,
    explain: given.Explain = None,
    gate: given.Gate = None,
    strict: options.Strict = None,
    profile: options.Profile = None,
    formats: given.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Compare results and fail when something got slower.

    Reads perftool reports, Go benchmark text, criterion's folder, and JSON of pytest-benchmark, pyperf, hyperfine,
    asv and Google Benchmark.

    Examples:
      perftool compare old.txt new.txt
      perftool compare --baseline main latest --fail-over 15% --explain
      perftool compare old.txt new.txt --col .file --row /size@num --format benchstat
      perftool compare --history .perftool/reports --output history.html
    """
    explaining.check(explain)
    query = CompareQuery(table=table, row=row, column=col, ignore=ignore, filter=expression)
    shape = OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only)
    if formats and FORMATS.issuperset(formats) and not gate and baseline is None and inputs and history is None:
        levels = {"alpha": 0.05 if alpha is None else alpha, "confidence": 0.95 if confidence is None else confidence}
        shown = compare_run.run_as_benchstat(inputs, query, **levels, tested=bool(outputs))
        return EXIT_OK if shown is None else emit(shown, replace(shape, judge=False))
    flags = {
        "compare.alpha": alpha,
        "compare.confidence": confidence,
        "compare.fail": fail_over,
        "compare.warn": warn_over,
        "compare.min_effect": min_effect,
        "compare.strict": strict,
        "compare.fail_on_missing": fail_on_missing,
        "compare.fail_on_new": fail_on_new,
        "compare.normalize": normalize,
        "compare.correction": correction,
    }
    settings = session.settings(flags, profile=profile)
    judged = gate is not False
    if history is not None:
        from perftool.cli import history_run

        others = {"--baseline": baseline, "--paired": paired, "--normalize": normalize, "--correction": correction}
        history_run.alone({"files": inputs, **others, "--fail-on-new": fail_on_new}, query)
        check(shape, "history")
        report = history_run.run(history, expression, settings, judged=judged)
        return emit(report, replace(shape, strict=settings.compare.strict, judge=judged))
    report = compare_run.run(inputs or [], query, settings, baseline=baseline, paired=paired, judged=judged)
    if explain is not None:
        report = compare_run.explained(report, inputs or [], settings, baseline=baseline, choice=explain)
    steps = compare_run.next_steps(report, explained=explain is not None)
    return emit(report, replace(shape, strict=settings.compare.strict, next_steps=steps, judge=judged))
