"""An entry's page: what it says about itself, its runs, its text, and the evidence below each block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.entry import RELATIONS
from journal.model.life import Verdict
from journal.site import outward, quoted
from journal.site.charts import figures
from journal.site.entry import block_table
from journal.site.entry.cited_values import CitedValues
from journal.site.entry.conclusion import conclusion
from journal.site.entry.dialect import adapt
from journal.site.entry.evidence_table import EvidenceTables
from journal.site.entry.facts import facts, newest_commit
from journal.site.entry.leads import Leads
from journal.site.entry.levels import below
from journal.site.entry.notices import notices
from journal.site.entry.prediction_table import predictions
from journal.site.entry.run_table import runs
from journal.site.entry.scored import scored
from journal.site.entry.state_words import is_unfilled, state_words
from journal.site.entry.timeline import timeline
from journal.site.entry.update_places import place
from journal.site.lineage import neighbourhood
from journal.site.link_targets import relinked
from journal.site.markup import badge, named, page, standing, timed_when
from journal.site.sheet import Sheet
from journal.site.things.known_commits import known_commits
from journal.site.view import ATTENTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.model.entry import Block
    from journal.site.abstract import Abstract
    from journal.site.contents import Contents
    from journal.site.view import EntryView

PLOT = "plot"
"""The kind of block that a picture stands above."""

_ANY = "0" * 40  # a sha


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The page of each entry."""
    still, by_correction = contents.once(quoted.by_path), contents.once(quoted.by_correction)
    for of in contents.abstracts:
        elsewhere = [by_correction.get((of.path, each.was), ()) for each in of.corrections]
        made_of = (of.path, of.sum, _around(of, contents), still.get(of.path, ()), elsewhere)
        yield Sheet(of.page, made_of, lambda of=of: render(contents.view(of.path), contents))  # type: ignore[misc]


def _around(of: Abstract, contents: Contents) -> tuple[object, ...]:
    """What an entry's page takes from other entries, from digests and from git: a part of what it is made of."""
    near = {name: contents.relations.by(name, of.id) for name in RELATIONS}
    ids = dict.fromkeys(other for name in RELATIONS for other in (*getattr(of, name), *near[name]))
    others, counts = (contents.by_id[name] for name in ids if name in contents.by_id), contents.relation_counts
    entries = [
        (each.id, each.page, each.title, each.day, each.status, contents.replaced(each), counts[each.id])
        for each in others
    ]
    runs = [(key, contents.runs[key].sum) for key in of.keys if key in contents.runs]
    filled, known = contents.filled.get(of.path), contents.once(known_commits)
    shas = [*(own.sha for own in of.commits), *of.shas, *([filled.sha] if filled else [])]
    commits = [(full, full in known) for full in map(contents.full, shas)]
    host = contents.links.commit(_ANY), contents.links.file(_ANY, "x")
    return near, entries, runs, commits, filled, host, contents.site, outward.outward(of, contents)


def render(view: EntryView, contents: Contents) -> bytes:
    """The page of one entry, as Markdown."""
    leads, filled = Leads(view, contents), contents.filled.get(view.entry.path)
    updates = view.entry.front_matter.updates
    lead = outward.leading(contents.by_path[view.entry.path], newest_commit(view), contents)
    texts, places = place([relinked(text, lead) for text in view.text], updates)
    tables = EvidenceTables(view.evidence, leads, filled)
    return page(
        view.entry.title,
        _strip(view, contents, leads),
        conclusion(updates, texts, places),
        *notices(view, contents, leads),
        facts(view, contents, leads),
        timeline(view, leads, places, filled),
        *_predictions(view, leads, tables),
        runs(view, leads),
        *_body(view, below(texts, view.entry.title), contents, leads, tables),
        figures.of_entry(view, contents),
        neighbourhood.picture(neighbourhood.around(contents, contents.by_path[view.entry.path]), view.page, contents),
    )


def _strip(view: EntryView, contents: Contents, leads: Leads) -> str:
    """One line below the title: how the work stands, when and by whom it was written, who looked again, its tags."""
    matter = view.entry.front_matter
    authors = ", ".join(map(leads.author, matter.authors))
    words = [
        standing(matter, contents.replaced(contents.by_path[view.entry.path])),
        _reviewed(view),
        timed_when(matter.created),
        f'<span class="journal-authors">{authors}</span>' if authors else "",
        *leads.tags(matter.tags),
    ]
    return f'<div class="journal-strip"><p>{" ".join(word for word in words if word)}</p></div>'


def _reviewed(view: EntryView) -> str:
    """What its reviews come to, in a word, and whose it is."""
    disputed, verified = view.reviews.disputed_by, view.reviews.verified_by
    if disputed is not None:
        return f"<span>{badge(Verdict.DISPUTED.value)} by {named(disputed.by, disputed.kind)}</span>"
    if verified is not None:
        return f"<span>{badge(Verdict.VERIFIED.value)} by {named(verified.by, verified.kind)}</span>"
    return ""


def _predictions(view: EntryView, leads: Leads, tables: EvidenceTables) -> Iterator[str]:
    """The predictions with their evidence, unless a block shows them."""
    table = predictions(view, leads)
    yield table
    if table:
        yield tables.of_predictions(found for _, found in scored(view))


def _body(
    view: EntryView, texts: Sequence[str], contents: Contents, leads: Leads, tables: EvidenceTables
) -> Iterator[str]:
    """The author's text as written, each block between in a box of its own; last the evidence of cited values."""
    yield adapt(texts[0])
    told = ""
    for block, text in zip(view.entry.blocks, texts[1:], strict=True):
        picture = figures.of_block(block, view, contents) if block.kind == PLOT else ""
        yield block_table.shown(block, view, leads, picture)
        yield _state(block, view)
        if block.kind == block_table.PREDICTIONS and not told:
            told = tables.of_predictions(found for _, found in scored(view))
            yield told
        else:
            yield tables.of_block(block.name)
        yield adapt(text)
    yield tables.of_values(CitedValues(view.entry, view.evidence).recorded)


def _state(block: Block, view: EntryView) -> str:
    """How a block stands that somebody should look at; one that nobody filled says so in its place."""
    report = view.reports.get(block.name)
    if report is None or report.state not in ATTENTION or is_unfilled(report.state, report.message):
        return ""
    word, why = state_words(report.state.value, report.message, block.kind)
    unlinked = "" if block_table.own_table(block, view) else ", so its numbers do not lead to their evidence"
    return f'<p class="journal-state">{word} {why}{unlinked}</p>'
