"""Functions as a developer names them: what is written inside a function and runs as a part of it belongs to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from perftool.profiling.capture import Function, Kind

# Comprehensions, generator expressions and lambdas have code of their own, and no name to find them by.
_PART: Final = re.compile(r"\.<locals>(?:\.<(?:listcomp|setcomp|dictcomp|genexpr|lambda)>)+")
# The same directly in a class or a module.
_LOOSE: Final = re.compile(r"(?:\.<(?:listcomp|setcomp|dictcomp|genexpr)>)+$")
MODULE: Final = "<module>"


class Named(NamedTuple):
    """A function by the name that it has on both sides."""

    name: str
    kind: Kind = "python"

    @property
    def is_module(self) -> bool:
        """Say whether it is code that runs when a module is imported."""
        return self.kind == "python" and self.name.endswith("." + MODULE)

    @property
    def module(self) -> str:
        """Return what stands before ``<module>``."""
        return self.name.removesuffix("." + MODULE)


def named(function: Function) -> Named:
    """Return the function that the code of ``function`` is written in."""
    if function.kind != "python":
        return Named(function.name, function.kind)
    name = _PART.sub("", function.name)
    module, found, _ = name.partition(".<")
    return Named(_LOOSE.sub("." + MODULE, name) if found and module else name)
