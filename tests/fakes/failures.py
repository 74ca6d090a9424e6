"""What a call fails with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def failure(expected: type[Exception], function: Callable[..., Any], *arguments: Any) -> Exception | None:
    """Call ``function``; return the ``expected`` error it raises, None when it returns. Others pass through."""
    try:
        function(*arguments)
    except expected as error:
        return error
    return None
