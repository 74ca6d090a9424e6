"""``perftool compare … --explain``: find the captures that both reports name, and blame."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.cli import explaining

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from perftool.cli.explaining import Wanted
    from perftool.config.schema import Settings
    from perftool.culprit.history import Range
    from perftool.culprit.trees import Tree
    from perftool.model.environment import Source
    from perftool.model.profile import CaptureReference, Explanation
    from perftool.model.report import Report
    from perftool.profiling.capture import Capture
    from perftool.revisions.git import Git

_MEASURED: Final = {"cpu": "CPU", "memory": "memory"}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison: what it is called, the captures that its report names, the code that it measured.

    ``foreign`` says that it is no report of perftool's, which has no captures. ``folder`` is where its file lies.
    """

    label: str
    captures: tuple[CaptureReference, ...] = ()
    source: Source | None = None
    foreign: bool = False
    folder: Path | None = None


def sides(arguments: Sequence[str], settings: Settings, *, baseline: str | None) -> tuple[Side, Side]:
    """Return the sides that are compared: the first column and the last."""
    from perftool.cli import compare_inputs
    from perftool.compare import inputs as reading

    named = reading.parse(compare_inputs.latest(arguments or ["latest"], settings.report_folder))
    read = [_read(one.label, one.path) for one in named]
    if baseline is not None:
        from perftool.store import baselines

        report = read[0][1]
        label = report.environment.label if report is not None else None
        stored = baselines.load(settings.baseline_folder, baseline, label)
        return _side(f"baseline {baseline}", stored, None), _side(*read[-1])
    if len(read) == 1 and read[0][1] is not None and (both := _both(read[0][1], read[0][2])) is not None:
        return both
    return _side(*read[0]), _side(*read[-1])


def explained(report: Report, pair: tuple[Side, Side], settings: Settings, choice: str) -> Report:
    """Return the report with its failing and warning rows explained, from the captures that both sides name."""
    rows = explaining.wanted(report, choice)
    if not rows:
        return report
    history = _History(pair, settings)
    return explaining.explained(report, [_explained(row, pair, settings, history) for row in rows])


def _read(label: str, path: str) -> tuple[str, Report | None, Path | None]:
    from perftool.errors import PerftoolError
    from perftool.store import reports

    if not Path(path).is_file():
        return label, None, None
    try:
        return label, reports.read(Path(path)), Path(path).parent
    except PerftoolError:
        return label, None, None  # of another tool: it could be compared all the same


def _side(label: str, report: Report | None, folder: Path | None) -> Side:
    from perftool.store import baselines

    if report is None:
        return Side(label, foreign=True)
    return Side(label, baselines.captures(report), report.environment.source, folder=folder)


def _both(report: Report, folder: Path | None) -> tuple[Side, Side] | None:
    """Return the sides of a report that measured two in turn, None for any other."""
    from perftool.model.comparison import ComparisonPayload

    run = report.payload.run if isinstance(report.payload, ComparisonPayload) else None
    if run is None:
        return None
    base, now = (
        Side(side.label, tuple(c for c in run.captures if c.side == side.name), side.environment.source, folder=folder)
        for side in run.sides
    )
    return base, now


def _explained(row: Wanted, pair: tuple[Side, Side], settings: Settings, history: _History) -> Explanation:
    from perftool.culprit import explain as culprit
    from perftool.culprit.history import with_history
    from perftool.culprit.trees import texts
    from perftool.errors import PerftoolError
    from perftool.profiling.benchmarked import repeats_of

    if row.unit not in culprit.KINDS:
        return row.unexplained(f"no profile says why {row.unit} changes")
    try:
        before, after = (_capture(row, culprit.KINDS[row.unit][1], side, settings) for side in pair)
    except PerftoolError as error:
        return row.unexplained(f"{error.message}; {error.hint}" if error.hint else error.message)
    taken = [repeats_of(one) or [(one, 1)] for one in (before, after)]
    known = culprit.Sides(
        taken[0],
        taken[1],
        texts=texts(history.trees, ([before], [after]), history.differing()),
        trees=history.trees,
        levels=row.levels,
        source="stored",
    )
    try:
        found = culprit.explain(row.row, row.unit, known, measured=row.visible, whole=row.measured)
    except ValueError as error:
        return row.unexplained(str(error))
    return with_history(found, history.trees, history.between, shown=history.shown)


