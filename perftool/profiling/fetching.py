"""Profiles of services that answer as Go's net/http/pprof does: perftool's own, and Go's."""

from __future__ import annotations

import http.client
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from perftool.errors import InputError, UnavailableError, UsageError

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture

PREFIX: Final = "/debug/pprof"
KINDS: Final = ("profile", "heap", "allocs", "goroutine")
#: How much longer than the capture itself an answer may take.
GRACE_S: Final = 15.0
_MOST_BYTES: Final = 256 << 20
_LINE: Final = 200


def address(url: str, kind: str, seconds: float | None) -> str:
    """Return the whole URL of a profile; ``url`` may be host:port, a base, or the address of any profile.

    raises: UsageError when it is no address of a web server.
    """
    whole = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{url}: not an address: {error}", hint="for example localhost:6060") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise UsageError(f"{url}: not the address of a web server", hint="for example localhost:6060")
    path = f"{parts.path.partition(PREFIX)[0].rstrip('/')}{PREFIX}/{kind}"
    query = [(key, value) for key, value in parse_qsl(parts.query) if key not in ("seconds", "debug", "token")]
    if seconds is not None:
        query.append(("seconds", f"{seconds:g}"))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, urlencode(query), ""))


def fetch(url: str, kind: str, *, seconds: float | None, token: str | None = None) -> Capture:
    """Return the profile of a running service.

    raises: UsageError for an address that is none; UnavailableError when nothing answers there, or it refuses;
    InputError when what it answers is no profile.
    """
    from perftool.profiling import files

    where = address(url, kind, seconds)
    data = _body(where, token, (seconds or 0.0) + GRACE_S)
    with tempfile.TemporaryDirectory(prefix="perftool-fetch-") as folder:
        path = Path(folder) / f"{kind}.pb.gz"
        path.write_bytes(data)
        try:
            return files.read(path)
        except InputError as error:
            raise InputError(
                f"{where}: what it answered is no profile", hint=error.message.partition(": ")[2]
            ) from error


def text(url: str, kind: str, *, token: str | None = None) -> str:
    """Return what the service says for people: ``?debug=1``.

    raises: as ``fetch`` does.
    """
    where = address(url, kind, None)
    return _body(f"{where}{'&' if '?' in where else '?'}debug=1", token, GRACE_S).decode("utf-8", "replace")


def _body(where: str, token: str | None, patience_s: float) -> bytes:
    headers = {"User-Agent": "perftool", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(where, headers=headers)  # noqa: S310 - http and https only, see address
    try:
        with _OPENER.open(request, timeout=patience_s) as answered:
            data: bytes = answered.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(where, error.code, error.read(4096)) from error
    except urllib.error.URLError as error:
        raise _unreachable(where, error.reason, patience_s) from error
    except (OSError, http.client.HTTPException) as error:
        raise _unreachable(where, error, patience_s) from error
    if len(data) > _MOST_BYTES:
        raise InputError(f"{where}: the answer is larger than {_MOST_BYTES >> 20} MiB")
    return data


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: the token is for the host that was named."""

    def redirect_request(self, *_arguments: object) -> None:
        """Follow no redirection."""


# Proxies of the environment are for the web, not for a service next door.
_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)


def _refused(where: str, status: int, said: bytes) -> UnavailableError:
    line = " ".join(said.decode("utf-8", "replace").split())[:_LINE]
    reason = f": {line}" if line and "<" not in line[:1] else ""
    hints = {
        401: "give the token in PPROF_TOKEN",
        403: "ask on the machine itself, or start the service with a token and give it in PPROF_TOKEN",
        404: "is that the service? perftool.profiling.serve() answers below /debug/pprof/",
        409: "try again when that one is over",
    }
    return UnavailableError(f"{where}: {status}{reason}", hint=hints.get(status))


def _unreachable(where: str, reason: object, patience_s: float) -> UnavailableError:
    hint = "is it running, with perftool.profiling.serve() or another pprof endpoint?"
    if isinstance(reason, TimeoutError):
        return UnavailableError(f"{where}: no answer within {patience_s:g} s", hint=hint)
    words = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return UnavailableError(f"{where}: {words.lower()}", hint=hint)
