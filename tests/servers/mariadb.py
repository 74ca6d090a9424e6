"""A MariaDB server for tests."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.servers.running import PASSWORD, USER, Server, program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/opt/mariadb/bin")
_NUMBERS = count(1)


class MariaDB(Server):
    """MariaDB: a user with a password from everywhere, root without one over the socket. Nothing is synced to disk.

    ``settings`` are options of mariadbd, with dashes as underscores.
    """

    package = "mariadb-server-core mariadb-client-core"
    account = "nobody"

    def __init__(self, **settings: str) -> None:
        super().__init__()
        self.install = program("mariadb-install-db", package=self.package)
        self.mariadbd = program("mariadbd", package=self.package, beside=PLACES)
        self.settings = {
            "bind_address": "127.0.0.1",
            "skip_name_resolve": "1",
            # Written at commit, synced by nobody: tests kill it and look for what was committed.
            "innodb_flush_log_at_trx_commit": "2",
            "innodb_log_file_size": "8M",
            "innodb_buffer_pool_size": "32M",
            "innodb_buffer_pool_dump_at_shutdown": "0",
            "max_connections": "24",
            **settings,
        }

    @property
    def socket(self) -> Path:
        """Return the path of the socket."""
        return self.folder / "server.sock"

    def prepare(self) -> None:
        # As root it would give the data to a user of its own choice; run as the server's user it asks nothing.
        self.run(
            [
                self.install,
                "--no-defaults",
                f"--datadir={self.folder / 'data'}",
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
                "--innodb-log-file-size=8M",
            ]
        )
        start = self.folder / "start.sql"
        start.write_text(
            f"CREATE USER IF NOT EXISTS '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';"
            f"\nGRANT ALL PRIVILEGES ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n"
        )
        start.chmod(0o644)

    def command(self) -> list[str]:
        own = {
            "datadir": str(self.folder / "data"),
            "port": str(self.port),
            "socket": str(self.socket),
            "pid_file": str(self.folder / "server.pid"),
            "init_file": str(self.folder / "start.sql"),
        }
        return [self.mariadbd, "--no-defaults"] + [
            f"--{key.replace('_', '-')}={value}" for key, value in {**self.settings, **own}.items()
        ]

    def answers(self) -> bool:
        # It greets who connects, once it serves; init_file was run by then.
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(5)
                client.connect(str(self.socket))
                return len(client.recv(5)) == 5
        except OSError:
            return False

    def url(self, database: str = "", *, password: str = PASSWORD) -> str:
        """Return the URL over TCP, with the password."""
        return f"mariadb://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str = "") -> str:
        """Return the URL over the socket, with the password."""
        return f"mariadb://{self.credentials}@/{database}?unix_socket={self.socket}"

    def execute(self, sql: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """Run a statement as administrator, beside what is tested."""
        import pymysql

        with (
            pymysql.connect(unix_socket=str(self.socket), user="root", database=database, autocommit=True) as client,
            client.cursor() as cursor,
        ):
            cursor.execute(sql)
            return list(cursor.fetchall())

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Make an empty database, the block's value being its name."""
        name = f"fresh_{next(_NUMBERS)}"
        self.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name}")
