"""Which entries cite which runs."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from journal.errors import SourceError
from journal.sources.reference import answering, is_url, looks_like_path, parse_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.index.journal import Journal
    from journal.model.run import RunHead
    from journal.sources.registry import Sources


def citations(
    journal: Journal, sources: Sources, heads: Sequence[RunHead] | None = None
) -> Mapping[RunHead, tuple[str, ...]]:
    """For every listed run that an entry's front matter references, the ids of these entries, newest first.

    A reference that no run answers to counts for none. One that several answer to counts for each of them: a run that
    may be cited is not called uncited; `journal check` tells of both.

    Args:
        journal: The journal.
        sources: Where its runs lie.
        heads: The runs; all that the sources list by default.
    """
    meant = _Meant(sources, journal.config.root, sources.heads() if heads is None else heads)
    cited: dict[RunHead, dict[str, None]] = defaultdict(dict)
    for entry in journal.entries:
        for reference in entry.front_matter.runs:
            for head in meant.by(reference.id):
                cited[head][entry.id] = None
    return {head: tuple(ids) for head, ids in cited.items()}


class _Meant:
    """The runs that references mean, as `Sources.find` has it, without looking at every run for each of them."""

    def __init__(self, sources: Sources, root: Path, heads: Sequence[RunHead]) -> None:
        self._sources = sources
        self._root = root
        self._heads = heads
        self._by_word: dict[str, list[RunHead]] = defaultdict(list)
        self._by_place: dict[str, RunHead] = {}
        for head in self._heads:
            self._by_place[head.place] = head
            for word in {head.id, head.name, head.place.rstrip("/").rpartition("/")[2]} - {None}:
                self._by_word[str(word)].append(head)
        self._ids = sorted((head.id, number) for number, head in enumerate(self._heads))
        self._known: dict[str, list[RunHead]] = {}

    def by(self, reference: str) -> list[RunHead]:
        """The listed runs that a reference means: none, one, or several where it is not clear."""
        if reference not in self._known:
            self._known[reference] = self._look_up(reference.strip())
        return self._known[reference]

    def _look_up(self, text: str) -> list[RunHead]:
        address = parse_address(text)
        near = [*self._by_word[text], *(self._by_word[address.id] if address else ())]
        matches = answering(text, dict.fromkeys([*near, *self._beginning(text)]))
        if len(matches) < 2 and not self._may_be_a_path(text):  # noqa: PLR2004  (one, or none)
            return matches
        try:
            found = self._sources.find(text)
        except SourceError:
            return matches
        return [self._by_place[found.place]] if found.place in self._by_place else self._same_run(found)

    def _may_be_a_path(self, text: str) -> bool:
        bases = (self._root, Path.cwd())
        on_disk = "/" in text and any(os.path.exists(base / text) for base in bases)  # noqa: PTH110  (long names)
        return looks_like_path(text) or (on_disk and not is_url(text))

    def _same_run(self, found: RunHead) -> list[RunHead]:
        """The listed run that a folder of its own is part of."""
        return [head for head in self._by_word[found.id] if head.address == found.address]

    def _beginning(self, text: str) -> Iterator[RunHead]:
        """The runs whose ids begin with a text."""
        for id_, number in self._ids[bisect_left(self._ids, (text, -1)) :]:
            if not id_.startswith(text):
                return
            yield self._heads[number]
