"""Captures fit for a repository: nothing of the machine in them."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from perftool.profiling.origins import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from perftool.profiling.capture import Capture, Function

# The folders of an absolute path, not within a word or a URL.
_FOLDERS: Final = re.compile(r"(?<![\w./:])(?:[A-Za-z]:)?[/\\](?:[^\s'\"`;|&<>()$,:=/\\]+[/\\])+")


def without_machine(capture: Capture, roots: Iterable[Path]) -> Capture:
    """Return ``capture`` with nothing of this machine in it: files relative, no absolute path, no process ids.

    Files are named relative to the innermost of ``roots`` that they lie in, or to where packages or Python itself are
    installed.
    """
    folders = sorted((os.path.abspath(root) for root in roots), key=len, reverse=True)
    return replace(
        capture,
        functions=tuple(_moved(one, folders) for one in capture.functions),
        labels=tuple(tuple((k, _plain(v)) for k, v in labels if k != "pid") for labels in capture.labels),
        facts={key: _plain(value) for key, value in capture.facts.items()},
        doubts=tuple((code, _plain(text)) for code, text in capture.doubts),
    )


def _moved(function: Function, roots: Sequence[str]) -> Function:
    root = next((one for one in roots if function.file.startswith(one.rstrip(os.sep) + os.sep)), "")
    return function._replace(file=place(function, root), name=_plain(function.name))


def _plain(text: str) -> str:
    """Reduce every absolute path in ``text`` to its last part."""
    return _FOLDERS.sub("", text)
