"""What an entry came to: the words of the update that closed it, which stand above everything else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.model.life import Status
from journal.site import anchors
from journal.site.markup import section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.model.life import Update

ANSWERED = (Status.CONCLUDED, Status.INCONCLUSIVE)
"""Where an entry stands once its question has an answer, or will get none."""

# What begins something else than a paragraph, or one that needs what stands around it. A cited value is text.
_OTHER = re.compile(
    r" {4}|\t| {0,3}(?:#|>|\||`{3}|~{3}|:|\[\^|[-*+] |\d+[.)] |(?:[-*_] *){3,}$|<(?!(?:a|span) class=))"
)


def concluding(updates: Sequence[Update]) -> int | None:
    """The number of the last update that says what the entry came to; None where none does, or work goes on since."""
    for number in reversed(range(len(updates))):
        update = updates[number]
        if update.status in ANSWERED or update.outcome is not None:
            return number
        if update.status is not None:
            return None
    return None


def conclusion(updates: Sequence[Update], texts: Sequence[str], places: Mapping[int, str]) -> str:
    """The first paragraph of the update that closed an entry, in a box; nothing where there is none on the page.

    Args:
        updates: The entry's updates, in order.
        texts: The author's text as Markdown with the anchors of updates, as `update_places.place` gives it.
        places: Those anchors.
    """
    number = concluding(updates)
    if number is None or number not in places:
        return ""
    update = updates[number]
    word = next(word.value for word in (update.status, update.outcome) if word is not None)
    lead = f"[{word.capitalize()} {update.at.day.isoformat()}](#{places[number]})"
    words = "\n".join(_paragraph(texts, number))
    return section("journal-answer", f"{lead}: {words}" if words else lead)


def _paragraph(texts: Sequence[str], number: int) -> Iterator[str]:
    """The lines of the first paragraph below an update's heading; none where something else stands first."""
    mark = f'id="{anchors.update(number)}"></div>\n\n'
    below = next((text.partition(mark)[2] for text in texts if mark in text), "")
    started = False
    for line in below.split("\n")[1:]:
        if not line.strip():
            if started:
                return
        elif _OTHER.match(line):
            return
        else:
            started = True
            yield line
