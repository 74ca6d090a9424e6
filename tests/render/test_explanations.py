"""Who accounts for a row, in words."""

from __future__ import annotations

from msgspec.structs import replace

from perftool.model.comparison import ComparisonPayload
from perftool.model.profile import Commit
from perftool.render import document as doc
from perftool.render.explanations import blocks, commits, culprits
from perftool.render.gated import judged
from tests.render import samples
from tests.render.explained_sample import EXPLANATIONS

EXPLAINED, UNEXPLAINED = EXPLANATIONS


def items() -> doc.Items:
    (found,) = blocks([replace(EXPLAINED, warnings=())])
    assert isinstance(found, doc.Items)
    return found


def test_each_suspect_says_its_share_why_and_where() -> None:
    one = items().items[0]
    assert one.mark == "1."
    assert one.tone == "bad"
    assert one.text == (
        "app.orders.OrderParser._parse_join  +78 % of the change [+70, +86]  "
        "code changed, calls app.orders.OrderParser._peek more often · "
        '4f2c91a "Look for hints before every join", and 1 more · app/orders.py:88'
    )


def test_what_won_back_reads_the_right_way_round() -> None:
    one = items().items[2]
    assert "−6 % of the change [−8, −4]" in one.text
    assert one.tone == "muted"


def test_says_what_nobody_accounts_for() -> None:
    assert items().items[-1].text == "+12 % spread over the rest"
    back = blocks([replace(EXPLAINED, unexplained=-0.2, warnings=())])[0]
    assert isinstance(back, doc.Items)
    assert back.items[-1].text == "−20 % won back in the rest"


def test_the_title_says_what_changed_and_from_what_that_is_known() -> None:
    assert items().title == "culprit of sql-parse/ComplexQuery (CPU time/op): +31.0 µs, from 16 captures taken for this"


def test_a_row_without_suspects_says_why() -> None:
    (found,) = blocks([UNEXPLAINED])
    assert isinstance(found, doc.Items)
    assert found.items[0].text.startswith("sql-parse/CTE (CPU time/op): HEAD~1 has no CPU profile of it")


def test_doubts_are_said_once() -> None:
    notes = [one for one in blocks([EXPLAINED, EXPLAINED]) if isinstance(one, doc.Note)]
    assert [note.text.partition(":")[0] for note in notes] == ["sql-parse/ComplexQuery"]


def test_nothing_asked_nothing_said() -> None:
    assert blocks([]) == []


def test_formats_of_findings_name_the_culprit() -> None:
    told = {(row, unit): text for (row, unit), text in culprits(EXPLANATIONS).items()}
    assert told == {
        ("sql-parse/ComplexQuery", "cpu-sec/op"): "app.orders.OrderParser._parse_join +78 % of the change "
        '(4f2c91a "Look for hints before every join", and 1 more)'
    }
    payload = samples.explained().payload
    assert isinstance(payload, ComparisonPayload)
    texts = [one.text for one in judged(payload)]
    assert [("; culprit app.orders" in text) for text in texts] == [True, False, False, False]


def test_commits_in_one_line() -> None:
    one = Commit(id="4f2c91a", subject="Round")
    assert commits([]) == ""
    assert commits([one]) == '4f2c91a "Round"'
    assert commits([Commit(id="", subject="not committed yet"), one]) == "not committed yet, and 1 more"
