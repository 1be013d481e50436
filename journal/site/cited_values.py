"""Cited values on a page: each number leads to its evidence, which stands in a fold at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import BlockState, CellState
from journal.model.wording import counted
from journal.site.evidence_table import cell_facts, source_table
from journal.site.markup import UNKNOWN, badge, code, html_table, literal
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.model.entry import Entry
    from journal.model.evidence import CellEvidence, Evidence

VALUES = ("cited as", "value", "rows", "steps used", "non-finite", "run", "expression")

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
        self._entry, self._evidence, self._names = entry, evidence, entry.citation_names
        # By name, in the order of the text.
        self._recorded = {name: evidence.citations[name] for name in self._names if name in evidence.citations}
        self._places = {name: _anchor(number) for number, name in enumerate(self._recorded)}

    def shown(self, number: int, state: BlockState | None) -> str:
        """A value in the text: a link to its evidence, or the number alone with a word that there is none.

        Args:
            number: Its place in `entry.citations`.
            state: How it stands, where that is known.
        """
        text, name = plain(self._entry.citations[number].text) or UNKNOWN, self._names[number]
        if name not in self._recorded:
            return f'<span class="{STYLE}">{text}</span> {badge("not filled yet", kind="pending")}'
        told = "; ".join(f"{_value(cell)} = {cell.expression}" for cell in self._recorded[name].cells)
        link = f'<a class="{STYLE}" href="#{self._places[name]}" title="{literal(told)}">{text}</a>'
        return link if state is None or state in SILENT else f"{link} {badge(state.value)}"

    def fold(self) -> str:
        """Their evidence as HTML that opens on a click; nothing where there is none."""
        if not self._recorded:
            return ""
        known, blocks = self._evidence.runs, self._recorded.values()
        handles = {ref.id: ref.handle for ref in self._entry.front_matter.runs}
        runs = {reference: known[reference] for block in blocks for reference in block.runs if reference in known}
        texts = {name: cited.text for name, cited in zip(self._names[::-1], self._entry.citations[::-1], strict=True)}
        rows = [
            _row(self._places[name], texts[name], cell, handles)
            for name, block in self._recorded.items()
            for cell in block.cells
        ]
        summary = f"{counted(len(rows), 'number')} from {counted(len(runs), 'run')}"
        lines = [
            '<details class="journal-evidence" data-search-exclude>',
            f"<summary>Cited values: {summary}</summary>",
        ]
        sources = [source_table(runs, handles)] if runs else []
        return "\n".join([*lines, html_table(VALUES, rows, right=frozenset({1, 2, 3, 4})), *sources, "</details>"])


def _anchor(number: int) -> str:
    """Where a value's evidence stands on its page; headings never get a dot, so the two cannot clash."""
    return f"value.{number + 1}"


def _row(place: str, text: str, cell: CellEvidence, handles: Mapping[str, str]) -> list[str]:
    value = plain(_value(cell))
    rows, steps, nonfinite, run = cell_facts(cell, handles)
    return [
        f'<span id="{place}">{plain(text) or UNKNOWN}</span>',
        value if cell.state is CellState.VALUE else f"<em>{value}</em>",
        *(rows, steps, nonfinite),
        run,
        code(cell.expression),
    ]


def _value(cell: CellEvidence) -> str:
    """What was recorded, at full precision."""
    return repr(cell.value) if cell.value is not None else cell.text or cell.state.value
