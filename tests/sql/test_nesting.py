"""What is refused, and that what is let through fits a small stack."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.errors import InputError
from perftool.sql.bounding import bound, rough_bound
from perftool.sql.nesting import shape
from perftool.sql.parsing import Engine
from perftool.sql.refusing import (
    DEEPEST,
    HARMLESS,
    LONGEST_CHAIN,
    MOST_OPEN_ARRAYS,
    MOST_OPEN_JOINS,
    refuse_too_deep,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# Each nests, or recurses in sqlglot, as deep as its number says; the rest of each is complete SQL.
NESTING: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: "select " + "(" * n + "1" + ")" * n,
    "calls": lambda n: "select " + "coalesce(" * n + "1" + ")" * n,
    "subscripts in subscripts": lambda n: "select " + "a[" * n + "1" + "]" * n,
    "objects": lambda n: "select " + "{'a':" * n + "1" + "}" * n,
    "case when": lambda n: "select " + "case when " * n + "1" + " then 1 end" * n,
    "case else": lambda n: "select " + "case when a then 1 else " * n + "1" + " end" * n,
    "case with columns named end": lambda n: "select " + "case when end then " * n + "1" + " end" * n,
    "case without end": lambda n: "case " * n,
    "if": lambda n: "select " + "if a then " * n + "1" + " end" * n,
    "not": lambda n: "select " + "not " * n + "1",
    "not between": lambda n: "select " + "a between a and not " * n + "a",
    "not equal": lambda n: "select " + "not a = " * n + "a",
    "bang": lambda n: "select " + "! a = " * n + "a",
    "signs": lambda n: "select " + "- ~ + " * n + "1",
    "interval": lambda n: "select " + "interval a + " * n + "1",
    "any": lambda n: "select " + "any a + " * n + "1",
    "from": lambda n: "from " * n + "t",
    "describe": lambda n: "describe " * n + "select 1",
    "sub-selects": lambda n: "select * from " + "(select * from " * n + "t" + ")" * n,
    "exists": lambda n: "select 1 where " + "exists (select 1 where " * n + "a" + ")" * n,
    "order by": lambda n: "select 1 order by " + "(select 1 order by " * n + "a" + ")" * n,
    "union": lambda n: "select 1" + " union all (select 1" * n + ")" * n,
    "with": lambda n: "with a as (" * n + "select 1" + ") select * from a" * n,
    "windows in windows": lambda n: "select f(a)" + " over (order by f(a)" * n + ")" * n,
    "windows in a row": lambda n: "select f(a)" + " over ()" * n,
    "types": lambda n: "select cast(a as " + "struct<a int, b array<" * n + "int" + ">>" * n + ")",
    "hints": lambda n: "select /*+ " + "a(" * n + ")" * n + " */ 1",
    "create": lambda n: "create function f() as " * n + "1",
    "subscripts": lambda n: "select a" + "[1]" * n,
    "assignments": lambda n: "select " + "a := " * n + "1",
    "time zones": lambda n: "select a" + " at time zone b" * n,
    "casts": lambda n: "select a" + "::int" * n,
    "dots": lambda n: "select a" + ".a" * n,
    "arrows": lambda n: "select a" + " -> 'a'" * n,
    "is": lambda n: "select a" + " is not null" * n,
    "in": lambda n: "select a" + " in (1)" * n,
    "between": lambda n: "select " + "a between b and " * n + "a",
    "pipes": lambda n: "from t" + " |> where a" * n,
    "array types": lambda n: "select a::int" + "[]" * n,
}
NEVER = 3000


def refused(text: str, dialect: str = "") -> bool:
    try:
        refuse_too_deep(text, dialect)
    except InputError:
        return True
    return False


def deepest_let_through(make: Callable[[int], str]) -> int:
    low, high = 1, 2
    while high < NEVER and not refused(make(high)):  # long texts take long
        low, high = high, min(2 * high, NEVER)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if refused(make(middle)) else (middle, high)
    return low


@pytest.mark.parametrize("name", NESTING)
def test_every_construct_is_bounded(name: str) -> None:
    assert deepest_let_through(NESTING[name]) <= LONGEST_CHAIN + 1 < NEVER


PROGRAM = """
import sys, threading
from perftool.errors import InputError
from perftool.sql.pool import ParserPool
from perftool.sql.usage import usage
from tests.sql.test_nesting import NESTING, deepest_let_through
pool = ParserPool()
pool.warm_up([""], 1)
def work():
    for name, make in NESTING.items():
        print(name, flush=True)
        for n in (deepest_let_through(make), 2500):
            try:
                with pool.parser() as parser:
                    tree = parser.parse_one(make(n))
                    usage(tree.copy())
                    tree.sql(pretty=True)
            except (InputError, RecursionError):
                pass
