"""docs/configuration.md says what the settings are."""

from __future__ import annotations

from pathlib import Path

from perftool.config import reference

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_document_has_not_drifted() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert reference.refreshed(text) == text, "python -m perftool.config.reference docs/configuration.md"


def test_it_can_be_written_anew(tmp_path: Path) -> None:
    copy = tmp_path / "configuration.md"
    copy.write_text("before\n<!-- profiles -->\nold\n<!-- end -->\nafter\n", "utf-8")
    reference.main([str(copy)])
    text = copy.read_text("utf-8")
    assert "old" not in text
    assert "| `quick` |" in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
