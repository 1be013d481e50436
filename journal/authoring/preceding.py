"""The entries that stand around commits: which is about them already, which precedes them, which one they undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.index.catalog import Catalog
from journal.index.relations import Relations
from journal.model.entry import REPLACING
from journal.model.life import REPLACED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.config import Config
    from journal.index.card import Card
    from journal.model.revision import Commit
    from journal.revisions import Repository


@dataclass(frozen=True)
class Undone:
    """A commit that another one undoes.

    Attributes:
        by: Full sha of the commit that undoes it.
        sha: Its full sha; as the message names it, where no such commit is here.
        known: Whether it is here.
        entries: The entries that are about it, the newest first.
    """

    by: str
    sha: str
    known: bool = False
    entries: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Around:
    """The entries around some commits.

    Attributes:
        about: Those that are about one of them already, the newest first.
        precedes: The one whose commits they were made on top of; None where there is none.
        holding: The files of the entries that hold the results of that one, the newest first.
        undone: What the commits undo.
        former: Shas that became one of the commits, as entries name them: in lower case, perhaps short.
    """

    about: tuple[Card, ...] = ()
    precedes: Card | None = None
    holding: tuple[str, ...] = ()
    undone: tuple[Undone, ...] = ()
    former: tuple[str, ...] = ()


NOBODY = Around()
"""What is around no commits."""


def around(config: Config, repository: Repository, commits: Sequence[Commit]) -> Around:
    """The entries around some commits.

    Raises:
        RevisionError: Git cannot be asked.
    """
    every, relations = _cards(config)
    by_id = {card.id: card for card in every}
    cards = [card for card in every if card.matter.get("commits")]
    undoing = [(commit.sha, sha) for commit in commits for sha in commit.reverts]
    named = {sha for card in cards for sha in _shas(card)} | {sha for _, sha in undoing}
    known = repository.commits_known(named) if named else {}
    by_commit: dict[str, list[Card]] = {}
    for card in cards:
        for sha in dict.fromkeys(full for each in _shas(card) if (full := known[each]) is not None):
            by_commit.setdefault(sha, []).append(card)
    own = {commit.sha: None for commit in commits}
    about = {card.id: card for sha in own for card in by_commit.get(sha, ())}
    standing = {sha: found for sha, cards in by_commit.items() if (found := _standing(cards, relations, by_id))}
    before = {sha: card for sha, card in standing.items() if sha not in own}
    nearest = repository.newest_ancestor(_last(commits), before) if before else None
    precedes = before[nearest] if nearest is not None else None
    holding = relations.by("results_of", precedes.id) if precedes is not None else ()
    return Around(
        about=tuple(about.values()),
        precedes=precedes,
        holding=tuple(by_id[each].path for each in holding),
        undone=tuple(_undone(by, sha, known[sha], by_commit) for by, sha in undoing),
        former=tuple(dict.fromkeys(sha.lower() for sha, after in _became(cards) if known[after] in own)),
    )


def with_results(config: Config, entry_id: str) -> list[str]:
    """The files of the entries that hold the results of another one, the newest first."""
    cards, relations = _cards(config)
    paths = {card.id: card.path for card in cards}
    return [paths[each] for each in relations.by("results_of", entry_id)]


def _cards(config: Config) -> tuple[tuple[Card, ...], Relations]:
    """Every entry, newest first, and who names whom."""
    if not config.entries.is_dir():  # it is made with the first entry
        return (), Relations(())
    with Catalog(config).update() as catalog:
        return catalog.entries, catalog.relations


def _undone(by: str, named: str, sha: str | None, by_commit: Mapping[str, Sequence[Card]]) -> Undone:
    return Undone(by, named) if sha is None else Undone(by, sha, known=True, entries=tuple(by_commit.get(sha, ())))


def _last(commits: Sequence[Commit]) -> list[str]:
    """Those that no other one of them was made right on top of: the others precede no more than they do."""
    parents = {parent for commit in commits for parent in commit.parents}
    return [commit.sha for commit in commits if commit.sha not in parents]


def _shas(card: Card) -> Iterable[str]:
    """The commits that an entry names, and what became of them; not those of other repositories."""
    for ref in card.matter["commits"]:
        if ref.get("origin") is None:
            yield from (ref[name] for name in ("sha", "became") if ref.get(name))


def _became(cards: Iterable[Card]) -> Iterator[tuple[str, str]]:
    """The commits of entries that others took the place of, each with the other; not those of other repositories."""
    for ref in (ref for card in cards for ref in card.matter["commits"]):
        if ref.get("origin") is None and ref.get("became"):
            yield ref["sha"], ref["became"]


def _standing(cards: Sequence[Card], relations: Relations, by_id: Mapping[str, Card]) -> Card | None:
    """The newest of some entries, or the one that took its place; None where all were declared invalid."""
    for card in cards:
        found, seen = card, {card.id}
        while after := next((id_ for name in REPLACING for id_ in relations.by(name, found.id) if id_ in by_id), None):
            if after in seen:
                break
            found = by_id[after]
            seen.add(after)
        if found.matter.get("status") not in REPLACED:
            return found
    return None