threading.stack_size(512 * 1024)
thread = threading.Thread(target=work)
thread.start()
thread.join()
print("done")
"""


def test_what_is_let_through_fits_the_smallest_usual_stack(request: pytest.FixtureRequest) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=request.config.rootpath, check=False
    )
    assert (ran.returncode, ran.stdout.split("\n")[-2]) == (0, "done"), ran.stdout[-200:] + ran.stderr[-2000:]


FLAT = {
    "rows": "insert into t values " + "(1, -2, null), " * 5000 + "(3)",
    "sums": "select " + "t.a + -t.b::int - " * 2000 + "1",
    "conditions": "select 1 where " + "not a and b is not null or c not in (1) and " * 500 + "d",
    "columns": "create table t (" + "a int not null default -1, " * 500 + "b int)",
    "cases": "select " + "sum(case when a is not null then 1 else 0 end) + " * 500 + "case a when 1 then 2 end",
    "unions": "(select 1)" + " union all (select not exists (select 1))" * 500,
    "exists": "select 1 where " + "exists (select 1) and not exists (select 2) and " * 300 + "a",
    "ranges": "select 1 where " + "a between 1 and 2 and " * 500 + "b",
    "windows": "select " + "sum(a) over (partition by b), " * 500 + "1",
    "intervals": "select " + "a + interval '1' day, " * 500 + "1",
    "zones": "select " + "a at time zone 'utc', " * 500 + "1",
    "strings": f"select '{'(' * 9999}' /* {'case ' * 999} */ -- {'not ' * 999}",
    "batches": "create procedure p as begin "
    + "if not exists (select 1) begin drop table a end " * 300
    + "if a is not null set b = -1 " * 300
    + "end",
    "arrays": "select " + "array[1, 2][1], [[1]], " * 500 + "1",
    "casts": "select " + "a.b::int + c -> 'd' in (1) = e.f, " * 500 + "1",
    "comparisons": "select 1 where " + "array < 3 and map < 4 or a < b and " * 30 + "c",
}


@pytest.mark.parametrize("name", FLAT)
def test_what_is_long_but_not_deep_passes(name: str) -> None:
    refuse_too_deep(FLAT[name], "")


def test_depth_leaves_strings_comments_and_what_is_closed_out() -> None:
    deep = "(" * (DEEPEST + 1)
    assert shape(deep).depth == DEEPEST + 1
    assert shape(f"select '{deep}' /* {deep} */, (1), " + "(1), " * DEEPEST + "[{(1)}]").depth == 3
    assert shape("case when not a then (1) end + case b when - - 1 then 2 end, a.case, a.not").depth == 3
    assert shape(")]} end then ,;" * 9).depth == 0
    with pytest.raises(InputError, match=f"nest 81 deep, over the limit of {DEEPEST}"):
        refuse_too_deep(deep)


def test_joins_that_wait_for_their_condition() -> None:
    def joins(text: str) -> int:
        return shape(text).joins

    many = MOST_OPEN_JOINS + 1
    assert joins("select * from t" + " join u" * many) == many
    assert joins("select * from t" + " join u on a = b" * many) == 1
    assert joins("select * from t" + " join u using (a)" * many) == 1
    assert joins("select * from t" + " cross join u natural join v" * many) == 0
    nested = "join (select * from a join b on c " * many
    assert joins(nested) >= many
    with pytest.raises(InputError, match="JOINs"):
        refuse_too_deep(nested)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select " + "array[" * (MOST_OPEN_ARRAYS + 1), "ARRAY"),
        ("select a" + "[1]" * (LONGEST_CHAIN + 2), "in a chain"),
        ("x" + "array<" * 100, "nest"),
    ],
)
def test_the_reason_is_said(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        refuse_too_deep(text)


def test_a_short_text_is_not_even_cut_into_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("perftool.sql.refusing.shape", never)
    refuse_too_deep("select a, count(*) from t where not (a = 1) group by a" * 3)


@pytest.mark.parametrize("stack", [0, 8 << 20])
def test_what_a_hint_holds_is_measured_though_it_is_no_token(stack: int) -> None:
    engine = Engine("", stack=stack)
    deep = NESTING["hints"](1000)
    assert len(engine.tokenize(deep)) < HARMLESS
    with pytest.raises(InputError, match="nest"):
        engine.parse(deep)


LARGE_STACK = """
import sys
from perftool.errors import InputError
from perftool.lint import catalog
from perftool.lint.work import Work
from perftool.lint.worker import Worker, settings
from perftool.sql.refusing import _fits
from perftool.sql.parsing import Engine
from perftool.sql.stack import grown_stack
from tests.sql.test_nesting import NESTING
worker = Worker(settings(list(catalog.rules()), {}, (), [""], isolated=True))
engine = Engine("", stack=grown_stack())
for name, make in NESTING.items():
    print(name, flush=True)
    tried = (100, 200, 250, 300, 350, 390, 400, 700, 799, 1999, 3190, 6390)
    fitting = [n for n in tried if _fits(make(n), "", grown_stack())]
    for n in fitting[-1:]:
        try:
            engine.parse(make(n))
        except InputError:
            pass
    for n in [n for n in fitting if n < 800][-1:]:
        worker.record(Work("", make(n)))
