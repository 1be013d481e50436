"""Text of the tool's that was changed by hand, taken back into the author's: nothing of it is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.document.document import Document


def accepted(document: Document, name: str, text: str) -> Document:
    """The document with what somebody wrote into a block as the author's own text.

    Where the tool's lines all still stand, in their order, only the lines between them are the author's: they go below
    the block, which stays. Otherwise the whole text becomes the author's, and the block is gone.

    Args:
        document: The entry.
        name: The block that was changed by hand.
        text: What the tool last wrote into it, which the block goes back to, or would write.

    Raises:
        EntryError: What is left would be no entry, or the text would change what stands around it.
    """
    block = next(block for block in document.entry.blocks if block.name == name)
    added = _added(block.body.strip("\n").split("\n"), text.split("\n"))
    if added is None:
        return document.released([name])
    return document.replaced({name: text}, {}).with_text_behind(name, "\n".join(added).strip("\n"))


def _added(lines: list[str], ours: list[str]) -> list[str] | None:
    """The lines between those of the tool, or None if there are none or some of the tool's are gone."""
    left = [line.rstrip() for line in ours if line.strip()]
    added = []
    for line in lines:
        if left and line.rstrip() == left[0]:
            left.pop(0)
        else:
            added.append(line)
    return None if left or not any(line.strip() for line in added) else added
