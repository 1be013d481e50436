"""The predictions of an entry: what was expected, what became of it, and since when it has been written down."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from journal.site import anchors
from journal.site.entry.boxed import Row, boxed
from journal.site.entry.scored import THRESHOLD, VALUE, scored, sides
from journal.site.markup import badge, breakable, timed
from journal.tables.markdown import plain
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from datetime import datetime

    from journal.model.entry import Prediction
    from journal.model.evidence import PredictionEvidence
    from journal.site.entry.leads import Leads
    from journal.site.view import EntryView

HEAD = ("prediction", "verdict", "value", "threshold", "expected", "timing")
"""The last says whether it stood in the repository before its runs began."""
DIGITS = 3
"""Significant digits of a number, as in tables."""
_UNPROVEN = "not known to have been committed before its run began"


def predictions(view: EntryView, leads: Leads) -> str:
    """What was expected and what became of it, as HTML; left out where a block of the entry shows the same."""
    if not view.entry.front_matter.predictions or any(block.kind == "predictions" for block in view.entry.blocks):
        return ""
    rows = [Row(_row(number, item, found, view, leads)) for number, (item, found) in enumerate(scored(view))]
    return boxed("Predictions", HEAD, rows, right={2, 3}, style="journal-predictions")


def _row(number: int, item: Prediction, found: PredictionEvidence | None, view: EntryView, leads: Leads) -> list[str]:
    expected = f"<code>{breakable(item.expect)}</code>"
    if found is None:
        return [plain(item.claim), "<em>not scored yet</em>", "", "", expected, ""]
    measured = sides(found)
    values = {VALUE: found.value, THRESHOLD: found.threshold if THRESHOLD in measured else None}
    told = [_number(number, side, value, linked=side in measured) for side, value in values.items()]
    return [plain(item.claim), badge(found.verdict.value), *told, expected, timing(found, view, leads)]


def _number(number: int, side: str, value: float | None, *, linked: bool) -> str:
    """A number as tables show it, with a link to its evidence."""
    if value is None:
        return ""
    text = plain(shown(value, DIGITS))
    return linked_number(number, side, text) if linked else text


def linked_number(number: int, side: str, text: str) -> str:
    """A side of a prediction, by its place in the front matter, as a link to its evidence; `text` is HTML."""
    return f'<a class="journal-number" href="#{anchors.prediction(number, side)}">{text}</a>'


def timing(found: PredictionEvidence, view: EntryView, leads: Leads) -> str:
    """Whether it stood in the repository before its runs began, with both times, so that a reader can see it.

    Args:
        found: The prediction.
        view: Its entry, whose evidence knows when runs began.
        leads: Where its commit leads.

    Returns:
        HTML; nothing while nobody knows.
    """
    if found.preregistered is None:
        return ""
    if not found.preregistered:
        return f"not preregistered{_below(_UNPROVEN)}"
    if found.commit is None or found.committed is None:
        return "preregistered"
    told = [f"committed {timed(found.committed, seconds=True)} ({leads.commit(found.commit)})"]
    runs = {call.run: view.evidence.runs.get(call.run) for call in found.parts if call.run is not None}
    starts = [run.started for run in runs.values() if run is not None and run.started is not None]
    if starts:
        whose = "its run" if len(runs) == 1 else "the first of its runs"
        told.append(f"{whose} began {_after(found.committed, min(starts))}")
    return f"preregistered{_below(', '.join(told))}"


def _after(earlier: datetime, moment: datetime) -> str:
    """A moment in the zone of an earlier one, and without its day where that is the same."""
    local = moment.astimezone(earlier.tzinfo or UTC)
    if local.date() != earlier.date():
        return timed(local, seconds=True)
    return f'<time datetime="{local.isoformat(timespec="seconds")}">{local:%H:%M:%S}</time>'


def _below(words: str) -> str:
    return f'<br><span class="journal-aside">{words}</span>'
