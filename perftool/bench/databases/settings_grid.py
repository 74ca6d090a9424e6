"""Settings of databases that are worth a try, by system: what guides recommend, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.databases.api import Connection

#: What is in use: the name of the candidate that the others are compared with.
AS_IT_IS: Final = "as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One candidate: ``settings`` of the session, or ``stored`` ones, which stay in the file whoever opens it.

    ``risk`` says what a crash may cost with it, "" where it changes no durability. ``file`` are the statements that
    store it, to be run on a copy. Of two candidates with the same ``about`` at most one can be used.
    """

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    risk: str = ""
    file: tuple[str, ...] = ()
    about: str = ""

    @property
    def said(self) -> dict[str, str]:
        """Return all that it sets."""
        return {**self.settings, **self.stored}


def plain(name: str, value: str, *, risk: str = "") -> Setting:
    """Return a candidate that is one setting of the session."""
    return Setting(name=f"{name}={value}", settings={name: value}, risk=risk, about=name)


def own(text: str) -> Setting:
    """Read a candidate as the user wrote it: ``work_mem=128MB``.

    raises: UsageError for one without a name or a value.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise UsageError(f"{text!r} is no setting", hint="--try work_mem=128MB")
    return plain(name, value)


def present() -> Setting:
    """Return the candidate that changes nothing."""
    return Setting(name=AS_IT_IS)


_LOST: Final = "commits of the last moments may be lost in a crash"
_BROKEN: Final = "the file may be damaged in a crash of the machine"

#: source: sqlite.org, "PRAGMA statements"; "Memory-Mapped I/O"
_SQLITE: Final = (
    plain("cache_size", "-16000"),
    plain("cache_size", "-64000"),
    plain("mmap_size", "268435456"),
    plain("temp_store", "2"),
    plain("synchronous", "1", risk="a commit may be lost in a power failure with WAL, the file be damaged without"),
    plain("synchronous", "0", risk=_BROKEN),
)
#: source: duckdb.org, "Configuration", "Tuning Workloads"
_DUCKDB: Final = (
    plain("preserve_insertion_order", "false"),
    plain("streaming_buffer_size", "1MB"),
)
#: source: postgresql.org, "Server Configuration", "Resource Consumption", "Query Planning", "Write Ahead Log"
_POSTGRESQL: Final = (
    plain("work_mem", "16MB"),
    plain("work_mem", "64MB"),
    plain("work_mem", "256MB"),
    plain("jit", "off"),
    plain("random_page_cost", "1.1"),
    plain("effective_cache_size", "16GB"),
    plain("max_parallel_workers_per_gather", "0"),
    plain("max_parallel_workers_per_gather", "4"),
    plain("synchronous_commit", "off", risk=_LOST),
)
#: source: mariadb.com/kb, "Server System Variables", "Optimizer Switch"
_MYSQL: Final = (
    plain("join_buffer_size", "4194304"),
    plain("sort_buffer_size", "16777216"),
    Setting(
        name="tmp_table_size=268435456",
        settings={"tmp_table_size": "268435456", "max_heap_table_size": "268435456"},
        about="tmp_table_size",
    ),
    plain("optimizer_switch", "mrr=on,mrr_sort_keys=on"),
)


def grid(driver: str, *, cores: int) -> list[Setting]:
    """Return the candidates of the session for a system, none for one that has no settings."""
    if driver == "duckdb":
        counts = sorted({1, max(1, cores // 2), cores, 2 * cores})
        return [*(plain("threads", str(count)) for count in counts), *_DUCKDB]
    return list({"sqlite": _SQLITE, "postgresql": _POSTGRESQL, "mysql": _MYSQL}.get(driver, ()))


#: How SQLite names its journal modes.
_WAL: Final = "wal"


def stored(driver: str, journal_mode: str, *, durability: bool) -> list[Setting]:
    """Return the candidates that stay in the file, for systems that have such.

    What VACUUM alone does is one of them: a new page size needs it, and would be praised for it.
    """
    if driver != "sqlite":
        return []
    # A page size does not change while there is a write-ahead log.
    before = ("PRAGMA journal_mode = delete",) if journal_mode == _WAL else ()
    after = ("PRAGMA journal_mode = wal",) if journal_mode == _WAL else ()
    found = [Setting(name="VACUUM", file=("VACUUM",), stored={"VACUUM": "once"}, about="page_size")]
    found += [
        Setting(
            name=f"page_size={size}",
            file=(*before, f"PRAGMA page_size = {size}", "VACUUM", *after),
            stored={"page_size": str(size)},
            about="page_size",
        )
        for size in (1024, 8192, 16384)
    ]
    if durability and journal_mode != _WAL:
        found.append(
            Setting(
                name="journal_mode=wal",
                file=("PRAGMA journal_mode = wal",),
                stored={"journal_mode": _WAL},
                risk="none by itself; the log is a second file, and all processes have to be on one machine",
                about="journal_mode",
            )
        )
    return found


_ASK: Final = {
    "sqlite": "PRAGMA {name}",
    "duckdb": "SELECT current_setting('{name}')",
    "postgresql": "SELECT current_setting('{name}')",
    "mysql": "SELECT @@session.{name}",
}


def values(connection: Connection, driver: str, names: Sequence[str]) -> dict[str, str]:
    """Return what settings are now, in the database's words; "" for one that it does not know, or does not tell."""
    found = {}
    for name in names:
        ask = _ASK.get(driver, "").format(name=name)
        try:
            rows = connection.execute(ask).rows if ask and name.isidentifier() else []
        except InputError:
            rows = []
        found[name] = str(rows[0][0]) if rows else ""
    return found
