"""Parameter lists and their combinations."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.bench.processes.parameters import ParameterList, expand, parse_parameter_lists, substitute
from perftool.errors import UsageError

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,6}", fullmatch=True)
values = st.lists(st.text(min_size=1, max_size=6).filter(lambda v: "\\" not in v), min_size=1, max_size=4, unique=True)


@given(names, values)
def test_written_values_are_read_back(name: str, chosen: list[str]) -> None:
    text = ",".join(v.replace(",", "\\,") for v in chosen)
    assert parse_parameter_lists([(name, text)]) == (ParameterList(name, tuple(chosen)),)


@given(values, values)
def test_every_combination_once(first: list[str], second: list[str]) -> None:
    lists = (ParameterList("a", tuple(first)), ParameterList("b", tuple(second)))
    specs = expand(["tool -a {a}"], lists=lists, prepare=["mk {b}"], shell="bash")
    assert [(s.parameters["a"], s.parameters["b"]) for s in specs] == [(x, y) for x in first for y in second]
    assert all(s.argv == ("bash", "-c", f"tool -a {s.parameters['a']}") for s in specs)
    assert all(s.prepare == f"mk {s.parameters['b']}" for s in specs)


@given(st.text(max_size=20), st.dictionaries(names, st.text(max_size=5), max_size=3))
def test_text_without_placeholders_stays(text: str, parameters: dict[str, str]) -> None:
    plain = text.replace("{", "")
    assert substitute(plain, parameters) == plain


def test_values_are_not_searched_again() -> None:
    assert substitute("{a}{b}{c}", {"a": "{b}", "b": "1"}) == "{b}1{c}"


def test_a_parameter_multiplies_only_the_commands_that_use_it() -> None:
    specs = expand(["sleep {n}", "true"], lists=[ParameterList("n", ("1", "2"))])
    assert [s.label for s in specs] == ["sleep {n} (n=1)", "sleep {n} (n=2)", "true"]
    assert specs[1].argv == ("sleep", "2")


def test_names_and_errands() -> None:
    specs = expand(["a", "b"], names=["old", "new"], setup="s", prepare=["p", "q"], cleanup="c")
    assert [(s.case, s.setup, s.prepare, s.cleanup) for s in specs] == [("old", "s", "p", "c"), ("new", "s", "q", "c")]
    assert [s.prepare for s in expand(["a", "b"], prepare=["p"])] == ["p", "p"]


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("1x", "a")], "'1x' is not a word"),
        ([("a b", "a")], "is not a word"),
        ([("n", "")], "no values"),
        ([("n", "1,2,1")], "'1' twice"),
        ([("n", "1"), ("n", "2")], "given twice"),
    ],
)
def test_bad_lists(pairs: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_parameter_lists(pairs)


def test_an_unused_parameter() -> None:
    with pytest.raises(UsageError, match="no command uses the parameter 'n'") as caught:
        expand(["true"], lists=[ParameterList("n", ("1",))])
    assert caught.value.hint == "write {n} where its value belongs"


def test_unequal_numbers() -> None:
    with pytest.raises(UsageError, match="--prepare is given 2 times for 3 commands"):
        expand(["a", "b", "c"], prepare=["x", "y"])
    with pytest.raises(UsageError, match="--command-name is given once for 2 commands"):
        expand(["a", "b"], names=["x"])


def test_argv_is_what_shlex_says() -> None:
    command = "tool 'two words' \"and three\" four\\ five"
    assert expand([command])[0].argv == tuple(shlex.split(command))
