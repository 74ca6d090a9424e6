"""What became of a function."""

from __future__ import annotations

import pytest

from perftool.culprit.altered import Defined, alterations, renames
from perftool.culprit.naming import Named
from tests.culprit.made import side

PATHS = {"main": 1.0, "main work": 2.0}


def state(before: object, after: object, name: str = "app.work", **more: object) -> str:
    return alterations(before, after, **more)[Named(name)].state  # type: ignore[arg-type]


def test_digests_say_whether_code_changed() -> None:
    old = side(PATHS)
    assert state(old, side(PATHS)) == "same"
    assert state(old, side(PATHS, codes={"work": "other"})) == "changed"
    assert state(old, side(PATHS, codes={"work": ""})) == "unknown"


def test_presence_says_what_is_new_and_gone() -> None:
    old, new = side({"main": 1.0}), side(PATHS)
    assert state(old, new) == "new"
    assert state(new, old) == "gone"


@pytest.mark.parametrize(("rewritten", "expected"), [(False, "same"), (True, "changed")])
def test_what_both_sources_define_is_not_new(rewritten: bool, expected: str) -> None:
    old, new = side({"main": 1.0}), side(PATHS)
    assert state(old, new, defined={Named("app.work"): Defined(rewritten=rewritten)}) == expected


def test_what_differs_around_a_function_changes_it() -> None:
    around = {Named("app.work"): Defined(("decorators changed",), calls=True)}
    found = alterations(side(PATHS), side(PATHS), around)[Named("app.work")]
    assert (found.state, found.why, found.calls) == ("changed", ("decorators changed",), True)


def test_another_text_with_the_same_code_is_the_same() -> None:
    assert state(side(PATHS), side(PATHS), defined={Named("app.work"): Defined(rewritten=True)}) == "same"


def test_a_part_that_only_one_sampler_saw_says_nothing_and_one_that_only_one_counted_does() -> None:
    part = "app.work.<locals>.<listcomp>"
    with_part = {**PATHS, f"main work {part}": 1.0}
    assert state(side(PATHS), side(with_part)) == "same"
    counted = side(PATHS, calls=PATHS), side(with_part, calls=with_part)
    assert state(*counted) == "changed"


def test_c_code_and_markers_never_changed() -> None:
    old, new = side({"main": 1.0}), side({"main c:memcpy": 1.0, "main gc!": 1.0})
    found = alterations(old, new)
    assert {one.state for name, one in found.items() if name.kind != "python"} == {"same"}


def test_a_function_with_the_code_of_one_that_is_gone_was_renamed() -> None:
    old = side({"main work": 1.0, "main other": 1.0}, codes={"work": "w"})
    new = side({"main job": 1.0, "main other": 1.0}, codes={"job": "w"})
    assert renames(old, new) == {Named("app.job"): Named("app.work")}


def test_code_that_several_functions_have_says_nothing_of_names() -> None:
    old = side({"main work": 1.0, "main play": 1.0}, codes={"work": "w", "play": "w"})
    new = side({"main job": 1.0}, codes={"job": "w"})
    assert renames(old, new) == {}