print("done")
"""


def test_what_workers_let_through_fits_the_stack_of_a_main_thread(request: pytest.FixtureRequest) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LARGE_STACK], capture_output=True, text=True, cwd=request.config.rootpath, check=False
    )
    assert (ran.returncode, ran.stdout.split("\n")[-2]) == (0, "done"), ran.stdout[-200:] + ran.stderr[-2000:]


@given(
    st.lists(
        st.sampled_from(["(", ")", "[", "]", "{", "}", ",", ";", "a", "1", ".", "::", "->", "is", "in", "not", "case",
                         "when", "then", "else", "end", "if", "-", "+", "!", "<", ">", "struct", "array", "between",
                         "and", "select", "from", "exists", "all", "union", "over", ":=", "zone", "order", "--\n", "|>",
                         "/*+", "*/", "'('", '")"', "join", "on", "interval", "create", "@", "isnull"]),
        max_size=40,
    ).map(" ".join),
    st.sampled_from(["", "postgres", "tsql", "bigquery", "mysql"]),
)  # fmt: skip
@settings(max_examples=1500, deadline=None)
def test_the_bound_is_never_below_the_shape(text: str, dialect: str) -> None:
    exact = shape(text, dialect)
    for found in (bound(text, dialect), rough_bound(text, dialect)):
        assert found is None or (found[0] >= exact.depth and found[1] >= exact.chain)


@pytest.mark.parametrize("name", sorted(set(NESTING) - {"types"}))
def test_the_bound_sees_every_construct(name: str) -> None:
    for found in (bound(NESTING[name](50)), rough_bound(NESTING[name](50))):
        assert found is None or max(found) >= 25
