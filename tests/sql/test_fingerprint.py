"""The normal form and digest of statements may never change within a version: the golden file says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.errors import UsageError
from perftool.sql.dialects import KNOWN
from perftool.sql.fingerprint import FINGERPRINT_VERSION, digest, fingerprint, normalise

GOLDEN = Path(__file__).parents[1] / "data" / "sql" / "fingerprints-1.tsv"
ROWS = [line.split("\t") for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("dialect", "text", "normal", "wanted"), ROWS, ids=[str(n) for n in range(len(ROWS))])
def test_golden(dialect: str, text: str, normal: str, wanted: str) -> None:
    text = text.replace("⏎", "\n")
    assert normalise(text, dialect) == normal
    assert fingerprint(text, dialect) == wanted


def test_the_golden_file_is_of_this_version() -> None:
    assert GOLDEN.stem.endswith(f"-{FINGERPRINT_VERSION}")
    assert len(ROWS) >= 60


@pytest.mark.parametrize(
    "variant",
    [
        "select  ID,name FROM Users where id=17 and name = 'x'",
        "SELECT id, name -- all of it\nFROM users /* ; */ WHERE id = -3.5e2 AND name = E'y';",
        "select id, name from users where id = $1 and name = :name",
        "select id, name from users where id = ? and name = %s;;",
    ],
)
def test_variants_are_one_statement(variant: str) -> None:
    assert normalise(variant) == "select id, name from users where id = ? and name = ?"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select a from t", "select b from t"),
        ('select "A" from t', 'select "a" from t'),
        ("select a - 5", "select a, -5"),
        ("select a from t where b is null", "select a from t where b is not null"),
        ("insert into t values (1, f())", "insert into t values (1, 2)"),
    ],
)
def test_different_statements_stay_different(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_lists_of_any_length_are_one() -> None:
    for many in (1, 2, 1000):
        inner = ", ".join(map(str, range(many)))
        assert normalise(f"select a from t where b in ({inner})") == "select a from t where b in (?)"
        rows = ", ".join(f"({n}, 'x', null, -{n})" for n in range(many))
        assert normalise(f"insert into t values {rows}") == "insert into t values (?)"


def test_unknown_dialect() -> None:
    with pytest.raises(UsageError):
        fingerprint("select 1", "klingon")


@given(st.text(alphabet="ab1'\"`[](),;.:+-*/ \n?=xINvaluesé\0\udc80", max_size=60), st.sampled_from(KNOWN))
@settings(max_examples=300, deadline=None)
def test_total_and_blank_blind(text: str, dialect: str) -> None:
    normal = normalise(text, dialect)
    assert normalise(" \n" + text, dialect) == normal
    assert len(digest(normal)) == 16
