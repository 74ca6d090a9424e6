"""Flight SQL servers for tests: our own over DuckDB, and roapi as one that somebody else wrote."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.servers.running import PASSWORD, USER, Server, free_port, program

ROOT = Path(__file__).parents[2]
#: Has to be as secret as the password.
TOKEN = "hunter2-planted-token"
#: How a client of HTTP/2 begins, with settings that change nothing, and the type of the frame that answers.
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"
SETTINGS = b"\x04"


class Local(Server):
    """A server of this user's: none of them refuses root."""

    account = "nobody"
    tls = False

    def identity(self) -> dict[str, Any]:
        return {}

    def answers(self) -> bool:
        # A port that takes connections is not enough: HTTP/2 is there once its settings are.
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as client:
                if self.tls:
                    return True
                client.sendall(PREFACE)
                return client.recv(4, socket.MSG_WAITALL)[3:] == SETTINGS
        except OSError:
            return False


class FlightSQL(Local):
    """The server in flight_service.py; ``guarded`` asks for user and password, ``tls`` encrypts."""

    package: ClassVar[str] = "pyarrow and duckdb"

    def __init__(self, *, guarded: bool = True, tls: bool = False) -> None:
        super().__init__()
        pytest.importorskip("pyarrow.flight", reason="pyarrow is not installed: pip install 'perftool[arrow]'")
        pytest.importorskip("duckdb", reason="duckdb is not installed: pip install 'perftool[duckdb]'")
        self.guarded = guarded
        self.tls = tls

    @property
    def certificate(self) -> Path:
        """Return the path of the certificate, which signs itself."""
        return self.folder / "certificate.pem"

    def prepare(self) -> None:
        if self.tls:
            openssl = program("openssl", package="openssl")
            what = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            where = ["-keyout", str(self.folder / "key.pem"), "-out", str(self.certificate), "-days", "2"]
            name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
            subprocess.run([openssl, *what, *where, *name], check=True, capture_output=True)

    def command(self) -> list[str]:
        command = [sys.executable, "-c", START, str(ROOT), "--port", str(self.port)]
        if self.guarded:
            shown = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            command += ["--basic", shown, "--token", TOKEN]
        if self.tls:
            command += ["--certificate", str(self.certificate), "--key", str(self.folder / "key.pem")]
        return command

    def url(self, options: str = "", *, password: str = PASSWORD) -> str:
        """Return the URL, with the password where one is asked for."""
        from urllib.parse import quote

        who = f"{USER}:{quote(password, safe='')}@" if self.guarded else ""
        return f"flightsql://{who}127.0.0.1:{self.port}/{'?' if options else ''}{options}"


START = """
import runpy, sys
root = sys.argv.pop(1)
sys.path.insert(0, root)
runpy.run_module("tests.servers.flight_service", run_name="__main__")
"""


class Roapi(Local):
    """ROAPI, which serves files read-only: ``tables`` by name and path."""

    package: ClassVar[str] = "pip install roapi"

    def __init__(self, tables: dict[str, Path]) -> None:
        super().__init__()
        self.tables = tables
        beside = Path(sys.executable).with_name("roapi")
        self.roapi = str(beside) if beside.exists() else program("roapi", package=self.package)

    def command(self) -> list[str]:
        tables = [part for name, path in self.tables.items() for part in ("--table", f"{name}={path}")]
        # It listens for HTTP and for PostgreSQL's protocol as well, whether asked to or not.
        others = ["--addr-http", f"127.0.0.1:{free_port()}", "--addr-postgres", f"127.0.0.1:{free_port()}"]
        return [self.roapi, "--addr-flight-sql", f"127.0.0.1:{self.port}", *others, *tables]

    def url(self) -> str:
        """Return the URL."""
        return f"flightsql://127.0.0.1:{self.port}/"
