"""Who is blamed: a rule each, with captures made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.culprit.altered import Defined, alterations
from perftool.culprit.attribution import Attribution
from perftool.culprit.blame import blame, interval
from perftool.culprit.explain import _imported, _own, _producers
from perftool.culprit.naming import Named
from tests.culprit.made import noisy, side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.culprit.blame import Blame

Weights = dict[str, float]


def blamed(
    before: Weights,
    after: Weights,
    *,
    changed: Mapping[str, str] | None = None,
    calls: tuple[Weights, Weights] | None = None,
    defined: Mapping[str, Defined] | None = None,
    repeats: int = 5,
) -> Blame:
    """Blame the change from ``before`` to ``after``, in which the code of ``changed`` functions differs."""
    counted = calls or (None, None)
    old = side(*noisy(before, repeats), calls=counted[0])
    new = side(*noisy(after, repeats), codes=changed, calls=counted[1])
    states = alterations(old, new, {Named(f"app.{name}"): one for name, one in (defined or {}).items()})
    attribution = Attribution(states, lambda name: _own(name, old, new, None), _imported(old, new))
    return blame(old, new, attribution, paired=True, producers=_producers(states, old, new))


def first(found: Blame) -> tuple[str, int, str]:
    """Return the first suspect: its name, its share in percent and why."""
    one = found.suspects[0]
    assert one.share is not None
    return one.function, round(one.share * 100), ", ".join(one.why)


WORK = {"main": 1.0, "main work": 4.0, "main other": 5.0}


def test_a_leaf_whose_code_changed() -> None:
    found = blamed(WORK, {**WORK, "main work": 7.0}, changed={"work": "2"})
    assert first(found) == ("app.work", 100, "code changed")
    assert len(found.suspects) == 1
    assert found.unexplained == pytest.approx(0.0, abs=0.05)


def test_the_innermost_function_that_changed() -> None:
    before = {"main work step lib.encode": 4.0}
    found = blamed(before, {"main work step lib.encode": 6.0}, changed={"work": "2", "main": "2"})
    assert first(found) == ("app.work", 100, "code changed, gives lib.encode other work")


def test_c_code_counts_for_whoever_calls_it() -> None:
    before = {"main work c:match": 4.0}
    assert first(blamed(before, {"main work c:match": 6.0}, changed={"work": "2"}))[0] == "app.work"


def test_a_call_site_of_a_library_that_became_slower() -> None:
    before = {"main work lib.parse c:inner": 4.0, "main": 4.0}
    found = blamed(before, {**before, "main work lib.parse c:inner": 6.0})
    assert first(found) == ("app.work", 100, "code unchanged: its input or what it runs on changed")


def test_a_library_whose_code_changed_is_itself_to_blame() -> None:
    before = {"main work lib.parse": 4.0}
    assert first(blamed(before, {"main work lib.parse": 6.0}, changed={"lib.parse": "2"}))[0] == "lib.parse"


def test_an_unchanged_helper_that_a_changed_caller_calls_more_often() -> None:
    calls = {"main": 1.0, "main work": 1.0, "main work help": 10.0}
    found = blamed(
        {"main work": 1.0, "main work help": 4.0},
        {"main work": 1.0, "main work help": 8.0},
        changed={"work": "2"},
        calls=(calls, {**calls, "main work help": 20.0}),
    )
    assert first(found) == ("app.work", 100, "code changed, calls app.help more often")


def test_a_changed_helper_that_costs_the_same_is_not_blamed_for_being_called_more_often() -> None:
    calls = {"main": 1.0, "main work": 1.0, "main work help": 10.0}
    found = blamed(
        {"main work": 1.0, "main work help": 4.0},
        {"main work": 1.0, "main work help": 8.0},
        changed={"work": "2", "help": "2"},
        calls=(calls, {**calls, "main work help": 20.0}),
    )
    assert [one.function for one in found.suspects] == ["app.work"]


def test_a_changed_helper_that_costs_more_is_blamed_though_its_caller_changed_too() -> None:
    calls = {"main": 1.0, "main work": 1.0, "main work help": 10.0}
    after = {"main work": 1.0, "main work help": 8.0}
    found = blamed(
        {"main work": 1.0, "main work help": 4.0}, after, changed={"work": "2", "help": "2"}, calls=(calls, calls)
    )
    assert [one.function for one in found.suspects] == ["app.help"]


def test_decorators_that_are_gone_let_a_function_run_more_often() -> None:
    calls = {"main": 1.0, "main rate": 1.0}
    found = blamed(
        {"main": 4.0},
        {"main": 4.0, "main rate": 4.0},
        changed={"main": "2"},
        calls=({"main": 1.0}, calls),
        defined={"rate": Defined(("decorators changed",), calls=True)},
    )
    assert first(found) == ("app.rate", 100, "decorators changed, runs more often")


def test_a_constant_that_changed_is_told_of_the_function_that_uses_it() -> None:
    around = {"work": Defined(("uses LIMIT, which changed",), uses=("LIMIT",))}
    found = blamed(WORK, {**WORK, "main work": 7.0}, defined=around)
    assert first(found) == ("app.work", 100, "uses LIMIT, which changed")


def test_a_new_function_is_told_of_the_caller_that_changed_for_it() -> None:
    found = blamed(WORK, {**WORK, "main work audit": 3.0}, changed={"work": "2"})
    assert first(found) == ("app.work", 100, "code changed, calls app.audit, which is new")


def test_a_new_function_that_unchanged_code_calls_is_itself_to_blame() -> None:
    assert first(blamed(WORK, {**WORK, "main work hash": 3.0}))[:2] == ("app.hash", 100)


def test_what_was_split_off_a_function_is_set_off_against_it() -> None:
    found = blamed({"main work": 10.0}, {"main work": 2.0, "main work part": 11.0}, changed={"work": "2"})
    assert [(one.function, round(one.share or 0)) for one in found.suspects] == [("app.work", 1)]


def test_garbage_collection_counts_for_the_function_that_allocates() -> None:
    found = blamed(
        {"main work": 4.0, "main work gc!": 1.0}, {"main work": 5.0, "main work gc!": 5.0}, changed={"work": "2"}
    )
    assert found.suspects[0].garbage_collection
    assert first(found) == ("app.work", 100, "code changed, garbage collection")


def test_a_little_garbage_collection_is_not_why() -> None:
    found = blamed(
        {"main work": 4.0, "main work gc!": 1.0}, {"main work": 8.0, "main work gc!": 2.0}, changed={"work": "2"}
    )
    assert not found.suspects[0].garbage_collection


def test_an_import_that_is_new_is_told_of_the_first_module_of_its_chain() -> None:
    chain = "main.<module> app.<module> importlib._bootstrap.load lib.<module>"
    before = {"main.<module>": 10.0, "main.<module> app.<module>": 5.0}
    after = {**before, chain: 3.0, f"{chain} importlib._bootstrap.load lib.part.<module>": 4.0}
    found = blamed(before, after, changed={"app.<module>": "2"})
    assert first(found) == ("lib", 100, "runs on import, imported by app")


def test_a_module_whose_own_code_became_slower() -> None:
    before = {"main.<module> app.rates.<module> lib.power": 5.0}
    found = blamed(before, {"main.<module> app.rates.<module> lib.power": 9.0}, changed={"app.rates.<module>": "2"})
    assert first(found)[:2] == ("app.rates", 100)


def test_unchanged_code_that_works_on_what_changed_code_makes() -> None:
    calls = {"main": 1.0, "main make": 1.0, "main work": 10.0}
    found = blamed(
        {"main make": 1.0, "main work": 5.0},
        {"main make": 1.0, "main work": 9.0},
        changed={"make": "2"},
        calls=(calls, calls),
    )
    assert first(found) == ("app.make", 100, "code changed, shows in app.work")


def test_of_two_that_changed_the_nearer_one() -> None:
    calls = {"main": 1.0, "main make": 1.0, "main work": 1.0, "main work near": 1.0, "main work use": 1.0}
    found = blamed(
        {"main make": 1.0, "main work near": 1.0, "main work use": 5.0},
        {"main make": 1.0, "main work near": 1.0, "main work use": 9.0},
        changed={"make": "2", "near": "2"},
        calls=(calls, calls),
    )
    assert first(found)[0] == "app.near"


def test_of_two_as_near_none() -> None:
    calls = {"main": 1.0, "main make": 1.0, "main work": 1.0, "main bake": 1.0}
    found = blamed(
        {"main make": 1.0, "main bake": 1.0, "main work": 5.0},
        {"main make": 1.0, "main bake": 1.0, "main work": 9.0},
        changed={"make": "2", "bake": "2"},
        calls=(calls, calls),
    )
    assert first(found)[0] == "app.work"


def test_of_two_as_near_the_one_that_is_called_often() -> None:
    calls = {"main": 1.0, "main add": 900.0, "main items": 1.0}
    found = blamed({"main": 5.0}, {"main": 9.0}, changed={"add": "2", "items": "2"}, calls=(calls, calls))
    assert first(found)[0] == "app.add"


def test_what_chance_alone_may_have_done_is_nobodys() -> None:
    before = side({"main work": 4.0, "main other": 5.0}, {"main work": 6.0, "main other": 5.0})
    after = side({"main work": 6.0, "main other": 5.2}, {"main work": 4.2, "main other": 5.3})
    found = blame(before, after, Attribution({}, lambda _: True), paired=True)
    assert not found.suspects
    assert not found.seen


def test_several_share_the_blame_and_what_won_back_comes_last() -> None:
    found = blamed(WORK, {"main": 1.0, "main work": 12.0, "main other": 3.0}, changed={"work": "2", "other": "2"})
    assert [(one.function, round((one.share or 0) * 100)) for one in found.suspects] == [
        ("app.work", 133),
        ("app.other", -33),
    ]


def test_one_capture_a_side_names_suspects_without_intervals() -> None:
    found = blamed(WORK, {**WORK, "main work": 7.0}, changed={"work": "2"}, repeats=1)
    assert found.suspects[0].lo is None
    assert first(found)[0] == "app.work"


def test_pairs_cancel_what_both_sides_had() -> None:
    before, after = [10.0, 20.0, 30.0], [11.0, 21.1, 30.9]
    low, high = interval(before, after, 0.95, paired=True)
    assert low is not None
    assert 0.5 < low < 1.0 < (high or 0) < 1.5
    apart = interval(before, after, 0.95, paired=False)
    assert (apart[0] or 0) < 0
