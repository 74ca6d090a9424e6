"""Weight below imports is put down to the module that a program could do without."""

from __future__ import annotations

from perftool.profiling.capture import CPU as NANOSECONDS
from perftool.profiling.capture import Builder, Capture, Function
from perftool.profiling.imports import Imported, imported

FIND = Function("importlib._bootstrap._find_and_load", "<frozen importlib._bootstrap>")
CALL = Function("importlib._bootstrap._call_with_frames_removed", "<frozen importlib._bootstrap>")
CREATE = Function("importlib._bootstrap_external.ExtensionFileLoader.create_module", "<frozen importlib._bootstrap>")
MAIN = Function("__main__.<module>", "/app/run.py")
OWN = Function("shop.<module>", "/app/shop.py")
THIRD = Function("sqlglot.<module>", "/v/lib/python3.12/site-packages/sqlglot/__init__.py")
INNER = Function("sqlglot.parser.<module>", "/v/lib/python3.12/site-packages/sqlglot/parser.py")
WORK = Function("__main__.work", "/app/run.py")


def found(*stacks: tuple[int, list[tuple[Function, int]]]) -> Imported:
    builder = Builder((NANOSECONDS,))
    for weight, stack in stacks:
        builder.add([builder.frame(*one) for one in stack], (weight,))
    made: Capture = builder.build()
    return imported(made, 0)


def test_the_first_module_that_is_not_ones_own() -> None:
    stack = [(MAIN, 3), (FIND, 1), (CALL, 2), (OWN, 7), (FIND, 1), (CALL, 2), (THIRD, 9), (FIND, 1), (INNER, 4)]
    one = found((5, stack), (2, stack[:7]), (3, [(MAIN, 8), (WORK, 20)]))
    assert one.total == 7
    assert one.heaviest() == [("sqlglot", "/app/shop.py", 7, 7)]


def test_ones_own_where_there_is_no_other() -> None:
    assert found((4, [(MAIN, 3), (FIND, 1), (OWN, 7)])).heaviest() == [("shop", "/app/run.py", 3, 4)]


def test_a_compiled_module_has_no_frame_of_its_own() -> None:
    assert found((4, [(MAIN, 3), (FIND, 1), (CREATE, 9)])).heaviest() == [("", "/app/run.py", 3, 4)]


def test_work_that_a_module_does_when_it_is_imported_counts() -> None:
    stack = [(MAIN, 3), (FIND, 1), (THIRD, 7), (Function("re.compile", "/usr/lib/python3.12/re.py"), 2)]
    assert found((4, stack)).heaviest() == [("sqlglot", "/app/run.py", 3, 4)]


def test_nothing_imported() -> None:
    assert found((4, [(MAIN, 3)])).total == 0
