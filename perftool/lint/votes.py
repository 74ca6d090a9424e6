"""What the files of a folder speak, for those among them that do not tell."""

from __future__ import annotations

from perftool.lint.homes import home_of


class Votes:
    """How many files of each folder, and of each tree of migrations, tell which dialect."""

    def __init__(self) -> None:
        self._by_place: dict[str, dict[str, int]] = {}

    def of(self, name: str) -> str:
        """Return the dialect of most files so far beside the file called ``name``, "" if none told.

        Its own folder is asked first, then all migrations that it belongs to: there may be a folder for each.
        """
        for place in _places(name):
            votes = self._by_place.get(place)
            if votes:
                return max(votes, key=lambda dialect: votes[dialect])
        return ""

    def note(self, name: str, dialect: str) -> None:
        """Note what the file called ``name`` tells, "" for nothing."""
        if dialect:
            for place in set(_places(name)):
                votes = self._by_place.setdefault(place, {})
                votes[dialect] = votes.get(dialect, 0) + 1


def _places(name: str) -> tuple[str, str]:
    return name.rpartition("/")[0], home_of(name).rstrip("/")
