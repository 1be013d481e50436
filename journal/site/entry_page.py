"""An entry's page: what it says about itself, its runs, its text, and the evidence below each block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import ExpressionError
from journal.model.life import Verdict
from journal.model.run_page import page_of
from journal.model.wording import counted
from journal.site.cited_values import CitedValues
from journal.site.contents import tag_links
from journal.site.dialect import adapt
from journal.site.evidence_table import commit_of, fold
from journal.site.facts import facts
from journal.site.markup import UNKNOWN, badge, clock, code, named, outside, page, section, standing, told
from journal.site.notices import notices
from journal.site.update_places import place
from journal.site.view import ATTENTION
from journal.stats.expression import parse_expectation
from journal.tables.markdown import plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.model.entry import Block, Prediction, RunRef
    from journal.model.evidence import PredictionEvidence, RunEvidence
    from journal.site.contents import Contents
    from journal.site.view import EntryView
    from journal.tables.report import BlockReport

RUNS = ("run", "id", "role", "state", "commit", "started", "last step", "label")


def render(view: EntryView, contents: Contents) -> bytes:
    """The page of one entry, as Markdown."""
    texts, places = place(view.text, view.entry.front_matter.updates)
    return page(
        view.entry.title,
        _strip(view, contents),
        *notices(view, contents),
        facts(view, contents, places),
        _predictions(view),
        _runs(view),
        *_body(view, texts),
    )


def _strip(view: EntryView, contents: Contents) -> str:
    """One line below the title: how the work stands, when and by whom it was written, its tags."""
    matter = view.entry.front_matter
    authors = ", ".join(named(author.name, author.kind) for author in matter.authors)
    words = [standing(matter, contents.replaced(view)), _reviewed(view), f"<time>{told(matter.created)}</time>"]
    if authors:
        words.append(f'<span class="journal-authors">{authors}</span>')
    words += tag_links(matter.tags, view.page)
    return section("journal-strip", " ".join(word for word in words if word))


def _reviewed(view: EntryView) -> str:
    """What its reviews come to, in a word."""
    if view.reviews.disputed_by is not None:
        return badge(Verdict.DISPUTED.value)
    return badge(Verdict.VERIFIED.value) if view.reviews.verified else ""


def _predictions(view: EntryView) -> str:
    """What was expected and what became of it; left out where a block of the entry shows the same."""
    asked = view.entry.front_matter.predictions
    if not asked or any(block.kind == "predictions" for block in view.entry.blocks):
        return ""
    scored = {(found.claim, found.expect): found for found in view.evidence.predictions}
    rows = [[plain(item.claim), code(item.expect), _verdict(scored.get(_words(item)))] for item in asked]
    return section("journal-predictions", table(("prediction", "expected", "verdict"), rows, right=0))


def _words(prediction: Prediction) -> tuple[str, str]:
    """What tells the evidence of a prediction: its claim, and what it expects in the canonical spelling."""
    try:
        return prediction.claim, str(parse_expectation(prediction.expect))
    except ExpressionError:
        return prediction.claim, prediction.expect


def _verdict(found: PredictionEvidence | None) -> str:
    if found is None:
        return "<em>not scored yet</em>"
    before = " preregistered" if found.preregistered else ""
    return badge(found.verdict.value) + before


def _runs(view: EntryView) -> str:
    refs = view.entry.front_matter.runs
    if not refs:
        return ""
    rows = [_run(ref, view.evidence.runs.get(ref.id)) for ref in refs]
    opened = "" if any(block.kind == "runs" for block in view.entry.blocks) else " open"
    summary = f"<summary>{counted(len(refs), 'run')}</summary>"
    return f'<details class="journal-runs"{opened} markdown>{summary}\n\n{table(RUNS, rows, right=0)}\n\n</details>'


def _run(ref: RunRef, run: RunEvidence | None) -> list[str]:
    label = ref.label or (run.name if run else None)
    shown = outside(code(run.id), page_of(run.origin)) if run else code(ref.id)
    given = [plain(ref.handle), shown, badge(ref.role.value) if ref.role else UNKNOWN]
    words = plain(label) if label else UNKNOWN
    if run is None:
        return [*given, "<em>not filled yet</em>", UNKNOWN, UNKNOWN, UNKNOWN, words]
    started = clock(run.started) if run.started else UNKNOWN
    step = UNKNOWN if run.last_step is None else str(run.last_step)
    return [*given, run.state.value, commit_of(run), started, step, words]


def _body(view: EntryView, texts: Sequence[str]) -> Iterator[str]:
    """The author's text as written, each block between in a box of its own; last the evidence of cited values."""
    yield adapt(texts[0])
    for block, text in zip(view.entry.blocks, texts[1:], strict=True):
        yield _block(block, view)
        yield adapt(text)
    yield CitedValues(view.entry, view.evidence).fold()


def _block(block: Block, view: EntryView) -> str:
    recorded = view.evidence.blocks.get(block.name)
    report = view.reports.get(block.name)
    evidence = fold(recorded, view.evidence, view.entry.front_matter.runs) if recorded else ""
    body = block.body.strip("\n") or "*not filled yet*"
    box = f'<div class="journal-block" id="{anchor(block.name)}" markdown>\n\n{body}\n\n</div>'
    return "\n\n".join(part for part in (box, _state(report), evidence) if part)


def _state(report: BlockReport | None) -> str:
    if report is None or report.state not in ATTENTION:
        return ""
    return f'<p class="journal-state">{badge(report.state.value)} {plain(report.message)}</p>'


def anchor(name: str) -> str:
    """Where a block stands on its page; headings never get a dot, so the two cannot clash."""
    return f"block.{name}"
