"""The five notes that the journal is built for. They are other people's, so that tests read them where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"

needs_the_notes = pytest.mark.skipif(not SEEDS.is_dir(), reason="the five notes are not here: they are other people's")


def seed(number: int) -> Path:
    """The file of a note, by its number."""
    (path,) = SEEDS.glob(f"{number:03}_*.md")
    return path
