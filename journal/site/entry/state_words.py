"""How a block or a cited value stands, in a reader's words."""

from __future__ import annotations

from journal.model.evidence import BlockState
from journal.site.markup import badge
from journal.tables.markdown import plain

UNFILLED = "not filled yet"
"""What is said of a block that nobody filled."""

_CHANGED = "its spec changed since it was filled"


def is_unfilled(state: str, message: str) -> bool:
    """Whether nobody filled it yet."""
    return state == BlockState.STALE and message == UNFILLED


def state_words(state: str, message: str, kind: str) -> tuple[str, str]:
    """A badge, and why it is in that state; both HTML, the second empty where the first says all.

    Args:
        state: Its state.
        message: Why, as its report has it.
        kind: What it is: `table`, `plot`, ...
    """
    if is_unfilled(state, message):
        return badge(UNFILLED, kind=BlockState.PENDING.value), ""
    word = "out of date" if state == BlockState.STALE else state
    return badge(word, kind=state), plain(
        message.replace(_CHANGED, f"what the {kind} asks for changed after it was filled")
    )
