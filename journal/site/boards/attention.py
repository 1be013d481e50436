"""The boards of what needs attention, and of results that are not there yet."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from journal.model.evidence import BlockState
from journal.model.revision import CommitVerdict
from journal.site.boards import needs
from journal.site.boards.board import Board, Group

if TYPE_CHECKING:
    from journal.site.boards.needs import Need
    from journal.site.contents import Contents

ATTENTION = "boards/attention.md"
PENDING = "boards/pending.md"

_HEADINGS = {
    needs.BROKEN: "Files that cannot be read or trusted",
    CommitVerdict.CONTRADICTED.value: "Runs that the commits contradict",
    needs.BUILT_ON: "Built on an invalid entry",
    BlockState.DRIFTED.value: "Drifted: the source gives another value",
    BlockState.EDITED.value: "Edited by hand",
    BlockState.STALE.value: "Not filled since it changed",
    BlockState.PENDING.value: "Results awaited",
}


def attention(found: tuple[Need, ...]) -> Board:
    """Everything that needs attention.

    Args:
        found: It, the most urgent first.
    """
    groups = [Group(_HEADINGS[word], tuple(group)) for word, group in groupby(found, key=lambda need: need.word)]
    about = "Everything that somebody should look at, the most urgent first."
    return Board(ATTENTION, "Needs attention", about, tuple(groups), "Nothing needs attention.")


def pending(contents: Contents) -> Board:
    """Results that are not there yet."""
    about = "Results that are not there yet, the one that is awaited longest first."
    return Board(PENDING, "Pending results", about, (Group("", needs.pending(contents)),), "No result is awaited.")
