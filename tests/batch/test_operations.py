from __future__ import annotations

import json
from typing import Any

import pytest

from perftool import discovery
from perftool.batch.api import OPERATIONS, Settings
from perftool.batch.worker import Done, Worker, decode_done


def done(text: str, operation: str, **settings: Any) -> Done:
    worker = Worker(Settings(operation=operation, **{"dialect": "postgres", **settings}))
    return decode_done(worker(text.encode("utf-8", "surrogatepass")))


def result(text: str, operation: str, **settings: Any) -> Any:
    found = done(text, operation, **settings)
    assert found.result is not None, found.error
    return json.loads(found.result)


def test_parse_measures_the_tree() -> None:
    assert result("SELECT 1", "parse") == {"kind": "SELECT", "nodes": 2, "depth": 2}
    deep = result("CREATE INDEX i ON t (a)", "parse")
    assert deep["kind"] == "CREATE INDEX"
    assert deep["nodes"] > deep["depth"] > 2


def test_two_statements_in_one_text_are_both_counted() -> None:
    assert result("SELECT 1; SELECT 1 + 2", "parse")["nodes"] == 6
    assert result("SELECT 1; SELECT 2", "format")["sql"] == "SELECT\n  1;\nSELECT\n  2"


def test_validate_tells_what_was_expected_and_where() -> None:
    assert result("SELECT a FROM t", "validate") == {"valid": True}
    refused = done("SELECT é,\n  (a FROM t", "validate")
    assert refused.result is None
    assert refused.error.startswith("Expecting )")
    assert (refused.error_line, refused.error_column) == (2, 6)


def test_tokens_are_counted_or_given() -> None:
    assert result("SELECT 'a;b' -- c", "tokenize") == {"count": 2}
    tokens = result("SELECT 'é'", "tokenize", tokens=True)["tokens"]
    assert tokens == [["word", "SELECT", 0, 6], ["string", "'é'", 7, 10]]


def test_fingerprints_leave_out_literals_and_need_no_parser() -> None:
    one, two = (result(f"SELEC a FRM t WHERE b = {n}", "fingerprint") for n in (1, 23))
    assert one == two
    assert one["normal"] == "selec a frm t where b = ?"


def test_format_keeps_comments() -> None:
    assert result("select a -- why\nfrom t", "format")["sql"] == "SELECT\n  a /* why */\nFROM t"


def test_transpile_says_what_the_other_dialect_has_no_words_for() -> None:
    assert result("SELECT a::text", "transpile", to="mysql") == {"sql": "SELECT CAST(a AS CHAR)", "unsupported": []}
    told = result("SELECT a FROM t TABLESAMPLE BERNOULLI (10)", "transpile", to="mysql")
    assert told == {"sql": "SELECT a FROM t", "unsupported": ["TABLESAMPLE unsupported"]}


def test_extract_names_tables_and_columns() -> None:
    found = result("SELECT x.a FROM s.t AS x JOIN u ON u.b = x.b", "extract")
    assert found == {"tables": ["s.t", "u"], "columns": ["s.t.a", "s.t.b", "u.b"]}


def test_lint_finds_what_a_statement_shows_by_itself() -> None:
    found = result("SELECT a\nFROM t WHERE a = NULL", "lint")
    places = [(one["code"], one["severity"], one["line"], one["column"]) for one in found["diagnostics"]]
    assert ("COR001", "error", 2, 14) in places
    assert found["findings"] == len(places)
    assert done("SELECT (", "lint").error


def test_lint_takes_an_item_for_a_file_of_its_own() -> None:
    def codes(text: str) -> list[str]:
        return [one["code"] for one in result(text, "lint")["diagnostics"]]

    assert codes("SELECT 1; SELECT a FROM t WHERE a = NULL") == ["COR001"]
    assert codes("SELECT (; SELECT 1; SELECT a FROM t WHERE a = NULL") == ["PT000", "COR001"]
    assert codes("SELECT a FROM {{ ref('t') }} WHERE a = NULL") == ["COR001"]
    assert codes("SELECT a FROM t WHERE a = NULL -- perftool: ignore[COR001] on purpose") == []
    assert done("SELECT (  -- perftool: ignore[PT000] on purpose", "lint").error


@pytest.mark.parametrize("operation", discovery.names(OPERATIONS))
def test_no_text_stops_an_operation(operation: str) -> None:
    worker = Worker(Settings(operation=operation, dialect="postgres", to="duckdb"))
    for text in [
        "",
        "SELECT '\udcff'",
        "(" * 5000,
        "SELECT \0",
        "'",
        "/*",
        ";;;",
        "\N{PILE OF POO}",
        "SELECT " + "-" * 3000 + "1",
    ]:
        found = decode_done(worker(text.encode("utf-8", "surrogatepass")))
        assert (found.result is None) == bool(found.error)


def test_the_first_item_of_a_worker_is_marked_and_collections_are_timed() -> None:
    import gc

    worker = Worker(Settings(operation="validate"))
    worker.listen()
    try:
        first, second = (decode_done(worker(b"SELECT 1")) for _ in range(2))
        assert (first.first, second.first) == (True, False)
        paused = worker._pauses.seconds
        gc.collect()
        assert worker._pauses.seconds > paused
    finally:
        gc.callbacks.remove(worker._pauses)
