"""The predictions of an entry: what was expected, what became of it, and since when it has been written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.site.entry.boxed import Row, boxed, number
from journal.site.entry.scored import scored
from journal.site.markup import badge, clock, code
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from journal.model.entry import Prediction
    from journal.model.evidence import PredictionEvidence
    from journal.site.entry.leads import Leads
    from journal.site.view import EntryView

HEAD = ("prediction", "verdict", "expected", "value", "threshold", "preregistered")


def predictions(view: EntryView, leads: Leads) -> str:
    """What was expected and what became of it, as HTML; left out where a block of the entry shows the same."""
    if not view.entry.front_matter.predictions or any(block.kind == "predictions" for block in view.entry.blocks):
        return ""
    rows = [Row(_row(item, found, leads)) for item, found in scored(view)]
    return boxed("Predictions", HEAD, rows, right={3, 4}, style="journal-predictions")


def _row(item: Prediction, found: PredictionEvidence | None, leads: Leads) -> list[str]:
    asked = [plain(item.claim), "<em>not scored yet</em>", code(item.expect)]
    if found is None:
        return [*asked, "", "", ""]
    asked[1] = badge(found.verdict.value)
    return [*asked, number(found.value), number(found.threshold), _registered(found, leads)]


def _registered(found: PredictionEvidence, leads: Leads) -> str:
    """Whether it stood in the repository before its runs began, and since which commit; nothing while nobody knows."""
    if found.preregistered is None:
        return ""
    word = "yes" if found.preregistered else "no"
    if found.commit is None:
        return word
    time = f", <time>{clock(found.committed)}</time>" if found.committed is not None else ""
    return f"{word}, {leads.commit(found.commit)}{time}"
