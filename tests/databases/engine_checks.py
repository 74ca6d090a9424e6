"""What holds for SQLAlchemy's engines, in any release of it: run here, and as a program with an older one in front.

argv: the release that must be found, and the URLs of databases to check.
"""

from __future__ import annotations

import asyncio
import sys

import sqlalchemy
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from perftool.databases import address as addresses
from perftool.databases.engines import async_engine, engine
from perftool.databases.opening import driver_for


def check(url: str) -> None:
    """Write, read, be refused to write, be told what an error means, the same asynchronously, and clean up."""
    driver = driver_for(addresses.parse(url, {}).scheme)
    made = engine(url, write=True)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE engines (id INTEGER PRIMARY KEY, name VARCHAR(20))"))
        connection.execute(text("INSERT INTO engines VALUES (:id, :name)"), {"id": 1, "name": "é"})
    made.dispose()
    reading = engine(url)
    try:
        with reading.connect() as connection:
            assert connection.execute(text("SELECT id, name FROM engines")).all() == [(1, "é")]
            for sql, kind in (("INSERT INTO engines (id) VALUES (3)", "read-only"), ("SELECT nothing", "statement")):
                try:
                    connection.execute(text(sql))
                except DBAPIError as error:
                    found = driver.fault(error)
                    assert found is not None
                    assert found.kind == kind, found
                else:
                    raise AssertionError(f"{sql} went through")
                connection.rollback()
    finally:
        reading.dispose()
    asyncio.run(check_async(url))
    made = engine(url, write=True)
    with made.begin() as connection:
        connection.execute(text("DROP TABLE engines"))
    made.dispose()


async def check_async(url: str) -> None:
    """Read, and be refused to write, over the asynchronous library."""
    made = async_engine(url)
    try:
        async with made.connect() as connection:
            assert (await connection.execute(text("SELECT name FROM engines"))).all() == [("é",)]
            try:
                await connection.execute(text("INSERT INTO engines (id) VALUES (3)"))
            except DBAPIError:
                pass
            else:
                raise AssertionError("a session that only reads has written")
    finally:
        await made.dispose()


if __name__ == "__main__":
    assert sqlalchemy.__version__ == sys.argv[1], sqlalchemy.__version__
    for address in sys.argv[2:]:
        check(address)
