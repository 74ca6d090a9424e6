"""What tests of faults share: sessions that write, and errors that are held to what all of them promise."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from perftool.databases.faults import Fault, StatementError, fault_of
from perftool.databases.opening import open_database
from tests.servers.running import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from perftool.databases.api import Connection
    from perftool.errors import PerftoolError


@contextmanager
def session(url: str, **settings: str) -> Iterator[Connection]:
    with open_database(url, write=True, settings=settings) as database:
        connection = database.session()
        try:
            yield connection
        finally:
            connection.close()


def stocked(url: str) -> str:
    """Make the table ``stock`` with two rows."""
    with session(url) as connection:
        connection.execute("CREATE TABLE stock (id int PRIMARY KEY, left_over int)")
        connection.execute("INSERT INTO stock VALUES (1, 10), (2, 20)")
    return url


def told(
    action: Callable[[], object], transient: Mapping[str, str], kind: type[PerftoolError] = StatementError
) -> Fault:
    """Return the fault that ``action`` raises: one line, which shows no password; ``transient`` are known codes."""
    with pytest.raises(kind) as caught:
        action()
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value.hint)
    assert PASSWORD not in said
    assert quote(PASSWORD, safe="") not in said
    assert "\n" not in str(caught.value)
    found = fault_of(caught.value)
    assert found is not None
    assert found.transient == (found.code in transient)
    return found
