"""PostgreSQL 10 and later, through psycopg 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from perftool.databases.api import Connection, Driver
from perftool.databases.postgres_connecting import check, keywords
from perftool.databases.postgres_facts import CAPABILITIES
from perftool.databases.postgres_faults import TRANSIENT, fault
from perftool.databases.postgres_session import PostgresSession
from perftool.databases.postgres_wording import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.databases.address import Address
    from perftool.databases.api import Access


def connect(address: Address, access: Access) -> Connection:
    """Open a session."""
    return PostgresSession(address, access)


def sqlalchemy_url(address: Address, way: Literal["sync", "async"]) -> Any:
    """Return the URL for SQLAlchemy's engines, whose dialect chooses between the two ways itself."""
    from sqlalchemy.engine import URL

    del way
    return URL.create(
        "postgresql+psycopg",
        username=address.user or None,
        password=address.password.reveal() or None,
        host=address.host or None,
        port=address.port,
        database=address.database or None,
        query={**address.options, **{name: secret.reveal() for name, secret in address.secrets.items()}},
    )


def engine_setup(address: Address, access: Access) -> tuple[Mapping[str, Any], Sequence[str]]:
    """Return libpq's keywords: the settings are part of them."""
    return keywords(address, access), ()


DRIVER = Driver(
    name="postgresql",
    schemes=("postgresql", "postgres"),
    summary="PostgreSQL servers, through psycopg 3",
    capabilities=CAPABILITIES,
    connect=connect,
    check=check,
    fault=fault,
    transient=TRANSIENT,
    extra="postgres",
    words=WORDS,
    sqlalchemy_url=sqlalchemy_url,
    engine_setup=engine_setup,
)
