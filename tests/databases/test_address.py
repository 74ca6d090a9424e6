"""Addresses of databases: what they are read as, and that no secret in one ever shows."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perftool.databases import address as addresses
from perftool.databases.address import HIDDEN, Address, Secret
from perftool.errors import UsageError

#: Long enough not to be part of anything else by chance.
SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=6, max_size=20)
NAMES = st.text("abcdefghijklmnop_0123456789", min_size=1, max_size=12)


@given(password=SECRETS, token=SECRETS, user=NAMES, host=NAMES, database=NAMES)
@example(password="p@ss:w/rd?#&%", token="a b+c=d", user="u", host="h", database="shop")
@example(password="hunter2", token="hunter2hunter2", user="u", host="h", database="shop")
def test_no_secret_of_a_url_shows(password: str, token: str, user: str, host: str, database: str) -> None:
    names = f"{user} {host} {database}"
    url = f"postgresql://{user}:{quote(password, safe='')}@{host}:5432/{database}?token={quote(token, safe='')}&ssl=on"
    found = addresses.parse(url, {})
    assert found.password.reveal() == password
    assert found.secrets["token"].reveal() == token
    assert found.options == {"ssl": "on"}
    said = found.redacted(f"cannot log in as {user} with {password} ({quote(password)}) or {token}: {url}")
    for text in (repr(found), str(found), found.label, said, str(found.password), f"{found.secrets}"):
        for secret in (password, token):
            assert secret not in text or secret in names or secret in "cannot log in as with or postgresql"
    assert found.label == f"postgresql:{database}"


@given(password=SECRETS)
def test_a_variable_is_one_part_of_a_url_whatever_it_holds(password: str) -> None:
    found = addresses.parse("mysql://me:${PW}@db.example/shop", {"PW": password})
    assert (found.password.reveal(), found.host, found.database) == (password, "db.example", "shop")
    assert found == addresses.parse("env:URL", {"URL": "mysql://me:${PW}@db.example/shop", "PW": password})


@given(text=st.text(max_size=40))
def test_any_text_is_an_address_or_told_in_one_line(text: str) -> None:
    told = None
    try:
        addresses.parse(text, {})
    except UsageError as error:
        told = str(error)
    assert told is None or len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "scheme", "database", "label"),
    [
        ("shop.db", "sqlite", "shop.db", "sqlite:shop.db"),
        ("/data/shop.sqlite3", "sqlite", "/data/shop.sqlite3", "sqlite:shop.sqlite3"),
        ("shop.DuckDB", "duckdb", "shop.DuckDB", "duckdb:shop.DuckDB"),
        (":memory:", "sqlite", ":memory:", "sqlite::memory:"),
        ("sqlite://", "sqlite", ":memory:", "sqlite::memory:"),
        ("sqlite:///a%20b.db", "sqlite", "a b.db", "sqlite:a b.db"),
        ("sqlite:////data/shop.db", "sqlite", "/data/shop.db", "sqlite:shop.db"),
        ("duckdb:shop.duckdb", "duckdb", "shop.duckdb", "duckdb:shop.duckdb"),
        ("POSTGRESQL+psycopg://h/shop", "postgresql", "shop", "postgresql:shop"),
        ("flightsql://h:1/", "flightsql", "", "flightsql"),
    ],
)
def test_files_and_urls(text: str, scheme: str, database: str, label: str) -> None:
    found = addresses.parse(text, {})
    assert (found.scheme, found.database, found.label) == (scheme, database, label)


def test_tls_in_the_scheme_is_an_option() -> None:
    found = addresses.parse("grpc+tls://h:1", {})
    assert (found.scheme, found.options) == ("grpc", {"tls": "true"})


@pytest.mark.parametrize(
    "text",
    ["notes.txt", "me:planted-7@host", "postgresql:shop", "pg://me:planted-7@h:port/x", "pg://me:planted-7@[::1/x",
     "sqlite://host/shop.db", "env:NOWHERE", "pg://${NOWHERE}@h/x"],
)  # fmt: skip
def test_what_is_wrong_is_told_without_what_stands_before_the_at(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        addresses.parse(text, {})
    assert "planted-7" not in f"{raised.value} {raised.value.hint}"


def test_a_secret_is_equal_to_itself_and_shows_stars() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert (str(Secret("a")), repr(Secret("a")), bool(Secret("")), bool(Secret("a"))) == (HIDDEN, HIDDEN, False, True)
    assert Address(scheme="x").redacted("nothing to hide") == "nothing to hide"
