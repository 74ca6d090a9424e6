"""Which function is which: names, files, lambdas, moves."""

from __future__ import annotations

from perftool.profiling.capture import CPU, Builder, Capture, Function
from perftool.profiling.matching import matched


def capture(*functions: Function) -> Capture:
    builder = Builder([CPU])
    for one in functions:
        builder.add([builder.frame(one, one.start_line)], [1])
    return builder.build()


def rows(before: list[Capture], after: list[Capture]) -> list[tuple[str, bool | None, bool, bool]]:
    found, _ = matched(before, after)
    return [(one.name, one.changed, one.places[0] is not None, one.places[1] is not None) for one in found]


def test_a_function_that_moved_is_the_same() -> None:
    old, new = (
        Function("shop.total", "/a/shop.py", 10, code="x"),
        Function("shop.total", "/b/lib/shop.py", 90, code="x"),
    )
    assert rows([capture(old)], [capture(new)]) == [("shop.total", False, True, True)]


def test_changed_code_is_known_only_where_both_digests_are() -> None:
    one, other, unknown = (Function("f", "f.py", 1, code=code) for code in ("x", "y", ""))
    assert rows([capture(one)], [capture(other)]) == [("f", True, True, True)]
    assert rows([capture(one)], [capture(unknown)]) == [("f", None, True, True)]


def test_functions_of_one_side_only() -> None:
    found = rows([capture(Function("old"), Function("both"))], [capture(Function("both"), Function("new"))])
    assert found == [("old", None, True, False), ("both", None, True, True), ("new", None, False, True)]


def test_one_name_in_two_files_is_two_functions() -> None:
    before = capture(Function("main", "/p/a.py", 1), Function("main", "/p/b.py", 1))
    after = capture(Function("main", "/p/b.py", 7))
    assert rows([before], [after]) == [("main", None, True, False), ("main", None, True, True)]
    _, (left, right) = matched([before], [after])
    assert right[after.functions[0]] == left[before.functions[1]]


def test_lambdas_are_told_apart_by_their_code_then_by_their_order() -> None:
    def named(line: int, code: str) -> Function:
        return Function("f.<locals>.<lambda>", "/p/f.py", line, code=code)

    before = capture(named(3, "a"), named(4, "b"), named(5, "c"))
    after = capture(named(13, "new"), named(14, "a"), named(15, "d"), named(16, "c"))
    found, (left, right) = matched([before], [after])
    pairs = {
        (left.get(named(*old)), right.get(named(*new))) for old, new in (((3, "a"), (14, "a")), ((5, "c"), (16, "c")))
    }
    assert all(a == b for a, b in pairs)
    assert left[named(4, "b")] == right[named(13, "new")]
    assert [(one.changed, one.places[0] is None) for one in found].count((None, True)) == 1


def test_two_edits_of_a_function_in_a_group_are_one_function() -> None:
    before = [capture(Function("f", "f.py", 3)), capture(Function("f", "f.py", 5))]
    assert rows(before, [capture(Function("f", "f.py", 5))]) == [("f", None, True, True)]


def test_a_native_function_is_no_python_function_of_its_name() -> None:
    assert len(rows([capture(Function("scan"))], [capture(Function("scan", kind="native"))])) == 2
