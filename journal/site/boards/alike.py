"""Needs that are alike: of one cause, and by entry, so that a hundred of one kind do not hide what is rarer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.model.revision import CommitVerdict
from journal.model.wording import counted
from journal.site.boards import needs
from journal.site.here import row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.site.boards.needs import Need
    from journal.site.here import Here

NAMED = 8
"""Blocks that are named for one reason."""
REASONS = 5
"""Reasons that are told of one entry."""

_THINGS = {
    needs.BROKEN: "file",
    needs.BUILT_ON: "entry",
    needs.CORRECTED: "value",
    CommitVerdict.CONTRADICTED.value: "run",
}
"""What a need is about, by its word; a block, where nothing is said here."""


class InEntry(NamedTuple):
    """What one entry needs for one cause.

    Attributes:
        needs: At least one, all with the same word and of the same page.
    """

    needs: tuple[Need, ...]

    def html(self, here: Here) -> str:
        """Its row."""
        first = self.needs[0]
        return row(first.badge, self._entry(here), *self._reasons(here), *first.waiting(here))

    def line(self, here: Here) -> str:
        """The entry and what it needs, as an item of a list."""
        return f'<li>{self._entry(here)} <span class="journal-row__more">{" · ".join(self._reasons(here))}</span></li>'

    def _entry(self, here: Here) -> str:
        first = self.needs[0]
        return (self.needs[0] if len(self.needs) == 1 else first._replace(anchor="")).where(here)

    def _reasons(self, here: Here) -> list[str]:
        """Each reason with the blocks that it holds for."""
        found: dict[str, list[Need]] = {}
        for need in self.needs:
            found.setdefault(need.reason(here), []).append(need)
        told = [_told(why, [need.named(here) for need in alike if need.name]) for why, alike in found.items()]
        more = [f"and {len(told) - REASONS:,} more"] if len(told) > REASONS else []
        return [*(each for each in told[:REASONS] if each), *more]


def _told(why: str, names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more} {why}".strip()


class Cause(NamedTuple):
    """Needs of one cause.

    Attributes:
        word: The cause, as badges say it.
        said: How many there are, in words.
        entries: The first of the entries.
        more: How many other entries there are.
    """

    word: str
    said: str
    entries: tuple[InEntry, ...]
    more: int = 0

    def html(self, here: Here, rest: str) -> str:
        """Its row: the one need that there is, or how many there are and the first of them.

        Args:
            here: The page.
            rest: The page that has them all.
        """
        first = self.entries[0]
        if not self.more and len(self.entries) == 1:
            return first.html(here)
        lines = [entry.line(here) for entry in self.entries]
        if self.more:
            thing = "file" if _THINGS.get(self.word) == "file" else "entry"
            lines.append(f"<li>{here.link(counted(self.more, f'more {thing}'), rest)}</li>")
        listed = f'<ul class="journal-steps">{"".join(lines)}</ul>'
        return row(first.needs[0].badge, f'<span class="journal-claim">{self.said}</span>{listed}')


def by_entry(found: Iterable[Need]) -> tuple[InEntry, ...]:
    """Needs of one entry and one cause together, in the order in which the first of each comes."""
    kept: dict[tuple[str, str], list[Need]] = {}
    for need in found:
        kept.setdefault((need.word, need.page or need.title), []).append(need)
    return tuple(InEntry(tuple(alike)) for alike in kept.values())


def by_cause(found: Iterable[Need], most: int | None = None) -> tuple[Cause, ...]:
    """Needs by cause, in the order in which the first of each comes.

    Args:
        found: The needs.
        most: How many entries of each cause are kept; all by default.
    """
    kept: dict[str, list[InEntry]] = {}
    for each in by_entry(found):
        kept.setdefault(each.needs[0].word, []).append(each)
    return tuple(
        Cause(word, _said(word, entries), tuple(entries[:most]), len(entries[most:]) if most is not None else 0)
        for word, entries in kept.items()
    )


def _said(word: str, entries: list[InEntry]) -> str:
    """`34 blocks in 12 entries`."""
    number, thing = sum(len(each.needs) for each in entries), _THINGS.get(word, "block")
    if thing in ("file", "entry"):
        return counted(len(entries), thing)
    return f"{counted(number, thing)} in {counted(len(entries), 'entry')}"
