"""Turn what the user named into cases: suites, SQL, Python files, mixed freely."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool import discovery
from perftool.bench import python_files
from perftool.bench.api import SuiteOptions
from perftool.databases.address import SUFFIXES as DATABASE_FILES
from perftool.errors import UnavailableError, UsageError
from perftool.model.bench import SkippedCase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.bench.api import Case, Suite
    from perftool.bench.python_files import Lister

SUITES: Final = "perftool.bench.suites"
#: The suite that runs where databases are named, and no suite is.
ON_URLS: Final = "db"
# A drive letter is no scheme, and two colons belong to file.py::bench_name.
_ADDRESS: Final = re.compile(r"@\w|[A-Za-z][A-Za-z0-9+-]+:(?!:)")


@dataclass(slots=True)
class Selection:
    """The cases to measure, those that cannot be, and a short name for the whole.

    ``suites`` are those that the cases come from, where they have one, and ``options`` what these were told.
    """

    cases: list[Case] = field(default_factory=list)
    skipped: list[SkippedCase] = field(default_factory=list)
    stem: str = "bench"
    suites: list[Suite] = field(default_factory=list)
    options: SuiteOptions = field(default_factory=SuiteOptions)

    def take(self, suite: Suite) -> None:
        """Add the cases of a suite."""
        if suite.facing == "urls" and not self.options.urls:
            raise UsageError(
                f"the suite {suite.name} needs a database", hint=f"perftool bench {suite.name} sqlite:///shop.db"
            )
        if suite.facing and self.options.scratch is None:
            raise UsageError(
                f"the suite {suite.name} measures databases, and only a plain run prepares them",
                hint=f"perftool bench {suite.name}, with --capture for profiles",
            )
        self.cases += suite.cases(self.options)
        if suite not in self.suites:
            self.suites.append(suite)


def suite(name: str) -> Suite:
    """Return the suite called ``name`` ("sql-parse").

    raises: UsageError naming the nearest suite.
    """
    known = tuple(module.replace("_", "-") for module in discovery.names(SUITES))
    if name not in known:
        raise discovery.unknown("benchmark suite", name, known)
    found: Suite = discovery.load(SUITES, name.replace("-", "_"), "SUITE", what="benchmark suite")
    return found


def default_suites() -> Iterator[Suite]:
    """Yield the suites that run when no target is given."""
    for module in discovery.names(SUITES):
        found: Suite = discovery.load(SUITES, module, "SUITE", what="benchmark suite")
        if found.default:
            yield found


def select(targets: Sequence[str], options: SuiteOptions, lister: Lister, *, root: Path) -> Selection:
    """Return the cases of ``targets`` in the order given; none means the default suites.

    ``lister`` executes a Python file elsewhere and returns its functions; ``root`` is the folder that sources are
    named relative to.
    raises: UsageError for a target that is neither a suite nor a file with benchmarks.
    """
    chosen = Selection(options=options)
    if not targets:
        suites = [suite(ON_URLS)] if options.urls else list(default_suites())
        chosen.stem = suites[0].name if len(suites) == 1 else "default"
        for one in suites:
            chosen.take(one)
        return chosen
    chosen.stem = _stem(targets[0]) + ("-and-more" if len(targets) > 1 else "")
    for target in targets:
        _add(chosen, target, options, lister, root)
    chosen.cases = _distinct(chosen.cases)
    if options.urls and not any(one.facing for one in chosen.suites):
        raise UsageError(
            "a database is named, and no suite that uses one",
            hint=f"perftool bench {ON_URLS} DATABASE --queries FOLDER",
        )
    return chosen


def is_database(target: str) -> bool:
    """Say whether a target is the address of a database: a URL, ``env:NAME``, ``@NAME``, or a file named like one."""
    return bool(_ADDRESS.match(target)) or Path(target).suffix.lower() in DATABASE_FILES


def _add(chosen: Selection, target: str, options: SuiteOptions, lister: Lister, root: Path) -> None:
    file, _, function = target.partition("::")
    path = Path(file)
    if not file:
        raise UsageError(f"the target {target!r} names nothing", hint="a dot is this folder: perftool bench .")
    if path.suffix == ".py":
        _add_python(chosen, path, function, lister, root)
    elif function:
        raise UsageError(f"{target}: only a Python file has functions", hint="file.py::bench_name")
    elif path.suffix == ".sql" and not path.is_dir():
        _add_sql(chosen, path, options)
    elif path.is_dir():
        _add_folder(chosen, path, options, lister, root)
    elif path.exists():
        raise UsageError(f"{target} is neither Python (.py) nor SQL (.sql)", hint="to measure a program: --command")
    elif "/" in target or "\\" in target or path.suffix:
        raise UsageError(f"cannot read {target}: no such file or folder")
    else:
        chosen.take(suite(target))


def _add_python(chosen: Selection, path: Path, function: str, lister: Lister, root: Path) -> None:
    cases, skipped = python_files.cases(path, function or None, lister, root=root)
    chosen.cases += cases
    chosen.skipped += skipped


def _add_sql(chosen: Selection, path: Path, options: SuiteOptions) -> None:
    # Found by name like every suite: no static import ties commands to extension files.
    cases_for_path = discovery.load(SUITES, "sql_files", "cases_for_path", what="benchmark suite")
    cases, reasons = cases_for_path(path, options)
    chosen.cases += cases
    chosen.skipped += [SkippedCase(suite="sql-files", case=place, reason=why) for place, why in reasons]


def _add_folder(chosen: Selection, path: Path, options: SuiteOptions, lister: Lister, root: Path) -> None:
    """Add the ``bench_*.py`` files and the SQL files below a folder."""
    scripts = python_files.below(path)
    for script in scripts:
        try:
            _add_python(chosen, script, "", lister, root)
        except (UsageError, UnavailableError) as error:
            # One broken or vanished file of many costs its own benchmarks only.
            suite = python_files.suite_name(script)
            chosen.skipped.append(SkippedCase(suite=suite, case=script.name, reason=error.message))
    if any(path.rglob("*.sql")):
        _add_sql(chosen, path, options)
    elif not scripts:
        raise UsageError(f"no .sql and no bench_*.py file in the folder {path}")


def matching(chosen: Selection, pattern: str) -> Selection:
    """Keep the cases whose full name ``suite/case/key=value`` contains a match of the regular expression.

    raises: UsageError when ``pattern`` is no regular expression or matches nothing.
    """
    if not pattern:
        return chosen
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise UsageError(f"--filter {pattern!r} is not a regular expression: {error}") from error
    kept = [case for case in chosen.cases if wanted.search(full_name(case))]
    if not kept:
        names = ", ".join(full_name(case) for case in chosen.cases[:5])
        more = ", …" if len(chosen.cases) > 5 else ""
        raise UsageError(
            f"--filter {pattern!r} matches none of {len(chosen.cases)} cases", hint=f"cases: {names}{more}"
        )
    measured = {case.suite for case in kept}
    suites = [one for one in chosen.suites if one.name in measured]
    return Selection(kept, chosen.skipped, chosen.stem, suites, chosen.options)


def full_name(case: Case) -> str:
    """Return ``suite/case/key=value…``."""
    return "/".join([case.suite, case.case, *(f"{k}={v}" for k, v in case.parameters.items())])


def _distinct(cases: list[Case]) -> list[Case]:
    """Drop repetitions of a case: a target named twice is measured once."""
    found: dict[str, Case] = {}
    for case in cases:
        found.setdefault(full_name(case), case)
    return list(found.values())


def _stem(target: str) -> str:
    file, _, function = target.partition("::")
    name = Path(file).stem if Path(file).suffix in {".py", ".sql"} else Path(file).name
    return f"{name}-{function}" if function else name or "bench"
