"""Where an entry's updates stand on its page: an anchor of our own above each one's heading.

The anchors that builders make of headings follow their settings, and fail on headings that are the same or hold no
Latin letters; these do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.site import anchors
from journal.site.entry.dialect import headings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.life import Update


ABOVE = '<div class="journal-place"'
"""How the line two above the heading of an update begins."""


def place(texts: Sequence[str], updates: Sequence[Update]) -> tuple[tuple[str, ...], dict[int, str]]:
    """The texts with an anchor above the heading of each update, and the anchors by the update's number.

    Of headings with the same words the last ones are the updates': those are added at the end. An update whose
    heading does not stand there gets no anchor.

    Args:
        texts: The author's text as Markdown, cut at its blocks.
        updates: The entry's updates, in order.
    """
    wanted = {update.section for update in updates}
    standing: dict[str, list[tuple[int, int]]] = {}
    for number, text in enumerate(texts if updates else ()):
        for line, heading in headings(text):
            if heading in wanted:
                standing.setdefault(heading, []).append((number, line))
    lines = [text.split("\n") for text in texts]
    places = {}
    for index in reversed(range(len(updates))):
        left = standing.get(updates[index].section or "")
        if left:
            number, line = left.pop()
            places[index] = anchors.update(index)
            lines[number][line] = f'\n{ABOVE} id="{anchors.update(index)}"></div>\n\n{lines[number][line]}'
    return tuple("\n".join(each) for each in lines), places
