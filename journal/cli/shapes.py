"""Entries as `--json` shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.errors import EvidenceError, JournalError
from journal.model.entry import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from journal.config import Config
    from journal.index.card import Card
    from journal.index.catalog import Catalog
    from journal.model.entry import Entry
    from journal.model.revision import Judgement
    from journal.revisions.links import Links

_RUN = ("id", "as", "role", "label")


def brief(entry: Entry) -> dict[str, Any]:
    """The shape of an entry that was just written or changed."""
    matter = entry.front_matter
    return {
        "id": entry.id,
        "path": entry.path,
        "title": matter.title,
        "created": matter.created.isoformat(),
        "status": matter.status,
    }


def listed(catalog: Catalog, cards: Sequence[Card]) -> list[dict[str, Any]]:
    """The shapes of entries in a listing; what is not known of a file that is no entry is null or empty.

    Their evidence is read for the verdicts on their runs, and the repository is asked for its origin.
    """
    from journal.revisions.links import Links

    states, links = states_of(catalog, cards), Links.of(catalog.config)
    return [_listed(catalog, card, states[card.path], links) for card in cards]


def _listed(catalog: Catalog, card: Card, states: Sequence[str], links: Links) -> dict[str, Any]:
    matter = card.matter
    return {
        "id": card.id,
        "path": card.path,
        "title": card.title,
        "created": matter.get("created"),
        "status": matter.get("status"),
        "outcome": matter.get("outcome"),
        "authors": [author["name"] for author in matter.get("authors", ())],
        "tags": matter.get("tags", []),
        "runs": _runs(catalog.config, card),
        "commits": [_commit(ref, links) for ref in matter.get("commits", ())],
        **{name: matter.get(name, []) for name in RELATIONS},
        **{name: list(ids) for name, ids in catalog.relations.inverse(card.id).items()},
        "states": list(states),
        "score": None,
    }


def _runs(config: Config, card: Card) -> list[dict[str, Any]]:
    """The runs of an entry, each with what was found of its commit."""
    from journal.tables import record

    runs = card.matter.get("runs", ())
    found = record.verdicts(card.path, config) if runs else {}
    return [{name: ref.get(name) for name in _RUN} | judged(found.get(ref["id"])) for ref in runs]


def _commit(ref: dict[str, Any], links: Links) -> dict[str, Any]:
    """A commit; its link leads to the one that took its place, where history was rewritten."""
    from journal.revisions.links import repository_name

    origin = ref.get("origin")
    return {
        "sha": ref["sha"],
        "note": ref.get("note"),
        "became": ref.get("became"),
        "origin": None if origin is None else repository_name(origin),
        "url": links.commit(ref.get("became") or ref["sha"], origin),
    }


def judged(judgement: Judgement | None) -> dict[str, Any]:
    """Whether a run belongs to an entry's commits; null where nothing is recorded."""
    if judgement is None:
        return {"verdict": None, "reasons": []}
    return {"verdict": judgement.verdict.value, "reasons": list(judgement.reasons)}


def life(config: Config, entry: Entry) -> dict[str, Any]:
    """What else an entry says of itself: who wrote it, what it touched, and what became of it later."""
    from journal.tables.reviews import evidence_sum, is_overtaken, standing_of

    matter = entry.front_matter
    try:
        evidence = evidence_sum(entry, config)
    except EvidenceError:
        evidence = ""  # nobody can have seen it
    reviews = [each.model_dump(mode="json") | {"overtaken": is_overtaken(each, evidence)} for each in matter.reviews]
    imported = matter.imported
    return {
        "people": [author.model_dump(mode="json") for author in matter.authors],
        "files": list(matter.files),
        "updates": [each.model_dump(mode="json") for each in matter.updates],
        "corrections": [each.model_dump(mode="json") for each in matter.corrections],
        "reviews": reviews,
        "verified": standing_of(matter.reviews, evidence).verified,
        "imported": imported.model_dump(mode="json", by_alias=True) if imported is not None else None,
    }


def states_of(catalog: Catalog, cards: Iterable[Card]) -> dict[str, list[str]]:
    """The states of entries' promises as text and evidence tell them, by the entry's path.

    Each state once, the most urgent first; none where nothing is promised.
    """
    config = catalog.config
    return catalog.states(cards, lambda path: _evidence(config, path), lambda path: _worked_out(config, path))


def _evidence(config: Config, path: str) -> Path | None:
    from journal.tables.record import path_at

    try:
        return path_at(path, config)
    except EvidenceError:
        return None


def _worked_out(config: Config, path: str) -> list[str]:
    from journal.model.evidence import BlockState
    from journal.tables.fill import plan

    try:
        blocks = plan(config, path, None).blocks
    except JournalError:
        return ["error"]
    return [state.value for state in BlockState if any(block.state is state for block in blocks)]
