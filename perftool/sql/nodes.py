"""The classes of sqlglot's trees, for the code that walks them: ``from perftool.sql.nodes import exp, Node``.

Only this package imports sqlglot itself, so that a change of its classes is met in one place.
"""

from __future__ import annotations

from typing import TypeAlias

from sqlglot import exp
from sqlglot.expressions import Expr

Node: TypeAlias = Expr

__all__ = ["Node", "exp"]
