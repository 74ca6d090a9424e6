"""Let the suites of a selection prepare what they measure: databases that they fill, or look at."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from perftool.bench.api import BACKEND, Prepared
from perftool.bench.targets import Selection
from perftool.events import Progress
from perftool.model.bench import SkippedCase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.events import Listener
    from perftool.model.database import DatabaseFacts
    from perftool.model.verdict import ReportWarning


@contextlib.contextmanager
def prepared(selection: Selection, listener: Listener | None = None) -> Iterator[Prepared]:
    """Prepare for the measuring inside the block, and tidy up behind it; gives what all suites found together.

    ``listener`` hears which suite prepares.
    """
    databases: dict[str, DatabaseFacts] = {}
    refused: dict[str, str] = {}
    doubts: list[ReportWarning] = []
    with contextlib.ExitStack() as stack:
        for suite in selection.suites:
            if suite.prepared is not None:
                if listener is not None:
                    listener.progress(Progress(0, None, f"preparing {suite.name}"))
                found = stack.enter_context(suite.prepared(selection.options))
                databases |= {one.label: one for one in found.databases}
                refused |= found.refused
                doubts += found.doubts
        yield Prepared(tuple(databases.values()), refused, tuple(doubts))


def without_refused(selection: Selection, found: Prepared) -> Selection:
    """Return the selection with the cases of refused backends skipped, each with the reason."""
    kept, skipped = [], list(selection.skipped)
    for case in selection.cases:
        reason = found.refused.get(case.parameters.get(BACKEND, ""))
        if reason is None:
            kept.append(case)
        else:
            skipped.append(SkippedCase(suite=case.suite, case=case.case, reason=reason, parameters=case.parameters))
    return Selection(kept, skipped, selection.stem, selection.suites, selection.options)
