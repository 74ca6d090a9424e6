"""Who may ask a running service for profiles: the same machine, or whoever has the token."""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What proxies add: behind one, every client seems to come from this machine.
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_BEARER: Final = "bearer "


def refusal(
    client: str | None, headers: Mapping[str, str], query: Mapping[str, str], token: str | None
) -> tuple[int, str] | None:
    """Return status and reason where a request may not be answered, None where it may.

    ``client`` is the address that the connection comes from, None where it has none (a Unix socket); ``headers`` have
    lower-case names. A ``token`` has to be given as ``Authorization: Bearer`` or ``?token=``, on this machine too;
    white space around it is none of it, as files of secrets end with a line break.
    Without one only loopback addresses are let in, under a name of this machine (a page in a browser could otherwise
    ask under a name of its own), and nobody who comes through a proxy.
    """
    wanted = token.strip() if token else ""
    if wanted:
        given = headers.get("authorization", "")
        said = given[len(_BEARER) :] if given.lower().startswith(_BEARER) else query.get("token", "")
        if hmac.compare_digest(said.strip().encode(), wanted.encode()):
            return None
        return 401, "the token is missing or wrong: Authorization: Bearer TOKEN, or ?token=TOKEN"
    if any(name in headers for name in _FORWARDED):
        return 403, "requests through a proxy are not answered without a token"
    if client is not None and not _loopback(client):
        return 403, "only this machine is answered without a token"
    if not _own_name(headers.get("host", "")):
        return 403, "ask for localhost or 127.0.0.1: other names are not answered without a token"
    return None


def _loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        # What is no address is the name of a test client or of a Unix socket: both are on this machine.
        return "." not in address and ":" not in address
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _own_name(host: str) -> bool:
    if not host:
        return True
    bare = host[1:].partition("]")[0] if host.startswith("[") else host.rpartition(":")[0] or host
    return bare.lower() in ("localhost", "testserver") or ((bare[:1].isdigit() or ":" in bare) and _loopback(bare))
