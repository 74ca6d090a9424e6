"""A Redis server for tests."""

from __future__ import annotations

import socket
from urllib.parse import quote

from tests.servers.running import PASSWORD, Server, program


class Redis(Server):
    """Redis with a password, which keeps nothing on disk."""

    package = "redis-server"
    account = "nobody"

    def __init__(self, **settings: str) -> None:
        super().__init__()
        self.redis = program("redis-server", package=self.package)
        self.settings = settings

    def command(self) -> list[str]:
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
            "requirepass": PASSWORD,
            **self.settings,
        }
        return [self.redis] + [word for key, value in settings.items() for word in (f"--{key}", value)]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as client:
                client.sendall(b"PING\r\n")
                return b"NOAUTH" in client.recv(64)
        except OSError:
            return False

    def url(self, database: int = 0, *, password: str = PASSWORD) -> str:
        """Return the URL, with the password."""
        return f"redis://:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"
