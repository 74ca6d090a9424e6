"""The databases of ``perftool bench``: named among its targets, and never told to anybody but who opens them."""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from perftool.bench.api import SuiteOptions
    from perftool.config.schema import Settings

# Measuring processes inherit it; what is an argument of a case could be shown, and listed by anybody's ps.
VARIABLE: Final = "_PERFTOOL_DATABASE_"
_MOST_SCALE: Final = 1e6


@dataclass(frozen=True, slots=True)
class Databases:
    """References to the databases named (``env:NAME``), the ``others`` of the targets, and what suites are told.

    ``own`` are the settings that the configuration has for a database, by reference.
    """

    urls: tuple[str, ...]
    own: Mapping[str, Mapping[str, str]]
    others: list[str]
    queries: Path | None
    write: bool
    variants: tuple[Mapping[str, str], ...]
    scale: float
    scratch: Path

    def told(self, options: SuiteOptions, settings: Settings) -> SuiteOptions:
        """Return the options of suites with all this."""
        from perftool.config.schema import DatabaseSettingsSection

        known = {name: settings.database_settings.of(name) for name in DatabaseSettingsSection.__struct_fields__}
        return replace(
            options,
            urls=self.urls,
            queries=self.queries,
            write=self.write,
            variants=self.variants,
            settings={**known, **self.own},
            scale=self.scale,
            scratch=self.scratch,
        )


@contextlib.contextmanager
def named(
    targets: Sequence[str] | None,
    queries: Path | None,
    sets: Sequence[str] | None,
    scale: str,
    settings: Settings,
    *,
    write: bool,
) -> Iterator[Databases]:
    """Take the databases out of ``targets``, for the measuring inside the block.

    There each has an environment variable, by which this process and those that it starts open it.
    raises: UsageError for an address or a setting that cannot be read.
    """
    from perftool.bench.targets import is_database

    given = list(targets or ())
    if queries is not None and not queries.exists():
        raise UsageError(f"--queries {queries}: no such file or folder")
    variables, urls = _variables([target for target in given if is_database(target)], settings)
    others = [target for target in given if not is_database(target)]
    before = {name: os.environ.get(name) for name in variables}
    with tempfile.TemporaryDirectory(prefix="perftool-", ignore_cleanup_errors=True) as scratch:
        os.environ.update(variables)
        try:
            yield Databases(
                tuple(urls), urls, others, queries, write, variants(sets or ()), _scale(scale), Path(scratch)
            )
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _variables(addresses: Sequence[str], settings: Settings) -> tuple[dict[str, str], dict[str, Mapping[str, str]]]:
    """Return variables to set, and a reference for each address with its own settings."""
    from perftool.cli.database_opening import resolved
    from perftool.databases import address

    variables: dict[str, str] = {}
    references: dict[str, Mapping[str, str]] = {}
    for number, text in enumerate(addresses):
        url, own = resolved(text, settings)
        address.parse(url, os.environ)  # now: its messages are about what the user wrote
        name = f"{VARIABLE}{number}"
        if not url.startswith("env:"):
            variables[name] = url
            url = f"env:{name}"
        references[url] = own
    return variables, references


def variants(sets: Sequence[str]) -> tuple[Mapping[str, str], ...]:
    """Return every combination of ``KEY=A,B`` lists, in the order given.

    raises: UsageError for one without a name or a value.
    """
    lists: list[list[tuple[str, str]]] = []
    for text in sets:
        name, equals, values = text.partition("=")
        if not (name.strip() and equals and values.strip()):
            raise UsageError(f"--set {text!r} is no setting", hint="--set work_mem=4MB,64MB")
        lists.append([(name.strip(), value.strip()) for value in values.split(",")])
    return tuple(dict(pairs) for pairs in itertools.product(*lists)) if lists else ()


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0 < scale <= _MOST_SCALE:
        raise UsageError(f"--scale {text}: a number above 0 is wanted", hint="--scale 10")
    return scale
