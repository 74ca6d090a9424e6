"""Bound statements by a setting of the session, for systems that stop what takes too long themselves."""

from __future__ import annotations

from typing import Protocol


class Allowing(Protocol):
    """A session that can be told how long its statements may take."""

    def allow(self, seconds: float | None) -> None:
        """Let statements take so long from now on, None for as long as the server lets them."""


class ServerLimit:
    """A block whose statement may take ``seconds``; the setting stays until another is wanted."""

    def __init__(self, session: Allowing, seconds: float | None) -> None:
        self._session = session
        self.seconds = seconds

    def __enter__(self) -> ServerLimit:
        self._session.allow(self.seconds)
        return self

    def __exit__(self, *_: object) -> None:
        pass
