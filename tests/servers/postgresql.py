"""A PostgreSQL server for tests."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.servers.running import PASSWORD, USER, Server, program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_NUMBERS = count(1)


class PostgreSQL(Server):
    """PostgreSQL: a password over TCP (SCRAM), none over the socket in ``folder``. Nothing is synced to disk.

    ``settings`` are of postgresql.conf.
    """

    package = "postgresql"
    account = "postgres"
    # "Immediate shutdown": no checkpoint, but shared memory is given back.
    stop_signal = signal.SIGQUIT

    def __init__(self, **settings: str) -> None:
        super().__init__()
        self.initdb = program("initdb", package=self.package, beside=PLACES)
        self.postgres = program("postgres", package=self.package, beside=PLACES)
        self.settings = {
            "fsync": "off",
            "max_connections": "40",
            "shared_buffers": "32MB",
            "listen_addresses": "127.0.0.1",
            "autovacuum": "off",
            **settings,
        }

    @property
    def data(self) -> Path:
        """Return the data directory."""
        return self.folder / "data"

    def prepare(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        self.run(
            [
                self.initdb,
                f"--pgdata={self.data}",
                f"--username={USER}",
                f"--pwfile={password}",
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ]
        )

    def command(self) -> list[str]:
        settings = {**self.settings, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        return [self.postgres, "-D", str(self.data)] + [f"--{key}={value}" for key, value in settings.items()]

    def answers(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # The process of this line may be one that was killed.
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def url(self, database: str = "postgres", *, password: str = PASSWORD) -> str:
        """Return the URL over TCP, with the password."""
        return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str = "postgres") -> str:
        """Return the URL over the socket, which asks for no password."""
        return f"postgresql:///{database}?host={self.folder}&port={self.port}&user={USER}"

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as administrator, beside what is tested."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), port=self.port, user=USER, dbname=database, autocommit=True
        ) as connection:
            found = connection.execute(sql.encode())
            return found.fetchall() if found.description else []

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Make an empty database, the block's value being its name; it goes with everybody who is still in it."""
        name = f"fresh_{next(_NUMBERS)}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")
