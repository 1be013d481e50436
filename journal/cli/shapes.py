"""Entries as `--json` shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.errors import JournalError
from journal.model.evidence import BlockState
from journal.tables.fill import plan

if TYPE_CHECKING:
    from journal.index.journal import Journal
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


def full(journal: Journal, entry: Entry) -> dict[str, Any]:
    """The shape of an entry in a listing."""
    matter = entry.front_matter
    return brief(entry) | {
        "outcome": matter.outcome,
        "authors": [author.name for author in matter.authors],
        "tags": list(matter.tags),
        "runs": [{"id": ref.id, "as": ref.alias, "role": ref.role, "label": ref.label} for ref in matter.runs],
        "commits": [{"sha": ref.sha, "note": ref.note} for ref in matter.commits],
        "follows": list(matter.follows),
        "results_of": list(matter.results_of),
        "supersedes": list(matter.supersedes),
        "invalidates": list(matter.invalidates),
        "related": list(matter.related),
        **{name: list(ids) for name, ids in journal.relations.inverse(entry.id).items()},
        "states": states(journal, entry),
        "score": None,
    }


def states(journal: Journal, entry: Entry) -> list[str]:
    """The states of an entry's blocks as text and evidence tell them, each once, the most urgent first."""
    try:
        blocks = plan(journal.config, entry.path, None).blocks
    except JournalError:
        return ["error"]
    return [state.value for state in BlockState if any(block.state is state for block in blocks)]
