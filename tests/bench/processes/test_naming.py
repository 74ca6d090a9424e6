"""Names of commands hold no folders of this machine."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.bench.processes.naming import case_names, without_folders
from perftool.errors import UsageError


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("/usr/bin/python3 -c pass", "python3 -c pass"),
        ("python x.py --out=/srv/me/run/a.json", "python x.py --out=a.json"),
        ("sort < '/srv/me/big file.txt'", "sort < 'big file.txt'"),
        ("~/bin/tool", "tool"),
        ("~me/bin/tool /dev/null", "tool /dev/null"),
        ("curl http://example.org/a/b", "curl http://example.org/a/b"),
        ("./a.out src/b.sql ../c", "./a.out src/b.sql ../c"),
        ("can't open file '/srv/me/x.py': gone", "can't open file 'x.py': gone"),
        ("cat /", "cat /"),
        ("ls /srv/me/", "ls me"),
    ],
)
def test_folders_go(text: str, short: str) -> None:
    assert without_folders(text) == short


def test_as_many_parts_as_tell_them_apart() -> None:
    assert case_names(["/opt/old/bin/tool -x", "/opt/new/bin/tool  -x"]) == ["old/bin/tool -x", "new/bin/tool -x"]
    assert case_names(["/a/tool", "/b/tool"]) == ["a/tool", "b/tool"]
    assert case_names(["/x/1/2/3/4/5/6/tool", "/y/1/2/3/4/5/6/tool"]) == ["2/3/4/5/6/tool #1", "2/3/4/5/6/tool #2"]


def test_the_same_twice() -> None:
    with pytest.raises(UsageError, match="given twice"):
        case_names(["true", " true "])


@given(
    st.lists(st.from_regex(r"(/[a-z]{1,3}){1,4}( [a-z]{1,3})?", fullmatch=True), min_size=1, max_size=5, unique=True)
)
def test_names_differ_and_hold_no_absolute_path(commands: list[str]) -> None:
    names = case_names(commands)
    assert len(set(names)) == len(commands)
    assert not any(re.search(r"(^| )/", name) for name in names)
