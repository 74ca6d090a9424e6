"""Enters the database modules of a process when it imports them, however it does."""

from __future__ import annotations

import os
import sys

from . import factories, patches
from .alchemy import Listener

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .ledger import Ledger

_ENTERED: dict[str, Callable[[Ledger, Any], Callable[[], None]]] = {
    "sqlite3": factories.sqlite,
    "psycopg2": factories.psycopg2,
    "psycopg": patches.psycopg,
    "pymysql": patches.pymysql,
    "MySQLdb": patches.mysqldb,
    "duckdb": patches.duckdb,
}
#: Libraries between a program and its driver: their frames are not the program's.
_BETWEEN = ("aiosqlite", "aiomysql", "psycopg_pool", "asyncpg")


class Watch:
    """Looks for imports of database modules and enters each once it is there."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._left: list[Callable[[], None]] = []
        self._looking: set[str] = set()

    def start(self) -> None:
        """Enter what is there, and wait for the rest."""
        for name in (*_ENTERED, "sqlalchemy"):
            if name in sys.modules:
                self.entered(sys.modules[name])
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Leave all modules."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for leave in reversed(self._left):
            leave()
        self._left = []

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return how others load a module of interest, with a look at it once it is loaded."""
        if (name not in _ENTERED and name != "sqlalchemy" and name not in _BETWEEN) or name in self._looking:
            return None
        self._looking.add(name)
        try:
            spec = None
            for finder in sys.meta_path:
                if finder is not self and hasattr(finder, "find_spec"):
                    spec = finder.find_spec(name, path, target)
                    if spec is not None:
                        break
        finally:
            self._looking.discard(name)
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return spec
        load = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            load(module)
            self.entered(module)

        try:
            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        except AttributeError:
            return spec
        return spec

    def entered(self, module: Any) -> None:
        """Begin to watch a module; one that is other than expected is left alone, and the program goes on."""
        name = module.__name__
        file = getattr(module, "__file__", None)
        if file:
            self._ledger.sites.add_library(os.path.dirname(file))
        if name in _BETWEEN:
            return
        try:
            if name == "sqlalchemy":
                listener = Listener(self._ledger)
                listener.start()
                self._left.append(listener.stop)
            else:
                self._left.append(_ENTERED[name](self._ledger, module))
                version = getattr(module, "sqlite_version", None) or getattr(module, "__version__", "")
                self._ledger.libraries[name] = str(version).split(" ")[0]
        except Exception as error:  # noqa: BLE001 - whatever it is, the program must run
            sys.stderr.write(f"perftool: {name} is not watched: {type(error).__name__}: {error}\n")
