"""Captures that go into a repository: nothing of the machine is left in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from perftool.profiling.capture import CPU, Builder, Capture, Function
from perftool.profiling.places import without_machine


def capture(*functions: Function) -> Capture:
    builder = Builder((CPU,))
    builder.add([builder.frame(one) for one in functions], (7,), {"pid": "4711", "case": "a/b", "cwd": "/srv/me/x"})
    return builder.build()


def test_files_are_relative_to_the_innermost_root_or_to_where_packages_are() -> None:
    files = [
        "/srv/me/shop/shop/prices.py",
        "/srv/me/shop/.perftool/vs/trees/abc/shop/prices.py",
        "/srv/me/shop/.venv/lib/python3.11/site-packages/sqlglot/parser.py",
        "/usr/lib/python3.11/json/decoder.py",
        "/srv/me/elsewhere/secret/x.py",
        "<string>",
        "",
    ]
    roots = [Path("/srv/me/shop"), Path("/srv/me/shop/.perftool/vs/trees/abc")]
    found = without_machine(capture(*(Function(f"f{i}", file) for i, file in enumerate(files))), roots)
    assert [one.file for one in found.functions] == [
        "shop/prices.py",
        "shop/prices.py",
        "sqlglot/parser.py",
        "json/decoder.py",
        "x.py",
        "<string>",
        "",
    ]


def test_texts_lose_their_folders_and_processes_their_ids() -> None:
    given = replace(
        capture(Function("libx.so /opt/me/libx.so")),
        facts={"command": "python /srv/me/shop/app.py --to=/tmp/out", "url": "https://example.org/a/b", "n": "1/2"},
        doubts=(("lost", "cannot read C:\\Users\\me\\log.txt"),),
    )
    found = without_machine(given, [])
    assert found.functions[0].name == "libx.so libx.so"
    assert found.labels[1] == (("case", "a/b"), ("cwd", "x"))
    assert found.facts == {"command": "python app.py --to=out", "url": "https://example.org/a/b", "n": "1/2"}
    assert found.doubts == (("lost", "cannot read log.txt"),)
    assert found.total() == 7
