from __future__ import annotations

import msgspec

from perftool.model.lint import LintPayload, RuleCount
from perftool.render import document as doc
from perftool.render.finding_tables import FOLDED, SHOWN, by_file, by_rule, by_time, worst
from tests.render.lint_sample import DIAGNOSTICS, PAYLOAD
from tests.render.samples import SAMPLES


def cells(table: doc.Table | None) -> list[list[str]]:
    assert table is not None
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_the_most_frequent_rule_comes_first_and_silent_ones_are_left_out() -> None:
    found = cells(by_rule(PAYLOAD))
    assert found[0] == ["MIG001", "blocking-index-build", "⚠ warning", "2", "28.6 %", ""]
    assert found[1] == ["COR001", "null-comparison", "✗ error", "1", "14.3 %", "[*]"]
    assert "PER040" not in {row[0] for row in found}


def test_where_only_some_can_be_fixed_their_number_is_told() -> None:
    rules = (RuleCount(code="A001", name="a", severity="info", count=1200, fixable=1100),)
    payload = LintPayload(files=1, size=1, statements=1, distinct=1, rules=rules)
    assert cells(by_rule(payload)) == [["A001", "a", "· info", "1,200", "100.0 %", "1,100 [*]"]]


def test_the_dearest_rule_comes_first_even_if_it_found_nothing() -> None:
    found = cells(by_time(PAYLOAD))
    assert [row[0] for row in found] == ["PER003", "PER012", "PER040", "COR001", "PER009", "MIG001"]
    assert found[0][2:] == ["12.3 ms", "42.7 %", "1,204", "1"]
    assert found[2][5] == "0"


def test_no_time_no_table() -> None:
    assert by_time(LintPayload(files=1, size=1, statements=1, distinct=1)) is None


def test_each_file_tells_its_dialect_and_why() -> None:
    assert cells(by_file(PAYLOAD))[2] == [
        "migrations/0042_orders.sql", "postgres", "CONCURRENTLY nearby", "migration oltp", "2"
    ]  # fmt: skip


def test_the_worst_findings_are_shown_in_the_order_of_the_files() -> None:
    (table,) = worst(SAMPLES["lint"]())
    assert isinstance(table, doc.Table)
    assert [row[1] for row in cells(table)] == [
        f"{one.span.path}:{one.span.line}:{one.span.column}" for one in DIAGNOSTICS if one.span
    ]
    assert cells(table)[0][2] == "COR001 null-comparison [*]"
    assert not any(row.folded for row in table.rows)


def test_of_many_the_errors_are_shown_the_next_folded_and_the_rest_counted() -> None:
    error, warning = DIAGNOSTICS[0], DIAGNOSTICS[1]
    many = msgspec.structs.replace(SAMPLES["lint"](), diagnostics=(*[warning] * 500, error, error))
    table, note = worst(many)
    assert isinstance(table, doc.Table)
    shown = [row.cells[0].text for row in table.rows if not row.folded]
    assert len(shown) == SHOWN
    assert shown.count("✗ error") == 2
    assert sum(row.folded for row in table.rows) == FOLDED
    assert table.fold_title == f"{FOLDED} more findings"
    assert note == doc.Note(f"{502 - SHOWN - FOLDED} findings more in the report of the run", "muted")


def test_nothing_found_is_no_table() -> None:
    assert worst(msgspec.structs.replace(SAMPLES["lint"](), diagnostics=())) == []
