"""The systems that every driver's tests run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.databases import systems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.databases.api import Connection
    from tests.databases.systems import System


def _on(name: str, group: str = "") -> object:
    return pytest.param(name, marks=[pytest.mark.xdist_group(group)] if group else [])


@pytest.fixture(
    scope="module",
    params=[
        _on("sqlite"),
        _on("duckdb"),
        _on("postgresql", "postgresql"),
        _on("mariadb", "mariadb"),
        _on("flightsql", "flightsql"),
        _on("roapi", "roapi"),
    ],
)
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> System:
    """Return each database in turn; one whose server is missing is skipped with the reason."""
    name = request.param
    if name in {"sqlite", "duckdb"}:
        made = {"sqlite": systems.sqlite, "duckdb": systems.duckdb}[name](tmp_path_factory.mktemp(name))
        made.driver.check()
        made.connect().close()
        return made
    server = request.getfixturevalue(name)
    if name in {"postgresql", "mariadb"}:
        make = systems.postgresql if name == "postgresql" else systems.mariadb
        return make(server, request.getfixturevalue(f"{name}_url"))
    return {"flightsql": systems.flightsql, "roapi": systems.roapi}[name](server)


@pytest.fixture
def connection(system: System) -> Iterator[Connection]:
    """Return a session that may write."""
    opened = system.connect()
    yield opened
    opened.close()


@pytest.fixture
def writing(system: System) -> System:
    """Return systems whose tables can be written."""
    if system.fixed:
        pytest.skip(f"{system.name} takes nothing in")
    return system
