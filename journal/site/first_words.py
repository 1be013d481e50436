"""The first words of an entry, plain: what a list or a feed says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.authoring.first_paragraph import WAITING, first_paragraph, first_paragraph_of
from journal.site.abstract import SUMMARY
from journal.site.entry.conclusion import concluding

if TYPE_CHECKING:
    from journal.document.document import Document


_READ = 8 * SUMMARY  # of a section; what stands behind is hardly ever among the first words
_BLOCK = "<!-- journal:"


def of(document: Document) -> str:
    """The first paragraph of the update that closed it, or of its results, or of its text, shortened at a blank."""
    words = _concluded(document) or first_paragraph(document, _READ) or first_paragraph_of(_prose(document)[:_READ])
    if len(words) <= SUMMARY:
        return words
    return words[: SUMMARY - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _concluded(document: Document) -> str:
    """The first paragraph of the words that said what the entry came to; nothing where nobody said that."""
    updates = document.entry.front_matter.updates
    number = concluding(updates)
    if number is None:
        return ""
    heading = updates[number].section
    texts = [section.text for section in document.entry.sections if section.heading == heading]
    words = first_paragraph_of(texts[-1].partition(_BLOCK)[0][:_READ]) if texts else ""
    return "" if words.startswith(WAITING) else words


def _prose(document: Document) -> str:
    """The beginning of the author's text, with cited values as they stand."""
    cited = document.entry.citations
    return "".join(
        each if isinstance(each, str) else cited[each].text for part in document.prose()[:1] for each in part
    )
