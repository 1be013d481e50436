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


def full(catalog: Catalog, card: Card, states: Sequence[str]) -> dict[str, Any]:
    """The shape of an entry in a listing; what is not known of a file that is no entry is null or empty.

    Args:
        catalog: All entries.
        card: The entry.
        states: The states of its promises.
    """
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
        "runs": [{name: ref.get(name) for name in ("id", "as", "role", "label")} for ref in matter.get("runs", ())],
        "commits": [{name: ref.get(name) for name in ("sha", "note")} for ref in matter.get("commits", ())],
        **{name: matter.get(name, []) for name in RELATIONS},
        **{name: list(ids) for name, ids in catalog.relations.inverse(card.id).items()},
        "states": list(states),
        "score": None,
    }


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
