"""The abstracts of an entry and of a run's digest: what the rest of the site says of them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from journal.index.describe import card_of
from journal.index.held_results import waiting_section
from journal.model.evidence import BlockState
from journal.model.life import CLOSED, ENDED, Verdict
from journal.model.run_page import page_of
from journal.site import abstract, anchors, link_targets, search_words
from journal.site.entry.scored import scored
from journal.site.entry.update_places import place
from journal.site.markup import told
from journal.site.sheet import summed
from journal.site.view import ATTENTION
from journal.tables import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from journal.config import Config
    from journal.model.evidence import BlockEvidence, CellEvidence
    from journal.model.when import When
    from journal.site.view import EntryView

_STORED = {"config", "summary"}
PLOT, PLOT_AXES = "plot", ("metrics", "runs")
SECTION = "section"
"""The kind of a section without results, among the kinds of blocks."""


def of_entry(view: EntryView, config: Config) -> abstract.Abstract:
    """What other pages say of an entry."""
    matter = view.entry.front_matter
    card = card_of(view.entry)
    return abstract.Abstract(
        id=view.entry.id,
        path=view.entry.path,
        page=view.page,
        sum=view.sum,
        title=matter.title,
        day=matter.created.day.isoformat(),
        created=told(matter.created),
        moment=matter.created.moment.timestamp(),
        status=matter.status and matter.status.value,
        outcome=matter.outcome and matter.outcome.value,
        review=_review(view),
        authors=tuple(abstract.Person(author.name, author.kind and author.kind.value) for author in matter.authors),
        tags=tuple(dict.fromkeys(matter.tags)),
        follows=matter.follows,
        results_of=matter.results_of,
        supersedes=matter.supersedes,
        invalidates=matter.invalidates,
        related=matter.related,
        commits=tuple(_commits(view)),
        runs=tuple(_runs(view, config)),
        metrics=tuple(sorted(card.metrics)),
        numbers=tuple(_numbers(view, config)),
        attention=tuple(_attention(view)),
        predictions=tuple(_predictions(view)),
        steps=view.steps,
        updates=tuple(_updates(view)),
        corrections=tuple(_corrections(view)),
        reviews=tuple(_reviews(view)),
        summary=view.summary,
        words=search_words.of(view),
        targets=tuple(dict.fromkeys(chain.from_iterable(map(link_targets.targets, _written(view))))),
        names=view.names,
        plots=tuple(_plots(view)),
        not_utf8=view.not_utf8,
        problem=None if view.problem is None else str(view.problem),
        shas=tuple(sorted(set(_named_commits(view)))),
        taken_from=None if matter.imported is None else matter.imported.source,
    )


def _written(view: EntryView) -> Iterator[str]:
    """The Markdown of its page that an author may have written: the text of a block may be somebody's own."""
    yield from view.text
    yield from (block.body for block in view.entry.blocks)


def _review(view: EntryView) -> str | None:
    if view.reviews.disputed_by is not None:
        return Verdict.DISPUTED.value
    return Verdict.VERIFIED.value if view.reviews.verified else None


def _commits(view: EntryView) -> Iterator[abstract.Commit]:
    for commit in view.entry.front_matter.commits:
        known = view.evidence.commits.get(commit.sha)
        yield abstract.Commit(
            sha=commit.sha if known is None else known.sha,
            note=commit.note,
            origin=commit.origin,
            subject=None if known is None else known.subject,
            authored=None if known is None else known.authored.isoformat(),
        )


def _named_commits(view: EntryView) -> Iterator[str]:
    """The commits that its page names beside those that it is about."""
    yield from (own.became for own in view.entry.front_matter.commits if own.became)
    yield from (run.commit for run in view.evidence.runs.values() if run.commit)
    yield from (found.commit for found in view.evidence.predictions if found.commit)


def _runs(view: EntryView, config: Config) -> Iterator[abstract.CitedRun]:
    for ref in view.entry.front_matter.runs:
        judged, run = view.evidence.verdicts.get(ref.id), view.evidence.runs.get(ref.id)
        yield abstract.CitedRun(
            reference=ref.id,
            handle=ref.handle,
            role=ref.role and ref.role.value,
            label=ref.label,
            key=key_of(view, ref.id, config),
            verdict=None if judged is None else judged.verdict.value,
            reasons=() if judged is None else judged.reasons,
            sha256=None if run is None else run.origin.sha256,
        )


def key_of(view: EntryView, reference: str | None, config: Config) -> str | None:
    """Name of the digest's file, without the suffix, of a run that the evidence of an entry knows."""
    run = view.evidence.runs.get(reference or "")
    return None if run is None else digest.path_of(run, config).stem


def _numbers(view: EntryView, config: Config) -> Iterator[abstract.Number]:
    kinds = {block.name: block.kind for block in view.entry.blocks}
    for name, block in view.evidence.blocks.items():
        if kinds.get(name) != block.kind:
            continue  # the block was taken out, and the entry not filled since
        for number, cell in enumerate(block.cells):
            yield from _calls(view, anchors.cell(name, number), cell, config)
    for number, block in enumerate(recorded_citations(view).values()):
        for cell in block.cells:
            yield from _calls(view, anchors.value(number), cell, config)


