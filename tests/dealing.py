"""Deal the tests out to the workers of pytest-xdist: files with many tests whole, the others test by test."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from xdist.scheduler import LoadGroupScheduling

#: Dealing out a test by itself takes longer than most tests do. Files with fewer come last, in portions so small that
#: all workers end together.
_MANY = 20


class ByFile(LoadGroupScheduling):
    """Deal out groups (``xdist_group``) and files with many tests whole, the largest first."""

    @cached_property
    def _sizes(self) -> Counter[str]:
        assert self.collection is not None
        return Counter(_file(one) for one in self.collection)

    def _split_scope(self, nodeid: str) -> str:
        scope = super()._split_scope(nodeid)
        file = _file(nodeid)
        return file if scope == nodeid and self._sizes[file] >= _MANY else scope


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
