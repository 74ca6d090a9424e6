"""Every statement of a folder of SQL through one stage: the bundled samples, or a folder of the user's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.bench.api import Case, Suite
from perftool.errors import InputError, PerftoolError
from perftool.sql import files, opening, samples, stages
from perftool.sql.dialects import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.bench.api import SuiteOptions
    from perftool.sql.files import SqlFile
    from perftool.sql.source import Statement

NAME: Final = "sql-files"
MOST_CASES: Final = 200
"""So many statements become cases of their own; a folder with more is measured file by file."""

MOST_FILES: Final = 500

Refused = tuple[str, str]
"""A place that gave no case, and why."""


def cases_for_path(path: Path, options: SuiteOptions) -> tuple[list[Case], list[Refused]]:
    """Return the cases of a ``.sql`` file or folder, and the reasons for what was left out.

    Up to MOST_CASES statements are a case each, named ``file:line``; with more, the statements of a file are one
    case named after the file, and files beyond MOST_FILES are left out. Statements that a stage refuses, or over
    ``options.max_statement``, are left out with the reason.
    raises: UsageError for a path that does not exist, an unknown dialect or stage.
    """
    dialect = canonical(options.dialect)
    wanted = stages.chosen(options.stage)
    base = path if path.is_dir() else path.parent
    if path.exists() and not (path.is_file() or path.is_dir()):
        # Opening a pipe would wait for ever for someone to write.
        return [], [(path.name, "not a file")]
    found = list(files.find([path], base=base))
    reasons = [(file.name, file.reason) for file in found if file.reason]
    readable = [file for file in found if not file.reason]
    if len(readable) > MOST_FILES:
        beyond = f"{len(readable) - MOST_FILES:,} of {len(readable):,} files"
        reasons.append((beyond, f"only {MOST_FILES} are measured"))
        readable = readable[:MOST_FILES]
    usable: list[tuple[SqlFile, list[Statement]]] = []
    for file in readable:
        before = len(reasons)
        try:
            statements = _usable(file, dialect, wanted, options.max_statement, reasons)
        except InputError as error:
            reasons.append((file.name, error.message))
            continue
        if statements:
            usable.append((file, statements))
        elif len(reasons) == before:
            reasons.append((file.name, "it holds no statement"))
    one_each = sum(len(statements) for _, statements in usable) <= MOST_CASES
    cases: list[Case] = []
    for stage in wanted:
        for file, statements in usable:
            groups = [[statement] for statement in statements] if one_each else [statements]
            cases += [_case(file, group, stage, dialect, single=one_each) for group in groups]
    return cases, reasons


def _usable(
    file: SqlFile, dialect: str, wanted: tuple[str, ...], max_statement: int, reasons: list[Refused]
) -> list[Statement]:
    """Return the statements of ``file`` that pass every stage; why the others do not goes to ``reasons``."""
    usable = []
    with opening.opened(file.path, name=file.name) as text:
        for statement in text.statements(dialect, max_statement=max_statement):
            place = f"{file.name}:{statement.line}"
            if statement.text is None:
                size = statement.end - statement.start
                reasons.append((place, f"{size:,} bytes, over the limit of {max_statement:,}"))
                continue
            try:
                for stage in wanted:
                    stages.make(stage, statement.text, dialect)
            except PerftoolError as error:
                reasons.append((place, error.message))
            else:
                usable.append(statement)
    return usable


def _case(file: SqlFile, statements: list[Statement], stage: str, dialect: str, *, single: bool) -> Case:
    texts = [statement.text or "" for statement in statements]
    first = statements[0]
    work: dict[str, float] = {}
    for text in texts:
        for unit, amount in stages.work(text, dialect).items():
            work[unit] = work.get(unit, 0.0) + amount
    name = f"{file.name}:{first.line}" + (f":{first.column}" if single and first.column > 1 else "")
    return Case(
        suite=NAME,
        case=name if single else file.name,
        kind="sql",
        module="perftool.sql.stages",
        factory="make" if single else "make_all",
        arguments={"stage": stage, "text": texts[0], "dialect": dialect}
        if single
        else {"stage": stage, "texts": list(texts), "dialect": dialect},
        parameters=stages.stage_parameters(stage, dialect),
        work=work,
        source=f"{_relative(file.path)}:{first.line}",
    )


def _relative(path: Path) -> str:
    """Return ``path`` relative to the working directory where it lies below it, else its name: never absolute."""
    here = Path(os.path.abspath(path))
    below = Path.cwd()
    return here.relative_to(below).as_posix() if here.is_relative_to(below) else path.name


def _cases(options: SuiteOptions) -> Iterator[Case]:
    cases, reasons = cases_for_path(options.folder or samples.folder(), options)
    if not cases:
        detail = f": {': '.join(reasons[0])}" if reasons else ""
        raise InputError(f"no SQL statement can be measured{detail}", hint="perftool inspect FOLDER")
    yield from cases


SUITE: Final = Suite(name=NAME, summary="every statement of the bundled SQL samples, or of a folder", cases=_cases)
