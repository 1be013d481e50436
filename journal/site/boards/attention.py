"""The boards of what needs attention, and of results that are not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import BlockState
from journal.model.revision import CommitVerdict
from journal.site.boards import alike, needs
from journal.site.boards.board import Board, Group

if TYPE_CHECKING:
    from journal.site.boards.needs import Need
    from journal.site.contents import Contents

ATTENTION = "boards/attention.md"
PENDING = "boards/pending.md"
MANY = 12
"""Entries of one cause; more are folded where there are other causes to be seen."""

_HEADINGS = {
    needs.BROKEN: "Files that cannot be read or trusted",
    CommitVerdict.CONTRADICTED.value: "Runs that the commits contradict",
    needs.BUILT_ON: "Built on an invalid entry",
    needs.CORRECTED: "Quotes a value that was corrected elsewhere",
    BlockState.DRIFTED.value: "Drifted: the source gives another value",
    BlockState.EDITED.value: "Edited by hand",
    needs.OUTDATED: "Out of date",
    needs.UNFILLED: "Not filled yet",
    BlockState.PENDING.value: "Results awaited",
}


def attention(found: tuple[Need, ...]) -> Board:
    """Everything that needs attention.

    Args:
        found: It, the most urgent first.
    """
    causes = alike.by_cause(found)
    groups = [
        Group(_HEADINGS[each.word], each.entries, each.said, folded=len(each.entries) > MANY and len(causes) > 1)
        for each in causes
    ]
    about = "Everything that somebody should look at, the most urgent first."
    return Board(ATTENTION, "Needs attention", about, tuple(groups), "Nothing needs attention.")


def pending(contents: Contents) -> Board:
    """Results that are not there yet."""
    about = "Results that are not there yet, the one that is awaited longest first."
    return Board(
        PENDING,
        "Pending results",
        about,
        (Group("", alike.by_entry(needs.pending(contents))),),
        "No result is awaited.",
    )