def _capture(row: Wanted, measure: str, side: Side, settings: Settings) -> Capture:
    """Read the capture of a row on one side.

    raises: UnavailableError when there is none, InputError when its file is damaged.
    """
    from perftool.errors import UnavailableError
    from perftool.profiling import files, storing

    what = _MEASURED[measure]
    if side.foreign:
        raise UnavailableError(f"{side.label} is no report of perftool's: only those name profiles")
    matching = [one for one in side.captures if one.measures == measure and _name(one) == row.row]
    how = f"perftool bench --capture {measure} takes them"
    if not matching:
        raise UnavailableError(f"{side.label} has no {what} profile of it", hint=f"{how}, bench --vs --explain too")
    folders = [settings.capture_folder, settings.baseline_captures_folder, *([side.folder] if side.folder else [])]
    path = storing.find(matching[0].digest, matching[0].name, folders)
    if path is None:
        raise UnavailableError(
            f"the {what} profile of {side.label} is not kept any more ({matching[0].name})", hint=how
        )
    return files.read(path)


def _name(one: CaptureReference) -> str:
    return "/".join([one.suite, one.case, *(f"{key}={value}" for key, value in one.parameters.items())])


class _History:
    """The repository around the project, as far as it knows the commits of both sides."""

    def __init__(self, pair: tuple[Side, Side], settings: Settings) -> None:
        from perftool.culprit.history import Range
        from perftool.culprit.trees import Tree, on_disk

        here = on_disk(settings.root)
        self.trees: tuple[Tree, Tree] = here, here
        self.between: Range | None = None
        self._prefix = ""
        top = _top(settings.root)
        if top is None:
            return
        self._git, folder = top
        self._prefix = os.path.relpath(settings.root.resolve(), folder.resolve())
        base, now = (self._known(side.source) for side in pair)
        if base is None:
            return
        source = pair[1].source
        working = now is None or (source is not None and bool(source.dirty))
        head = now if now is not None else "HEAD"
        self.between = Range(self._git.ask, base, head=head, working=working)
        after = on_disk(folder) if working else Tree(folder, self._at(head))
        self.trees = Tree(folder, self._at(base)), after

    def differing(self) -> Iterator[str]:
        """Yield the Python files that differ between both sides."""
        from perftool.errors import PerftoolError

        if self.between is None:
            return
        ends = [self.between.base] if self.between.working else [self.between.base, self.between.head]
        try:
            yield from self._git.names("diff", "--name-only", "-z", *ends, "--", "*.py")
        except PerftoolError:
            return

    def shown(self, name: str) -> str:
        """Return the name of a file of the repository as the project's reports have it."""
        return os.path.relpath(name, self._prefix or ".").replace(os.sep, "/")

    def _known(self, source: Source | None) -> str | None:
        from perftool.errors import PerftoolError

        if source is None or source.commit is None:
            return None
        try:
            self._git.ask("cat-file", "-e", f"{source.commit}^{{commit}}")
        except PerftoolError:
            return None
        return source.commit

    def _at(self, revision: str) -> Callable[[str], str | None]:
        """Return what reads a file of a revision, None for one that it does not have."""
        names = frozenset(self._git.names("ls-tree", "-r", "--full-tree", "--name-only", "-z", revision))

        @functools.cache
        def read(name: str) -> str | None:
            return self._git.ask("show", f"{revision}:{name}") + "\n" if name in names else None

        return read


def _top(root: Path) -> tuple[Git, Path] | None:
    from perftool.errors import PerftoolError
    from perftool.revisions.git import Git, top_of

    variables = dict(os.environ)
    try:
        folder = top_of(root, variables)
    except PerftoolError:
        return None
    return Git(folder, variables), folder
