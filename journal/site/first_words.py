"""The first words of an entry, plain: what a list or a feed says of it."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from journal.authoring import template
from journal.authoring.first_paragraph import WAITING, paragraphs, results
from journal.site.abstract import SUMMARY
from journal.site.entry.conclusion import concluding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.document.document import Document


_READ = 8 * SUMMARY  # of a section; what stands behind is hardly ever among the first words
_BLOCK = "<!-- journal:"
_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])")
_COLONS = (":", "\uff1a")
_TRIED = 4  # paragraphs that may all lead up to something
_FILLED_IN = re.compile(r"\{[%#].*?[%#]\}")  # what a template says to the tool


def of(document: Document) -> str:
    """The first paragraph of the update that closed it, or of its results, or of its text, shortened at a blank."""
    words = (
        _said(_concluded(document))
        or _said(results(document, _READ))
        or _said(paragraphs(_prose(document)[:_READ]), waiting=True)
    )
    if len(words) <= SUMMARY:
        return words
    return words[: SUMMARY - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _said(found: Iterable[str], *, waiting: bool = False) -> str:
    """The first paragraph that says something itself, without a last sentence that only leads up to a table or list.

    Args:
        found: The paragraphs.
        waiting: Whether one counts that still waits to be written.
    """
    asked = _asked()
    tried = list(islice((words for words in found if words not in asked), _TRIED))
    if not tried or (tried[0].startswith(WAITING) and not waiting):
        return ""
    return next((words for each in tried if (words := _without_lead(each))), tried[0])


@cache
def _asked() -> frozenset[str]:
    """What the built-in templates ask an author to write: left as it is, it says nothing of an entry."""
    bodies = (text.rpartition("\n---\n")[2] for text in template.packaged().values())
    return frozenset(words for body in bodies for words in paragraphs(_FILLED_IN.sub("\n", body))) - {WAITING}


def _without_lead(words: str) -> str:
    """Words without a last sentence that ends with a colon."""
    if not words.endswith(_COLONS):
        return words
    ends = [found.start() for found in _SENTENCES.finditer(words)]
    return words[: ends[-1]] if ends else ""


def _concluded(document: Document) -> Iterator[str]:
    """The paragraphs that said what the entry came to; nothing where nobody said that."""
    updates = document.entry.front_matter.updates
    number = concluding(updates)
    if number is None:
        return
    heading = updates[number].section
    texts = [section.text for section in document.entry.sections if section.heading == heading]
    if texts:
        yield from paragraphs(texts[-1].partition(_BLOCK)[0][:_READ])


def _prose(document: Document) -> str:
    """The beginning of the author's text, with cited values as they stand."""
    cited = document.entry.citations
    return "".join(
        each if isinstance(each, str) else cited[each].text for part in document.prose()[:1] for each in part
    )
