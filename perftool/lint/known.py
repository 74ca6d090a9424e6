"""The lint baseline: findings that were there before, by statement and not by line, so that only new ones count.

The file is small JSON that git can merge: for each path how often each (code, statement) was found. A statement is
named by a digest of its text without regard to white space, so moving code keeps what is known of it, and editing a
statement makes its findings new.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import msgspec

from perftool.errors import InputError, UsageError
from perftool.store import atomic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from perftool.model.diagnostic import Diagnostic

VERSION: Final = 1

_AGAIN: Final = "write it anew with --save-baseline"


class _Header(msgspec.Struct):
    version: int


class _File(msgspec.Struct):
    version: int
    findings: dict[str, dict[str, Annotated[int, msgspec.Meta(ge=1)]]]


class Gone(NamedTuple):
    """An entry that was found less often than the baseline says: ``times`` less."""

    path: str
    key: str
    times: int

    @property
    def code(self) -> str:
        """The rule that found it."""
        return self.key.partition(":")[0]


class Split(NamedTuple):
    """Findings set against a baseline."""

    new: list[Diagnostic]
    known: list[Diagnostic]
    gone: tuple[Gone, ...]


class Known:
    """How often each finding is known, by path and key; a key is a diagnostic's without its ordinal."""

    def __init__(self, findings: Mapping[str, Mapping[str, int]] | None = None) -> None:
        self._findings = {path: dict(counts) for path, counts in (findings or {}).items() if counts}

    @classmethod
    def of(cls, diagnostics: Iterable[Diagnostic]) -> Known:
        """Return the baseline in which all of ``diagnostics`` are known."""
        findings: dict[str, Counter[str]] = {}
        for one in diagnostics:
            if one.key:
                findings.setdefault(_path(one), Counter())[_base(one.key)] += 1
        return cls(findings)

    @classmethod
    def load(cls, path: Path) -> Known:
        """Read a baseline; raises: UsageError when the file cannot be opened, InputError when it is none."""
        try:
            data = path.read_bytes()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            hint = f"perftool lint --baseline {path} --save-baseline"
            raise UsageError(f"cannot read the lint baseline {path}: {reason}", hint=hint) from error
        return cls.decode(data, name=str(path))

    @classmethod
    def decode(cls, data: bytes, *, name: str) -> Known:
        """Read a baseline from JSON; ``name`` is the file as the user named it.

        raises: InputError in one line when ``data`` is no baseline of a known version.
        """
        if b"<<<<<<< " in data or b">>>>>>> " in data:
            raise InputError(f"{name}: holds the marks of a merge conflict", hint=f"settle it, or {_AGAIN}")
        header = _decoded(data, _Header, name)
        if header.version > VERSION:
            raise InputError(
                f"{name}: lint baseline version {header.version} is newer than this perftool reads ({VERSION})",
                hint="pip install --upgrade perftool",
            )
        return cls(_decoded(data, _File, name).findings)

    def encode(self) -> bytes:
        """Write the baseline as JSON, sorted, one entry a line."""
        findings = {path: dict(sorted(counts.items())) for path, counts in sorted(self._findings.items())}
        return msgspec.json.format(msgspec.json.encode(_File(VERSION, findings)), indent=2) + b"\n"

    def save(self, path: Path) -> None:
        """Write the baseline to ``path``, whole or not at all; raises: OutputError."""
        atomic.write_bytes(path, self.encode())

    def __len__(self) -> int:
        return sum(sum(counts.values()) for counts in self._findings.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and self._findings == other._findings

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._findings)))

    def paths(self) -> Collection[str]:
        """Return the paths that something is known of."""
        return self._findings.keys()

    def count(self, path: str, key: str) -> int:
        """Return how often the finding ``key`` (without ordinal) is known in ``path``."""
        return self._findings.get(path, {}).get(key, 0)

    def entries(self, path: str) -> Iterable[tuple[str, int]]:
        """Return what is known of ``path``: keys without ordinal and how often, sorted."""
        return sorted(self._findings.get(path, {}).items())

    def renewed(self, diagnostics: Iterable[Diagnostic], looked_at: Collection[str]) -> Known:
        """Return the baseline after a run that looked at some files only: those as found, the others as they were."""
        kept = {path: counts for path, counts in self._findings.items() if path not in looked_at}
        return Known({**kept, **Known.of(diagnostics)._findings})  # noqa: SLF001  of the same class

    def split(self, diagnostics: Iterable[Diagnostic], looked_at: Collection[str] | None = None) -> Split:
        """Set the findings of a run against the baseline; ``looked_at`` are its files, None for all there are."""
        comparison = Comparison(self)
        new: list[Diagnostic] = []
        known: list[Diagnostic] = []
        for one in diagnostics:
            (known if comparison.is_known(one) else new).append(one)
        return Split(new, known, comparison.gone(looked_at))


class Comparison:
    """Findings set against a baseline one by one, for more of them than fit into memory."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._seen: Counter[tuple[str, str]] = Counter()

    def is_known(self, diagnostic: Diagnostic) -> bool:
        """Say whether a finding is in the baseline, and note that it is still there; ask once for each.

        Of findings that differ in their ordinal alone the first ones asked for are the known ones: an ordinal counts
        those as well that comments silence.
        """
        if not diagnostic.key:
            return False
        path = _path(diagnostic)
        key = _base(diagnostic.key)
        count = self._known.count(path, key)
        if not count:
            return False
        self._seen[path, key] += 1
        return self._seen[path, key] <= count

    def paths(self) -> Collection[str]:
        """Return the paths that the baseline knows something of."""
        return self._known.paths()

    def gone(self, looked_at: Collection[str] | None = None) -> tuple[Gone, ...]:
        """Return what the baseline knows in the files ``looked_at`` (None: all) and nobody found, sorted."""
        missing = []
        for path in sorted(self._known.paths()):
            if looked_at is None or path in looked_at:
                for key, count in self._known.entries(path):
                    less = count - self._seen[path, key]
                    if less > 0:
                        missing.append(Gone(path, key, less))
        return tuple(missing)


def _path(diagnostic: Diagnostic) -> str:
    return diagnostic.span.path if diagnostic.span else ""


def _base(key: str) -> str:
    """Return a key without its ordinal."""
    return key.rpartition(":")[0] or key


def _decoded(data: bytes, kind: Any, name: str) -> Any:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise InputError(f"{name}: no lint baseline: {reason}", hint=f"restore it, or {_AGAIN}") from error
