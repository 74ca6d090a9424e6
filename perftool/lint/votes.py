"""What the files of a folder speak, for those among them that do not tell."""

from __future__ import annotations


class Votes:
    """How many files of each folder tell which dialect."""

    def __init__(self) -> None:
        self._by_folder: dict[str, dict[str, int]] = {}

    def of(self, name: str) -> str:
        """Return the dialect of most files so far in the folder of the file called ``name``, "" if none told."""
        votes = self._by_folder.get(name.rpartition("/")[0])
        return max(votes, key=lambda dialect: votes[dialect]) if votes else ""

    def note(self, name: str, dialect: str) -> None:
        """Note what the file called ``name`` tells, "" for nothing."""
        if dialect:
            votes = self._by_folder.setdefault(name.rpartition("/")[0], {})
            votes[dialect] = votes.get(dialect, 0) + 1
