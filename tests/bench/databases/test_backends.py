"""Backends: labels that differ, addresses that stay hidden, and what one lacks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from perftool.bench.api import SuiteOptions
from perftool.bench.databases import backends
from perftool.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_labels_that_stand_for_several_databases_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "postgresql://ann:hunter2@one/shop")
    monkeypatch.setenv("B", "postgresql://bob:hunter3@two/shop")
    monkeypatch.setenv("C", "sqlite:///data/shop.db")
    options = SuiteOptions(urls=("env:A", "env:B", "env:C"), settings={"sqlite": {"mmap_size": "1"}})
    found = backends.given(options)
    assert [one.label for one in found] == ["postgresql:shop(1)", "postgresql:shop(2)", "sqlite:shop.db"]
    assert found[2].arguments(settings={"cache_size": "2"}) == {
        "url": "env:C", "write": False, "settings": {"mmap_size": "1", "cache_size": "2"},
    }  # fmt: skip
    told = repr([(one.arguments(), one.parameters(), asdict(options)) for one in found])
    assert not any(secret in told for secret in ("hunter", "ann", "bob", "one/", "two/"))


def test_embedded_ones_are_files_in_the_scratch_folder(tmp_path: Path) -> None:
    found = backends.embedded(SuiteOptions(scratch=tmp_path), "rows")
    assert [one.label for one in found] == ["sqlite", "duckdb"]
    with found[0].opened(write=True) as database, database.connect() as connection:
        assert connection.execute("SELECT 1").rows == [(1,)]
    assert (tmp_path / "rows.sqlite").exists()


def test_a_suite_that_fills_writes_only_where_that_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "sqlite:///shop.db")
    with pytest.raises(UsageError, match="nothing may be written"):
        backends.filled_ones(SuiteOptions(urls=("env:A",), scratch=tmp_path), "x")
    assert len(backends.filled_ones(SuiteOptions(urls=("env:A",), scratch=tmp_path, write=True), "x")) == 3


def test_what_cannot_be_filled_is_refused_and_the_others_are_emptied(tmp_path: Path) -> None:
    one, other = backends.embedded(SuiteOptions(scratch=tmp_path), "rows")
    named = backends.replace(one, own=False)
    emptied = []

    def fill(backend: backends.Backend, _: object) -> None:
        if backend is other:
            raise UnavailableError("no such server", hint="start it")

    with backends.filled([named, other], fill, empty=lambda backend, _: emptied.append(backend.label)) as found:
        assert [facts.label for facts in found.databases] == ["sqlite"]
        assert found.refused == {"duckdb": "no such server (start it)"}
        assert emptied == []
    assert emptied == ["sqlite"]
