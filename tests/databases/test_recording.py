"""``perftool.databases.record``: what a test suite does with it."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Column, Engine, ForeignKey, Integer, create_engine, event, select, text
from sqlalchemy.orm import DeclarativeBase, Session, relationship, selectinload, sessionmaker

from perftool.databases import record
from perftool.errors import UsageError
from perftool.model.statements import StatementsPayload
from perftool.store.reports import encode

if TYPE_CHECKING:
    from collections.abc import Iterator


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customer"
    id = Column(Integer, primary_key=True)
    orders = relationship("Order")


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    customer_id = Column(ForeignKey("customer.id"))


def fill(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Customer(id=500 + i, orders=[Order(), Order()]) for i in range(9))
        session.commit()


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = create_engine("sqlite://")
    fill(made)
    yield made
    made.dispose()


def lazily(session: Session) -> int:
    return sum(len(customer.orders) for customer in session.scalars(select(Customer)))


def eagerly(session: Session) -> int:
    query = select(Customer).options(selectinload(Customer.orders))
    return sum(len(customer.orders) for customer in session.scalars(query))


def test_an_n_plus_one_fails_the_check_by_the_line_that_made_it(engine: Engine) -> None:
    with record(engine) as recording, Session(engine) as session:
        assert lazily(session) == 18
    assert recording.count == 10
    with pytest.raises(AssertionError) as failure:
        recording.assert_no_n_plus_one()
    line = lazily.__code__.co_firstlineno + 1
    assert f"tests/databases/test_recording.py:{line}: N+1: 9 × select orders.id" in str(failure.value)
    assert "selectinload()" in str(failure.value)
    (found,) = recording.diagnostics()
    assert (found.code, found.evidence["count"], found.evidence["rows"]) == ("STMT001", 9, 9)


@pytest.mark.parametrize("subject", ["engine", "sessionmaker", "session"])
def test_what_was_loaded_at_once_passes(engine: Engine, subject: str) -> None:
    maker = sessionmaker(engine)
    with maker() as session:
        given = {"engine": engine, "sessionmaker": maker, "session": session}[subject]
        with record(given) as recording:
            assert eagerly(session) == 18
    recording.assert_no_n_plus_one(most=2)
    with pytest.raises(AssertionError, match="2 statements were run, at most 1 were expected"):
        recording.assert_no_n_plus_one(most=1)


def test_a_report_says_what_was_run_and_no_value(engine: Engine) -> None:
    with record(engine) as recording, engine.begin() as connection:
        connection.execute(text("SELECT id FROM customer WHERE id > 501 AND 'hunter2' = :x"), {"x": "hunter2"}).all()
        with pytest.raises(Exception, match="nothing"):
            connection.execute(text("SELECT nothing"))
    report = recording.report()
    assert isinstance(report.payload, StatementsPayload)
    first = next(one for one in report.payload.statements if "customer" in one.text)
    assert first.text == "select id from customer where id > ? and ? = ?"
    assert (first.count, first.rows, first.errors, first.databases) == (1, 7, 0, ("sqlite",))
    assert first.sites[0].file == "tests/databases/test_recording.py"
    assert 0 < first.execute_s <= first.total_s == first.maximum_s
    assert [one.errors for one in report.payload.statements if one.text == "select nothing"] == [1]
    assert report.payload.transactions == 1
    written = encode(report)
    assert b"hunter2" not in written
    assert str(Path.cwd()).encode() not in written
    exact = [one for one in report.measurements if one.case == "all" and one.exact]
    assert [(one.unit, one.values, one.gates) for one in exact] == [("statements", (2.0,), True)]


def test_nothing_is_heard_behind_the_block(engine: Engine) -> None:
    def listeners() -> int:
        return sum(len(list(one)) for one in (engine.dispatch.before_cursor_execute, engine.pool.dispatch.checkout))

    before = listeners()
    with record(engine) as recording:
        assert listeners() > before
        with record(engine) as inner, engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
    with engine.connect() as connection:
        connection.execute(text("SELECT 2"))
    assert (recording.count, inner.count, listeners()) == (1, 1, before)


def test_two_recordings_at_once_both_see_the_rows(engine: Engine) -> None:
    with record(engine) as one, record(engine) as two, Session(engine) as session:
        eagerly(session)
    for recording in (one, two):
        payload = recording.report().payload
        assert isinstance(payload, StatementsPayload)
        assert payload.rows == 27


def test_streams_and_fetches_count_each_row_once(engine: Engine) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i FROM n"
    with record(engine) as recording, engine.connect() as connection:
        result = connection.execution_options(yield_per=64).execute(text(numbers))
        assert result.fetchone() is not None
        assert len(result.fetchmany(10)) == 10
        assert len(list(result)) == 489
        assert connection.execute(text(numbers)).first() == (1,)
    payload = recording.report().payload
    assert isinstance(payload, StatementsPayload)
    assert payload.rows == 501


def test_an_async_engine(tmp_path: Path) -> None:
    pytest.importorskip("aiosqlite")
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

    async def work() -> None:
        made = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
        async with made.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(made) as session:
            session.add_all(Customer(id=500 + i) for i in range(9))
            await session.commit()
        with record(async_sessionmaker(made)) as recording:
            async with AsyncSession(made) as session:
                ids = (await session.scalars(select(Customer.id))).all()
                for one in ids:
                    await session.execute(select(Customer.id, Customer.id + 1).where(Customer.id == one))
        await made.dispose()
        (found,) = recording.diagnostics()
        assert found.name == "n-plus-one"
        assert found.span is not None
        assert found.span.path == "tests/databases/test_recording.py"

    asyncio.run(work())


def test_a_connection_left_to_the_garbage_collector_is_told_with_who_took_it(engine: Engine) -> None:
    def forgets() -> None:
        engine.connect().execute(text("SELECT 1")).all()

    with record(engine) as recording, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        forgets()
        gc.collect()
    (found,) = recording.diagnostics()
    assert (found.code, found.evidence["dropped"]) == ("STMT005", 1)
    assert "forgets" in found.message


def test_a_connection_of_a_driver_is_used_through_the_recording() -> None:
    connection = sqlite3.connect(":memory:")
    with record(connection) as recording, recording.connection as used:
        used.execute("CREATE TABLE t (x)")
        used.executemany("INSERT INTO t VALUES (?)", [(70 + one,) for one in range(30)])
        used.row_factory = sqlite3.Row
        for row in used.execute("SELECT x FROM t"):
            assert used.execute("SELECT x FROM t WHERE x = ?", (row["x"],)).fetchone()["x"] == row["x"]
    assert connection.in_transaction is False
    connection.close()
    assert recording.count == 33
    with pytest.raises(AssertionError, match="30 × select x from t where x = "):
        recording.assert_no_n_plus_one()


def test_the_programs_own_listeners_go_on(engine: Engine) -> None:
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    event.listen(engine, "after_cursor_execute", hear)
    with record(engine), engine.connect() as connection:
        connection.execute(text("SELECT 7"))
    assert heard == ["SELECT 7"]


def test_something_else_is_refused() -> None:
    with pytest.raises(UsageError, match="int is no engine, session or connection"):
        record(7)
