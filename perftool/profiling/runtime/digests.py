"""What a function does, in a few letters: equal for equal code, wherever it stands."""

from __future__ import annotations

import sys

try:
    from _blake2 import blake2b  # hashlib would load OpenSSL into the target
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

_OPTIMIZED = 0x1
_HAS_DOCSTRING = 0x4000000
# What kind of function it is; not what its file imports from __future__, nor whether it has a docstring.
_FLAGS = 0x3EF


def digest(code: CodeType) -> str:
    """Return a digest of the instructions, names and constants of ``code``.

    Line numbers, file names, the docstring and the functions inside it do not count.
    """
    names = "\0".join((*code.co_names, "", *code.co_varnames, "", *code.co_freevars, "", *code.co_cellvars))
    said = f"{code.co_argcount} {code.co_kwonlyargcount} {code.co_flags & _FLAGS} {names}"
    constants = repr(_plain(_without_docstring(code)))
    found = blake2b(code.co_code, digest_size=8)
    found.update(getattr(code, "co_exceptiontable", b""))
    found.update(f"{said}\0{constants}".encode("utf-8", "backslashreplace"))
    return found.hexdigest()


def _without_docstring(code: CodeType) -> tuple[Any, ...]:
    constants = code.co_consts
    if sys.version_info >= (3, 13):
        has = code.co_flags & _HAS_DOCSTRING
    else:
        # Until 3.12 the first constant of a function is its docstring or None; what is in angle brackets has neither.
        has = code.co_flags & _OPTIMIZED and not code.co_name.startswith("<")
    return (None, *constants[1:]) if has and constants and isinstance(constants[0], str) else constants


def _plain(value: Any) -> Any:
    """Return a constant in a form whose text is the same in every process."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, frozenset):
        return ["frozenset", *sorted(repr(_plain(one)) for one in value)]
    if hasattr(value, "co_code"):
        return "code"
    return (type(value).__name__, value)
