"""A part of a function is the function."""

from __future__ import annotations

import pytest

from perftool.culprit.naming import Named, named
from perftool.profiling.capture import Function


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("app.work", "app.work"),
        ("app.work.<locals>.<listcomp>", "app.work"),
        ("app.work.<locals>.<genexpr>", "app.work"),
        ("app.work.<locals>.<lambda>", "app.work"),
        ("app.work.<locals>.<lambda>.<locals>.<dictcomp>", "app.work"),
        ("app.work.<locals>.inner", "app.work.<locals>.inner"),
        ("app.work.<locals>.inner.<locals>.<setcomp>", "app.work.<locals>.inner"),
        ("app.<lambda>", "app.<lambda>"),
        ("app.work.<locals>.<dictcomp>.<listcomp>", "app.work"),
        ("app.<listcomp>", "app.<module>"),
        ("app.<dictcomp>.<listcomp>", "app.<module>"),
        ("app.<module>", "app.<module>"),
    ],
)
def test_named_after_what_it_is_written_in(given: str, name: str) -> None:
    assert named(Function(given)) == Named(name)


def test_c_code_and_markers_keep_their_name() -> None:
    assert named(Function("std::<lambda>.<genexpr>", kind="native")) == Named("std::<lambda>.<genexpr>", "native")


def test_a_module_is_known() -> None:
    module = Named("shop.rates.<module>")
    assert module.is_module
    assert module.module == "shop.rates"
    assert not Named("shop.rates.table").is_module
