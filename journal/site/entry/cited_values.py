"""Cited values on a page: each number leads to its evidence, which stands in a fold at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import BlockState
from journal.site import anchors
from journal.site.entry.state_words import UNFILLED, state_words
from journal.site.markup import UNKNOWN, badge
from journal.tables.markdown import plain
from journal.tables.promises import CITED

if TYPE_CHECKING:
    from journal.model.entry import Entry
    from journal.model.evidence import BlockEvidence, Evidence

STYLE = "journal-value"
"""The class of a number in the text."""

SILENT = (BlockState.FRESH, BlockState.UNVERIFIABLE)
"""States of which a page says nothing: text and evidence agree."""


class CitedValues:
    """The cited values of one entry.

    Args:
        entry: The entry.
        evidence: What its numbers rest on.
    """

    def __init__(self, entry: Entry, evidence: Evidence) -> None:
        self._entry, self._names = entry, entry.citation_names
        # By name, in the order of the text.
        self._recorded = {name: evidence.citations[name] for name in self._names if name in evidence.citations}
        self._places = {name: anchors.value(number) for number, name in enumerate(self._recorded)}

    def shown(self, number: int, state: BlockState | None) -> str:
        """A value in the text: a link to its evidence, or the number alone with a word that there is none.

        Args:
            number: Its place in `entry.citations`.
            state: How it stands, where that is known.
        """
        text, name = plain(self._entry.citations[number].text) or UNKNOWN, self._names[number]
        if name not in self._recorded:
            return f'<span class="{STYLE}">{text}</span> {badge(UNFILLED, kind="pending")}'
        link = f'<a class="{STYLE}" href="#{self._places[name]}">{text}</a>'
        return link if state is None or state in SILENT else f"{link} {state_words(state.value, '', CITED)[0]}"

    @property
    def recorded(self) -> list[tuple[str, str, BlockEvidence]]:
        """Of each that has evidence the anchor, the text of the first that cites it, and the evidence."""
        texts = {name: cited.text for name, cited in zip(self._names[::-1], self._entry.citations[::-1], strict=True)}
        return [(self._places[name], texts[name], block) for name, block in self._recorded.items()]
