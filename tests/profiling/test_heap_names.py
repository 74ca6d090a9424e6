from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perftool.profiling.heap_names import Names

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
def outer():
    def inner():
        return [bytearray(1)]
    return inner

class Thing:
    def method(self):
        return (lambda: 1)()

def method():
    return 2
"""


def written(folder: Path, text: str = SOURCE) -> str:
    path = folder / "shop.py"
    path.write_text(text)
    return str(path)


def test_functions_are_told_apart_by_their_lines(tmp_path: Path) -> None:
    names, file = Names(), written(tmp_path)
    assert names.function("inner", file, 3).name == "shop.outer.<locals>.inner"
    assert names.function("method", file, 8).name == "shop.Thing.method"
    assert names.function("method", file, 11).name == "shop.method"
    assert names.function("<lambda>", file, 8).name == "shop.Thing.method.<locals>.<lambda>"
    assert names.function("<module>", file, 1).name == "shop.<module>"
    assert names.function("method", file, 11).start_line == 10


def test_the_module_is_what_the_process_called_it(tmp_path: Path) -> None:
    file = written(tmp_path)
    names = Names({file: "__main__"}, str(tmp_path))
    assert names.function("outer", file, 1).name == "__main__.outer"
    relative = names.function("outer", "shop.py", 1)
    assert (relative.name, relative.file) == ("__main__.outer", file)


def test_digests_follow_the_code_and_not_its_place(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    before = Names().function("method", written(first), 8).code
    moved = Names().function("method", written(second, "\n\n" + SOURCE), 10).code
    assert before
    assert before == moved
    other = Names().function("method", written(second, SOURCE.replace("return 2", "return 3")), 11).code
    assert other != Names().function("method", written(first), 11).code


def test_a_source_changed_after_the_capture_says_nothing(tmp_path: Path) -> None:
    file = written(tmp_path)
    os.utime(file, ns=(2_000, 2_000))
    assert Names({}, "", 1_000).function("inner", file, 3).name == "shop.inner"
    assert Names({}, "", 3_000).function("inner", file, 3).name == "shop.outer.<locals>.inner"


def test_what_has_no_source_keeps_its_bare_name(tmp_path: Path) -> None:
    names = Names()
    assert names.function("main", "<frozen site>", 3).name == "site.main"
    assert names.function("f", str(tmp_path / "gone.py"), 3).name == "gone.f"
    assert names.function("f", written(tmp_path, "def f(:\n"), 1).name == "shop.f"
    assert names.function("f", written(tmp_path, "x = '\0'"), 1).name == "shop.f"
    assert names.function("<module>", "<string>", 1).name == "<module>"
