"""The runs of an entry: a row each, with role, state and commit verdict, and why that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.wording import counted
from journal.site.entry import commit_verdicts
from journal.site.entry.boxed import Row, boxed, fold, number
from journal.site.markup import badge, code, timed
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from journal.model.entry import RunRef
    from journal.site.entry.leads import Leads
    from journal.site.view import EntryView

HEAD = ("run", "id", "role", "state", "commit verdict", "commit", "started", "last step", "label")
OPEN = 12
"""Of how many runs the table stands open at most."""


def runs(view: EntryView, leads: Leads) -> str:
    """The runs as HTML; folded where a block of the entry shows them too, or they are many."""
    refs = view.entry.front_matter.runs
    if not refs:
        return ""
    folded = len(refs) > OPEN or any(block.kind == "runs" for block in view.entry.blocks)
    table = boxed("Runs", HEAD, [_row(ref, view, leads) for ref in refs], right={7})
    return fold("journal-runs", counted(len(refs), "run"), table, commit_verdicts.lines(view), opened=not folded)


def _row(ref: RunRef, view: EntryView, leads: Leads) -> Row:
    run, judged = view.evidence.runs.get(ref.id), view.evidence.verdicts.get(ref.id)
    label = ref.label or (run.name if run else None) or ""
    role = badge(ref.role.value) if ref.role else ""
    verdict = badge(judged.verdict.value) if judged is not None else ""
    if run is None:
        return Row(
            [plain(ref.handle), code(ref.id), role, "<em>not filled yet</em>", verdict, "", "", "", plain(label)]
        )
    return Row(
        [
            leads.run(ref.id),
            " ".join(part for part in (leads.run(ref.id, code(run.id)), leads.tracker(run.origin)) if part),
            role,
            run.state.value,
            verdict,
            leads.recorded_commit(run),
            timed(run.started) if run.started else "",
            number(run.last_step),
            plain(label),
        ]
    )
