"""Rules about an entry's life: does what it says of itself hold, and does what rests on it know."""

from __future__ import annotations

import re
from shlex import quote
from typing import TYPE_CHECKING

from journal.checks import lineage
from journal.checks.interface import Rule
from journal.checks.written import banner
from journal.checks.written.banner import Says
from journal.document import edits, original
from journal.errors import EvidenceError
from journal.model.finding import Finding, Severity
from journal.model.life import REPLACED, Kind, Outcome, Status, Verdict
from journal.tables.reviews import evidence_sum, is_overtaken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene
    from journal.checks.written.banner import Banner
    from journal.model.entry import Entry, FrontMatter
    from journal.model.finding import Fix
    from journal.model.life import Review

# What words that say "done" contradict, and words that say "not done".
_NOT_DONE = frozenset({*Status} - {Status.CONCLUDED})
_DECIDED = frozenset({Status.CONCLUDED, Status.INCONCLUSIVE, Status.ABANDONED})


def _status_behind(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        matter = entry.front_matter
        last = matter.last_update
        if last is None or last.status in {None, matter.status} or matter.status in REPLACED:
            continue
        here = ("status",) if matter.status else ("updates", matter.updates.index(last), "status")
        yield rule.finding(
            entry.path,
            f"its status is {matter.status or 'not given'}, and {last.status} by the last update, of {last.at}",
            place=scene.at(entry, *here),
            hint=f"set `status: {last.status}`, or say what changed with `journal update {entry.id} --status STATUS`",
            fix=_following(scene, entry, last.status) if matter.status in {None, Status.PLANNED} else None,
        )


def _following(scene: Scene, entry: Entry, status: Status | None) -> Fix | None:
    """Let the status follow an update: from where nobody goes back to, so that nothing is taken back."""
    said = f"set `status: {status}`"
    return scene.fix(entry, said, lambda raw: edits.set_value(raw, entry.path, ("status",), str(status)))


def _contradicting_banner(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        matter = entry.front_matter
        states = {matter.status, matter.last_update.status if matter.last_update else None} - {None}
        outcomes = {matter.outcome, matter.last_update.outcome if matter.last_update else None} - {None}
        if not states and not outcomes:
            continue
        for found in banner.banners(scene.journal.document(entry.path)):
            said = _otherwise(found, states, outcomes)
            if said is not None and not _is_corrected(found, matter):
                yield rule.finding(
                    entry.path,
                    f"its head says {found.text!r}, but it is {said}",
                    place=(found.line, 1),
                    hint=("" if matter.imported else "change these words, or ")
                    + f"`journal correct {entry.id} --was WORDS --now WORDS --reason WHY`",
                )


def _otherwise(found: Banner, states: set[Status | None], outcomes: set[Outcome | None]) -> str | None:
    """What an entry is, in a word, where its banner says otherwise."""
    done = found.says is Says.DONE
    against: set[str | None] = {*states & (_NOT_DONE if done else _DECIDED)}
    against |= outcomes & {Outcome.NEGATIVE if done else Outcome.POSITIVE}
    return ", ".join(sorted(filter(None, against))) or None


def _is_corrected(found: Banner, matter: FrontMatter) -> bool:
    words = _bare(found.text)
    return any(_bare(correction.was) in words for correction in matter.corrections)


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[*_`~#]+", "", text).casefold().split())


def _overtaken_review(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        reviews = entry.front_matter.reviews
        if not reviews:
            continue
        now = _sum_of(entry, scene) if any(review.evidence for review in reviews) else None
        # Who looks again replaces what they said before.
        last = {review.by: index for index, review in enumerate(reviews)}
        has_person = any(reviews[index].kind is Kind.HUMAN for index in last.values())
        for index in sorted(last.values()):
            review, place = reviews[index], scene.at(entry, "reviews", index)
            if now is not None and is_overtaken(review, now):
                said = f"{_named(review)} looked at other evidence ({review.evidence}) than there is now ({now})"
                hint = f"look again: `journal review {entry.id} --by {quote(review.by)} --verdict VERDICT`"
                yield rule.finding(entry.path, said, place=place, hint=hint)
            elif review.verdict is Verdict.VERIFIED and review.kind is not Kind.HUMAN and not has_person:
                yield _not_counting(rule, entry, review, place)


def _sum_of(entry: Entry, scene: Scene) -> str | None:
    try:
        return evidence_sum(entry, scene.journal.config)
    except EvidenceError:
        return None  # TAB001 speaks of evidence that cannot be read


def _named(review: Review) -> str:
    return f"the review by {review.by}" + (f" of {review.at}" if review.at is not None else "")


def _not_counting(rule: Rule, entry: Entry, review: Review, place: tuple[int, int]) -> Finding:
    if review.kind is None:
        why, hint = "nobody said whether that is a person", f"say `kind: {Kind.HUMAN}` there if it is"
    else:
        why, hint = f"that is an {review.kind}", "let a person look as well"
    said = f"{_named(review)} does not make it verified: {why}"
    return rule.finding(entry.path, said, place=place, hint=hint).model_copy(update={"severity": Severity.NOTE})


def _unknown_offset(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        created = entry.front_matter.created
        if entry.front_matter.imported is not None and created.has_clock and created.offset is None:
            yield rule.finding(
                entry.path,
                f"created {created}, and nobody knows at what offset from UTC",
                place=scene.at(entry, "created"),
                hint="say it: write `created` with the offset",
            )


def _changed_words(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        matter = entry.front_matter
        if matter.imported is not None and original.is_original(scene.raw(entry), matter) is False:
            yield rule.finding(
                entry.path,
                f"the words below its front matter are not those that were imported from {matter.imported.source}",
                place=scene.at(entry, "imported", "sha256"),
                hint="bring them back; `journal update` adds what is new, `journal correct` says what was wrong",
            )


RULES = (
    Rule(
        "LIF001",
        Severity.WARNING,
        "a status that does not follow the last update",
        _status_behind,
        own=True,
        fixable=True,
    ),
    Rule("LIF002", Severity.WARNING, "a banner that contradicts how the entry stands", _contradicting_banner, own=True),
    Rule("LIF003", Severity.WARNING, "what rests on an entry that was superseded or invalid", lineage.resting),
    Rule("LIF004", Severity.WARNING, "a value that a related entry has corrected", lineage.quoted),
    Rule("LIF005", Severity.WARNING, "a review that the evidence has overtaken", _overtaken_review, own=True),
    Rule(
        "LIF006",
        Severity.ERROR,
        "two entries that disagree on which replaces which",
        lineage.disagreeing,
        fixable=True,
    ),
    Rule("LIF007", Severity.ERROR, "entries that build on one another in a circle", lineage.circles),
    Rule("LIF008", Severity.WARNING, "an imported note whose time has no offset from UTC", _unknown_offset, own=True),
    Rule("LIF009", Severity.ERROR, "the words of an imported note were changed", _changed_words, own=True),
    Rule("LIF010", Severity.WARNING, "a pending result that stands in a follow-up", lineage.held_elsewhere),
    Rule("LIF011", Severity.WARNING, "two entries that hold the same words", lineage.twins),
)
