"""Call trees: every weight in its place, what nobody looks for folded, nothing that weighs much lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.tree import Shape, tree
from tests.profiling.stacks import capture

if TYPE_CHECKING:
    from perftool.model.profile_view import CallRow

USUAL = Shape()
WHOLE = Shape(min_share=0, everything=True)


def shown(text: str, shape: Shape = USUAL) -> list[str]:
    return [_line(row) for row in tree(capture(text), 1, shape)]


def _line(row: CallRow) -> str:
    more = f" +{row.folded}" if row.folded else ""
    more += f" ({row.below} below)" if row.below else ""
    return f"{'  ' * row.depth}{row.row.function} {round(row.row.total * 1000)}{more}"


def test_callers_before_callees_the_heaviest_first() -> None:
    assert shown("main a 10\nmain b 30\nmain b c 60") == ["main 100", "  b 90", "    c 60", "  a 10"]


def test_direct_recursion_is_one_node() -> None:
    assert shown("main f f f leaf 50\nmain f other 50") == ["main 100", "  f 100", "    leaf 50", "    other 50"]


def test_little_weight_is_left_out() -> None:
    assert shown("main a 995\nmain b 5") == ["main 1000", "  a 995"]
    assert shown("main a 995\nmain b 5", Shape(min_share=0)) == ["main 1000", "  a 995", "  b 5"]


def test_levels() -> None:
    assert shown("main a b c 60\nmain a d 40", Shape(depth=2)) == ["main 100", "  a 100 (3 below)"]


def test_long_chains_are_folded() -> None:
    text = "main a b c d e f 50\nmain a b c d e g 50"
    assert shown(text) == ["main 100", "  a 100", "    e 100 +3", "      f 50", "      g 50"]
    assert len(shown(text, Shape(everything=True))) == 8


def test_foreign_code_between_ones_own_is_folded() -> None:
    found = tree(capture("main std.map lib.run lib.call work 60\nmain std.map lib.run lib.call rest 40"), 1, Shape())
    assert [row.row.function for row in found] == ["main", "lib.call", "work", "rest"]
    assert (found[1].folded, found[1].through) == (2, ("std", "lib"))


def test_only_the_first_levels_of_foreign_code_are_shown() -> None:
    text = "\n".join(f"main work lib.a lib.b lib.c lib.{x} lib.{x}{x} 20" for x in "vwxyz")
    text += "\nmain work lib.a 20\nmain work lib.a lib.b 20\nmain work lib.a lib.b lib.c 20"
    assert shown(text) == [
        "main 160", "  work 160", "    lib.a 160", "      lib.b 140", "        lib.c 120 (10 below)",
    ]  # fmt: skip


def test_ones_own_code_deep_in_foreign_code_is_shown() -> None:
    inside = "lib.a lib.b lib.c lib.d lib.e"
    text = f"main work {inside} callback 50\nmain work {inside} 30\nmain work 20"
    assert [line.strip().split()[0] for line in shown(text)][-1] == "callback"


def test_foreign_code_is_what_was_asked_about_where_there_is_no_other() -> None:
    text = "\n".join(f"main lib.a lib.b lib.c lib.d lib.e lib.{x} 20" for x in "xyz")
    assert shown(text)[-1].strip() == "lib.z 20"


def test_the_collector_is_shown_below_what_it_interrupted() -> None:
    assert shown("main work 60\nmain work @garbage_collection 40")[-1] == "    garbage collection 40"


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["a", "b", "lib.c", "lib.d", "std.e"]), min_size=1, max_size=8),
            st.integers(1, 50),
        ),
        min_size=1,
        max_size=12,
    ),
    st.booleans(),
)
def test_rows_hang_together(rows: list[tuple[list[str], int]], everything: bool) -> None:
    made = capture("\n".join(f"{' '.join(names)} {weight}" for names, weight in rows))
    found = tree(made, 1, Shape(everything=everything))
    path: list[CallRow] = []
    for row in found:
        assert row.depth <= len(path), "no level is left out"
        del path[row.depth :]
        if path:
            assert row.row.total <= path[-1].row.total + 1e-12
        path.append(row)
    roots = sum(row.row.total for row in found if row.depth == 0)
    assert roots <= made.total(1) / 1e9 + 1e-9


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), st.integers(1, 50)), min_size=1, max_size=9
    )
)
def test_a_whole_tree_holds_every_weight(rows: list[tuple[list[str], int]]) -> None:
    made = capture("\n".join(f"{' '.join(names)} {weight}" for names, weight in rows))
    assert sum(row.row.own for row in tree(made, 1, WHOLE)) == pytest.approx(made.total(1) / 1e9)


def test_stacks_as_deep_as_python_lets_them_be() -> None:
    names = " ".join(f"f{at}" for at in range(3000))
    assert len(tree(capture(f"{names} 9"), 1, WHOLE)) == 3000
    assert len(tree(capture(f"{names} 9"), 1, Shape())) < 10
