"""The predictions of an entry: what was expected, what became of it, and since when it has been written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.site import anchors
from journal.site.entry.boxed import Row, boxed
from journal.site.entry.scored import THRESHOLD, VALUE, scored, sides
from journal.site.markup import badge, breakable, clock
from journal.tables.markdown import plain
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from journal.model.entry import Prediction
    from journal.model.evidence import PredictionEvidence
    from journal.site.entry.leads import Leads
    from journal.site.view import EntryView

HEAD = ("prediction", "verdict", "value", "threshold", "expected", "timing")
"""The last says whether it stood in the repository before its runs began."""
DIGITS = 3
"""Significant digits of a number, as in tables."""
_TIMING = {
    True: '<span title="committed before its run began">preregistered</span>',
    False: '<span title="not known to have been committed before its run began">not preregistered</span>',
}


def predictions(view: EntryView, leads: Leads) -> str:
    """What was expected and what became of it, as HTML; left out where a block of the entry shows the same."""
    if not view.entry.front_matter.predictions or any(block.kind == "predictions" for block in view.entry.blocks):
        return ""
    rows = [Row(_row(number, item, found, leads)) for number, (item, found) in enumerate(scored(view))]
    return boxed("Predictions", HEAD, rows, right={2, 3}, style="journal-predictions")


def _row(number: int, item: Prediction, found: PredictionEvidence | None, leads: Leads) -> list[str]:
    expected = f"<code>{breakable(item.expect)}</code>"
    if found is None:
        return [plain(item.claim), "<em>not scored yet</em>", "", "", expected, ""]
    measured = sides(found)
    values = {VALUE: found.value, THRESHOLD: found.threshold if THRESHOLD in measured else None}
    told = [_number(number, side, value, linked=side in measured) for side, value in values.items()]
    return [plain(item.claim), badge(found.verdict.value), *told, expected, _timing(found, leads)]


def _number(number: int, side: str, value: float | None, *, linked: bool) -> str:
    """A number as tables show it, with a link to its evidence."""
    if value is None:
        return ""
    text = plain(shown(value, DIGITS))
    return linked_number(number, side, text) if linked else text


def linked_number(number: int, side: str, text: str) -> str:
    """A side of a prediction, by its place in the front matter, as a link to its evidence; `text` is HTML."""
    return f'<a class="journal-number" href="#{anchors.prediction(number, side)}">{text}</a>'


def _timing(found: PredictionEvidence, leads: Leads) -> str:
    """Whether it stood in the repository before its runs began, and since which commit; nothing while nobody knows."""
    if found.preregistered is None:
        return ""
    words = [_TIMING[found.preregistered]]
    words += [leads.commit(found.commit)] if found.commit is not None else []
    words += [f"<time>{clock(found.committed)}</time>"] if found.commit and found.committed is not None else []
    return ", ".join(words)
