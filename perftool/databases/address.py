"""Where a database is and who logs in: URLs, paths and environment variables, with passwords that never show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Files that are taken for a database without a scheme.
SUFFIXES: Final = {".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite", ".duckdb": "duckdb", ".ddb": "duckdb"}
#: Systems whose address is a file.
FILES: Final = frozenset({"sqlite", "duckdb"})
MEMORY: Final = ":memory:"
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9.-]*(\+[A-Za-z0-9_]+)?:")
_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_OPTION: Final = re.compile(r"pass|secret|token|key$|auth", re.IGNORECASE)
_HINT: Final = "sqlite:///shop.db, duckdb:///shop.duckdb, postgresql://user@host/shop, mysql://…, flightsql://…"
HIDDEN: Final = "***"


class Secret:
    """A text that prints as three stars; ``reveal`` is for drivers only."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A database: ``scheme`` as written, without "+driver"; ``database`` is a name, or the path of a file.

    ``options`` are the URL's query, those that hold a secret excepted: they are in ``secrets``.
    """

    scheme: str
    database: str = ""
    host: str = ""
    port: int | None = None
    user: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return what reports call it: the scheme and the name of database or file, no host, user or folder."""
        name = PurePath(self.database).name if self.scheme in FILES else self.database
        return f"{self.scheme}:{name}" if name else self.scheme

    def redacted(self, text: str) -> str:
        """Return ``text`` (a driver's message) without the password and other secrets."""
        hidden = [self.password, *self.secrets.values()]
        # The longer first: one may be part of another.
        for secret in sorted((s.reveal() for s in hidden if s), key=len, reverse=True):
            for form in {secret, quote(secret), quote(secret, safe="")}:
                text = text.replace(form, HIDDEN)
        return text


def parse(text: str, environment: Mapping[str, str]) -> Address:
    """Read an address: a URL, the path of a SQLite or DuckDB file, ":memory:", or "env:NAME" for a variable with one.

    ``${NAME}`` inside a URL stands for a variable, so that a password need not be written.
    raises: UsageError that never shows the text where it may hold a password.
    """
    text = text.strip()
    if text.startswith("env:"):
        name = text.removeprefix("env:")
        if not environment.get(name):
            raise UsageError(f"the environment variable {name} is not set", hint=f"export {name}='postgresql://…'")
        return parse_plain(environment[name], environment, said=f"the URL in {name}")
    return parse_plain(text, environment, said="the URL")


def parse_plain(text: str, environment: Mapping[str, str], *, said: str) -> Address:
    """Read a URL or a path; ``said`` is how messages call it."""
    if text == MEMORY:
        return Address(scheme="sqlite", database=MEMORY)
    if not _SCHEME.match(text):
        scheme = SUFFIXES.get(PurePath(text).suffix.lower())
        if scheme is None:
            shown = HIDDEN if "@" in text else repr(text)
            raise UsageError(f"{shown} is no database URL and no .db, .sqlite or .duckdb file", hint=_HINT)
        return Address(scheme=scheme, database=text)
    text = _filled(text, environment)
    scheme, rest = text.split(":", 1)
    scheme, _, driver = scheme.lower().partition("+")
    if scheme in FILES:
        return _file(scheme, rest)
    if not rest.startswith("//"):
        raise UsageError(f"{said} has no // behind {scheme}:", hint=_HINT)
    try:
        parts = urlsplit("x:" + rest)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        # The original text would show what stands before the @, in a traceback too.
        raise UsageError(
            f"{said} is not valid: the port is no number, or a bracket is not closed",
            hint=f"what is special in a password is written %2F for / and so on; {_HINT}",
        ) from None
    options, secrets = _options(parts.query)
    if driver == "tls":
        options.setdefault("tls", "true")
    return Address(
        scheme=scheme,
        database=unquote(parts.path.lstrip("/")),
        host=unquote(host),
        port=port,
        user=unquote(parts.username or ""),
        password=Secret(unquote(parts.password or "")),
        options=options,
        secrets=secrets,
    )


def _filled(text: str, environment: Mapping[str, str]) -> str:
    """Put variables in; a value is quoted, since it is one part of the URL and no URL itself."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in environment:
            raise UsageError(f"the environment variable {name} is not set, and the URL uses it")
        return quote(environment[name], safe="")

    return _VARIABLE.sub(value, text)


def _file(scheme: str, rest: str) -> Address:
    """Read what follows "sqlite:": ///relative, ////absolute, a plain path, or nothing for memory."""
    path, _, query = rest.partition("?")
    if path.startswith("//"):
        path = path[2:]
        if path and not path.startswith("/"):
            raise UsageError(f"{scheme}://{path.split('/')[0]}…: a file has no host", hint=f"{scheme}:///{path}")
        path = path[1:]
    options, secrets = _options(query)
    return Address(scheme=scheme, database=unquote(path) or MEMORY, options=options, secrets=secrets)


def _options(query: str) -> tuple[dict[str, str], dict[str, Secret]]:
    pairs = parse_qsl(query, keep_blank_values=True)
    options = {key: value for key, value in pairs if not _SECRET_OPTION.search(key)}
    return options, {key: Secret(value) for key, value in pairs if key not in options}
