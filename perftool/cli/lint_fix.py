"""Apply the fixes that a run found, or show what they would change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from perftool.errors import InputError, OutputError, PerftoolError
from perftool.lint import fixing
from perftool.lint.verifying import verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from perftool.lint.engine import Run
    from perftool.lint.fixing import Refused
    from perftool.lint.found import Found
    from perftool.lint.judged_file import JudgedFile
    from perftool.lint.records import StatementRecord
    from perftool.lint.work import Work
    from perftool.lint.worker import Worker
    from perftool.model.diagnostic import Diagnostic, TextEdit

    _Shown: TypeAlias = dict[tuple[TextEdit, ...], Diagnostic]

_ONLY_COMPILED: Final = "seen only in what dbt compiled: mend the model by hand"


class Fixed(NamedTuple):
    """What came of fixing: findings and files fixed, texts of the differences, a line for each refusal and reason.

    ``unwritten`` counts the files that the system did not let be written.
    """

    findings: int
    files: int
    differences: tuple[str, ...]
    refused: tuple[str, ...]
    unwritten: int = 0


def fix(done: Run, files: Iterable[Found], worker: Worker, *, root: Path, unsafe: bool, only_show: bool) -> Fixed:
    """Fix each file that the run ``done`` found something fixable in; with ``only_show`` nothing is written."""
    wanted: dict[str, _Shown | None] = {}
    for one in done.diagnostics:
        if one.span and one.fix and (one.fix.safe or unsafe):
            # A template is mended as it is, but only what was seen in what was made of it.
            shown = wanted.setdefault(one.span.path, {} if done.was_compiled(one.span.path) else None)
            if shown is not None:
                shown[one.fix.edits] = one
    findings = count = unwritten = 0
    differences: list[str] = []
    refused: list[str] = []
    for found in files:
        if found.name not in wanted or found.reason:
            continue
        try:
            old = found.read()
            if not done.is_as_read(found.name, old):
                raise OutputError(f"cannot fix {found.name}: it changed while it was checked", hint="run it again")
            shown = wanted[found.name]
            settled = _settled(done, found.name, old, worker.record, unsafe=unsafe, shown=shown)
            if settled.new != old:
                if only_show:
                    differences.append(fixing.diff(found.name, old, settled.new))
                elif found.data is None:
                    fixing.write(found.path, old, settled.new, root=root)
                findings += len(settled.applied)
                count += 1
            # Those that were not asked for are no news.
            told = [one for one in settled.refused if one.diagnostic.fix is None or one.diagnostic.fix.safe or unsafe]
            refused += _lines(found.name, [*told, *_unseen(shown, settled)])
        except (OSError, OutputError, InputError) as error:
            refused.append(_line(error, found.name))
            # Not that it changed meanwhile or is a link to elsewhere: those are no failures of the output.
            unwritten += isinstance(error, OutputError) and isinstance(error.__cause__, OSError)
    return Fixed(findings, count, tuple(differences), tuple(refused), unwritten)


def _lines(name: str, refused: Iterable[Refused]) -> Iterator[str]:
    """Yield a line for each reason why fixes of a file were refused."""
    by_reason: dict[str, Counter[str]] = {}
    for one in refused:
        by_reason.setdefault(one.reason, Counter())[one.diagnostic.code] += 1
    for reason, codes in by_reason.items():
        words = [code if times == 1 else f"{code} ({times} times)" for code, times in codes.items()]
        yield f"not fixed: {name}: {', '.join(words)}: {reason}"


def _unseen(shown: _Shown | None, settled: fixing.Settled) -> list[Refused]:
    """Return the fixes of findings that nothing but the compiled text shows."""
    tried = {one.fix.edits for one in (*settled.applied, *(two.diagnostic for two in settled.refused)) if one.fix}
    return [fixing.Refused(one, _ONLY_COMPILED) for edits, one in (shown or {}).items() if edits not in tried]


def _line(error: Exception, name: str) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror[:1].lower()}{error.strerror[1:]}, so it was not fixed"
    hint = error.hint if isinstance(error, PerftoolError) else None
    return f"{error}: {hint}" if hint else str(error)


def _settled(
    done: Run,
    name: str,
    old: bytes,
    work: Callable[[Work], StatementRecord],
    *,
    unsafe: bool,
    shown: _Shown | None = None,
) -> fixing.Settled:
    seen: dict[bytes, JudgedFile] = {}

    def judged(data: bytes) -> JudgedFile:
        if data not in seen:
            if len(seen) > 3:
                seen.clear()
            seen[data] = done.look(name, data, work)
        return seen[data]

    def look(data: bytes) -> tuple[Diagnostic, ...]:
        found = tuple(one for one in judged(data).diagnostics if done.scope is None or done.scope(one))
        if shown is None:
            return found
        return tuple(one for one in found if one.fix is not None and one.fix.edits in shown) if data == old else ()

    return fixing.settle(
        name,
        old,
        look,
        unsafe=unsafe,
        verify=verifier(lambda data: judged(data).diagnostics, lambda data: judged(data).count),
    )
