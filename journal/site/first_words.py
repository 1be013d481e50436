"""The first words of an entry, plain: what a list or a feed says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.authoring.first_paragraph import first_paragraph, first_paragraph_of
from journal.site.abstract import SUMMARY

if TYPE_CHECKING:
    from journal.document.document import Document


_READ = 8 * SUMMARY  # of a section; what stands behind is hardly ever among the first words


def of(document: Document) -> str:
    """The first paragraph of its results, or else of its text, shortened at a blank."""
    words = first_paragraph(document, _READ) or first_paragraph_of(_prose(document)[:_READ])
    if len(words) <= SUMMARY:
        return words
    return words[: SUMMARY - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _prose(document: Document) -> str:
    """The beginning of the author's text, with cited values as they stand."""
    cited = document.entry.citations
    return "".join(
        each if isinstance(each, str) else cited[each].text for part in document.prose()[:1] for each in part
    )
