"""Choose the executor when it is known how much there is to do: perhaps nothing."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from types import TracebackType

    from perftool.workers.api import Executor, Item, Outcome
    from perftool.workers.metrics import Metrics


class DeferredExecutor:
    """Works by what ``few`` makes where all items of the first run hold less than ``small`` bytes, else by ``many``.

    Neither is called before there is an item, and only one of them, once.
    """

    def __init__(self, few: Callable[[], Executor], many: Callable[[], Executor], *, small: int) -> None:
        self._few = few
        self._many = many
        self._small = small
        self._chosen: Executor | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what the chosen executor cannot promise."""
        return () if self._chosen is None else self._chosen.notes

    def run(self, items: Iterable[Item], *, ordered: bool = True) -> Generator[Outcome]:
        """Yield an outcome for every item; see ``Executor``."""
        waiting = iter(items)
        first: list[Item] = []
        if self._chosen is None:
            size = 0
            for item in waiting:
                first.append(item)
                size += len(item.payload)
                if size >= self._small:
                    break
            if not first:
                return
            self._chosen = self._many() if size >= self._small else self._few()
        yield from self._chosen.run(itertools.chain(first, waiting), ordered=ordered)

    def cancel(self) -> None:
        """Pull no more items; what has not been begun comes out as cancelled."""
        if self._chosen is not None:
            self._chosen.cancel()

    def rest(self) -> None:
        """Give back what only a run needs."""
        if self._chosen is not None:
            self._chosen.rest()

    def metrics(self) -> Metrics:
        """Return what has been done."""
        if self._chosen is not None:
            return self._chosen.metrics()
        from perftool.workers.metrics import Tally

        return Tally(workers=1).metrics({})

    def close(self) -> None:
        """End everything that was started; may be called twice."""
        if self._chosen is not None:
            self._chosen.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
