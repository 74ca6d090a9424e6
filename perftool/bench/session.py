"""A measuring process for some cases that is replaced when one of them kills it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.bench import requests
from perftool.bench.server import ServerDiedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.bench.record import Record
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings

Json = dict[str, Any]


class Session:
    """A server that is replaced when a case kills it; cases that cannot be imported or measured are marked."""

    def __init__(
        self, start: Callable[[int], Server], hash_seed: int, records: list[Record], settings: RunSettings
    ) -> None:
        self._start = start
        self._hash_seed = hash_seed
        self._records = records
        self._timeout_s = settings.timeout_s
        self._server: Server | None = None

    def __enter__(self) -> Session:
        try:
            self._load()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def alive(self) -> list[Record]:
        """Return the records that have not been skipped."""
        return [record for record in self._records if record.reason is None]

    def ask(self, record: Record, request: Json) -> Json | None:
        """Return the reply, or None after marking ``record`` with the reason why there is none."""
        if record.reason is not None:
            return None
        if self._server is None:
            self._load()
        if self._server is None:
            return None
        try:
            reply = self._server.ask(request, self._timeout_s)
        except ServerDiedError as error:
            record.reason = str(error)
            self.__exit__()
            return None
        if "error" in reply:
            record.reason = _reason(reply)
            return None
        return reply

    def modules(self) -> dict[str, str]:
        """Return name and digest of the file of every module that the cases have imported, Python's own left out."""
        reply = self.ask_aside({"do": "modules"})
        return reply["modules"] if reply is not None else {}

    def ask_aside(self, request: Json) -> Json | None:
        """Return the reply to something that belongs to no case, None when there is none: no case is marked for it."""
        if self._server is None:
            return None
        try:
            reply = self._server.ask(request, self._timeout_s)
        except ServerDiedError:
            self.__exit__()
            return None
        return None if "error" in reply else reply

    def _load(self) -> None:
        """Import every target once, starting over without a target that fails to answer."""
        while self._server is None and self.alive():
            server = self._start(self._hash_seed)
            self._server = server
            places = dict.fromkeys((r.case.module, r.case.file) for r in self.alive())
            if not all(self._imported(server, place) for place in places):
                self.__exit__()

    def _imported(self, server: Server, place: tuple[str | None, str | None]) -> bool:
        """Import one target, marking its cases when it fails; False when the server did not survive it."""
        group = [r for r in self.alive() if (r.case.module, r.case.file) == place]
        survived = True
        try:
            reply = server.ask(requests.load([r.case for r in group]), self._timeout_s)
        except ServerDiedError as error:
            reply, survived = {"error": str(error)}, False
        if "error" in reply:
            for record in group:
                record.reason = _reason(reply)
        return survived


def _reason(reply: Json) -> str:
    missing = reply.get("missing")
    text = str(reply["error"])
    return f"{text} (not installed in the measuring interpreter: python -m pip install {missing})" if missing else text
