"""What a library raises, in one line and without secrets."""

from __future__ import annotations

import pytest

from perftool.databases.address import Address, Secret
from perftool.databases.faults import CannotConnectError, ConnectionLostError, Fault, Kind, StatementError
from perftool.databases.translating import Translator, one_line

ADDRESS = Address(scheme="postgresql", database="shop", password=Secret("planted-7"))


def translator(kind: Kind) -> Translator:
    return Translator(lambda error: Fault(kind, "X1", str(error)) if isinstance(error, OSError) else None, ADDRESS)


@pytest.mark.parametrize(
    ("kind", "raised"), [("statement", StatementError), ("lost", ConnectionLostError), ("read-only", StatementError)]
)
def test_faults_become_errors_with_where_they_were(kind: Kind, raised: type[StatementError]) -> None:
    error = translator(kind).statement(OSError("it failed\n\nLINE 1: SELECT\n   ^\nHINT: planted-7 is wrong"))
    assert type(error) is raised
    assert str(error) == "postgresql:shop: it failed; HINT: *** is wrong"
    assert ("--write" in str(error.hint)) == (kind == "read-only")


def test_what_a_limit_stopped_was_not_cancelled() -> None:
    error = translator("cancelled").statement(OSError("stopped"), timeout_s=2)
    assert error is not None
    assert (error.fault.kind, str(error)) == ("timeout", "postgresql:shop: stopped after 2 s")


def test_errors_of_others_are_not_translated() -> None:
    assert translator("lost").statement(KeyError("mine")) is None
    assert translator("refused").connecting(KeyError("mine")) is None
    told = translator("refused").connecting(OSError("nobody there"), hint="look")
    assert isinstance(told, CannotConnectError)
    assert told.hint == "look"
    assert one_line("\n ^ \n") == "no message"