def recorded_citations(view: EntryView) -> dict[str, BlockEvidence]:
    """The evidence of cited values by name, in the order of the text."""
    known = view.evidence.citations
    return {name: known[name] for name in dict.fromkeys(view.entry.citation_names) if name in known}


def _calls(view: EntryView, anchor: str, cell: CellEvidence, config: Config) -> Iterator[abstract.Number]:
    handles = {ref.id: ref.handle for ref in view.entry.front_matter.runs}
    for call in cell.calls:
        if call.metric is None or call.statistic is None or call.statistic in _STORED:
            continue
        yield abstract.Number(
            anchor=anchor,
            key=key_of(view, call.run, config),
            handle=handles.get(call.run or "", call.run or ""),
            metric=call.metric,
            statistic=call.statistic,
            window=call.window or "all",
            expression=call.expression,
            value=call.value,
            rows=call.n,
            alone=not cell.parts,
            first=call.first_step,
            last=call.last_step,
        )


def _plots(view: EntryView) -> Iterator[abstract.Plot]:
    for block in view.entry.blocks:
        found = view.evidence.blocks.get(block.name)
        if found is None or found.kind != block.kind or found.kind != PLOT:
            continue
        spec, labels = found.spec, found.spec.get("labels", {})
        axes = {name: tuple(spec.get(name, ())) for name in PLOT_AXES}
        called = {name: tuple(labels.get(name, {}).get(each, each) for each in axes[name]) for name in PLOT_AXES}
        yield abstract.Plot(
            block=block.name,
            metrics=axes["metrics"],
            metric_labels=called["metrics"],
            runs=axes["runs"],
            run_labels=called["runs"],
            window=spec.get("window", "all"),
            scale=spec.get("scale", "linear"),
            smooth=spec.get("smooth", 0.0),
        )


def _attention(view: EntryView) -> Iterator[abstract.Attention]:
    """Blocks and cited values that somebody should look at, and a section of results that holds none yet."""
    closed = view.entry.front_matter.status in CLOSED
    for report in (*view.attention, *(each for each in view.cited if each.state in ATTENTION)):
        if closed and report.state is BlockState.PENDING:
            continue
        where = anchors.block(report.name) if report.name in view.reports else ""
        yield abstract.Attention(report.state.value, where, report.name, report.kind, report.message)
    waits = view.entry.front_matter.status not in ENDED and not any(
        report.state is BlockState.PENDING for report in view.attention
    )
    section = waiting_section(view.entry) if waits else None
    if section is not None:
        yield abstract.Attention(BlockState.PENDING.value, "", section.heading, SECTION, "")


def _predictions(view: EntryView) -> Iterator[abstract.Claim]:
    for prediction, found in scored(view):
        yield abstract.Claim(
            claim=prediction.claim,
            expect=prediction.expect,
            verdict=None if found is None else found.verdict.value,
            value=None if found is None else found.value,
            preregistered=None if found is None else found.preregistered,
            commit=None if found is None else found.commit,
            committed=None if found is None or found.committed is None else found.committed.isoformat(),
        )


def _updates(view: EntryView) -> Iterator[abstract.Event]:
    _, places = place(view.text, view.entry.front_matter.updates)
    for number, update in enumerate(view.entry.front_matter.updates):
        yield abstract.Event(
            at=told(update.at),
            moment=update.at.moment.timestamp(),
            anchor=places.get(number, ""),
            by=update.by,
            status=update.status and update.status.value,
            outcome=update.outcome and update.outcome.value,
            section=update.section,
        )


def _corrections(view: EntryView) -> Iterator[abstract.Amendment]:
    for each in view.entry.front_matter.corrections:
        yield abstract.Amendment(each.was, each.now, each.reason, each.by, _told(each.at))


def _reviews(view: EntryView) -> Iterator[abstract.Verdict]:
    for each in view.entry.front_matter.reviews:
        overtaken = each in view.reviews.overtaken
        kind = each.kind and each.kind.value
        yield abstract.Verdict(each.by, kind, each.verdict.value, _told(each.at), overtaken)


def _told(when: When | None) -> str | None:
    return None if when is None else told(when)


def of_run(path: Path, config: Config) -> abstract.RunAbstract | None:
    """What other pages say of a run; None where there is no digest any more.

    Raises:
        EvidenceError: The file cannot be read, or is no digest.
    """
    found, stored = digest.read(path, shown=config.relative(path))
    if found is None or stored is None:
        return None
    return abstract.RunAbstract(
        key=path.stem,
        sum=summed(stored.raw),
        id=found.id,
        entity=found.entity,
        project=found.project,
        name=found.name,
        state=found.state.value,
        started=None if found.started is None else found.started.isoformat(),
        commit=found.commit,
        dirty=found.dirty,
        rows=found.rows,
        last_step=found.last_step,
        metrics=tuple(sorted(found.metrics)),
        address=page_of(found.origin),
        lone=tuple(sorted(name for name, held in found.metrics.items() if held.n + held.nonfinite == 1)),
    )
