"""The front matter of an imported note, written from what it states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.document.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from journal.imports.note import Note
    from journal.imports.readers.interface import (
        CitedCommit,
        CitedRun,
        DatedSection,
        NotedCorrection,
        NotedReview,
        Person,
    )
    from journal.model.life import Author, Imported


def render(note: Note, origin: Imported, relations: Mapping[str, Iterable[str]]) -> str:
    """The front matter with its two lines of hyphens; fields that nobody stated are not there.

    Args:
        note: What the note states; it has a title and a time.
        origin: Where it comes from.
        relations: Ids of other entries, by the name of the relation.
    """
    return "".join(f"{line}\n" for line in ["---", *_lines(note, origin, relations), "---"])


def _lines(note: Note, origin: Imported, relations: Mapping[str, Iterable[str]]) -> Iterator[str]:
    assert note.created is not None  # noqa: S101  (its callers looked)
    yield f"title: {quoted(note.title.value)}"
    yield f"created: {note.created.value.isoformat()}"
    authors = [fact.value for fact in note.authors]
    if authors:
        yield f"authors: [{', '.join(map(_author, authors))}]"
    if note.status is not None:
        yield f"status: {note.status.value}"
    if note.outcome is not None:
        yield f"outcome: {note.outcome.value}"
    yield from _flat("tags", (fact.value for fact in note.tags))
    yield from _listed("commits", (_commit(fact.value) for fact in note.commits))
    yield from _listed("runs", (_run(fact.value) for fact in note.runs))
    yield from _listed("files", (quoted(fact.value) for fact in note.files))
    for relation, ids in relations.items():
        yield from _flat(relation, ids)
    yield from _listed("updates", (_flow(_update(fact.value)) for fact in note.updates))
    yield from _listed("corrections", (_flow(_correction(fact.value)) for fact in note.corrections))
    yield from _listed("reviews", (_flow(_review(fact.value)) for fact in note.reviews))
    yield "imported:"
    for key, value in origin.model_dump(by_alias=True, exclude_none=True).items():
        yield f"  {key}: {quoted(str(value))}"


def _flat(key: str, values: Iterable[str]) -> Iterator[str]:
    items = [quoted(value) for value in dict.fromkeys(values)]
    if items:
        yield f"{key}: [{', '.join(items)}]"


def _listed(key: str, items: Iterable[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        if not number:
            yield f"{key}:"
        yield f"  - {item}"


def _flow(pairs: Mapping[str, object]) -> str:
    """A mapping on one line; what is None is left out."""
    return "{" + ", ".join(f"{key}: {quoted(str(value))}" for key, value in pairs.items() if value is not None) + "}"


def _author(author: Author | Person) -> str:
    return quoted(author.name) if author.kind is None else _flow({"name": author.name, "kind": author.kind})


def _commit(commit: CitedCommit) -> str:
    return _flow({"sha": commit.sha, "note": commit.note})


def _run(run: CitedRun) -> str:
    return _flow({"id": run.id, "role": run.role, "label": run.label})


def _update(update: DatedSection) -> dict[str, object]:
    at = update.at.isoformat()
    return {"at": at, "status": update.status, "outcome": update.outcome, "section": update.heading}


def _correction(correction: NotedCorrection) -> dict[str, object]:
    by = correction.by.name if correction.by is not None else None
    at = correction.at.isoformat() if correction.at is not None else None
    return {"was": correction.was, "now": correction.now, "reason": correction.reason, "by": by, "at": at}


def _review(review: NotedReview) -> dict[str, object]:
    at = review.at.isoformat() if review.at is not None else None
    kind, verdict, method = review.by.kind, review.verdict, review.method
    return {"by": review.by.name, "kind": kind, "at": at, "verdict": verdict, "method": method}
