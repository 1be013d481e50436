"""The entries as the search shows them: a row each, the oldest first, with repeated words told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.site.abstract import Abstract
    from journal.site.contents import Contents

FIRST_WORDS = 90
"""Characters of an entry's first words in a row: at 5,000 entries they are half of its weight."""


class Dictionary:
    """Words numbered as they come up, so that a new entry leaves the numbers of the others alone."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        """The word's number."""
        return self._numbers.setdefault(word, len(self._numbers))

    def numbers(self, words: Sequence[str]) -> list[int]:
        """The numbers of words."""
        return [self.number(word) for word in words]

    @property
    def words(self) -> list[str]:
        """All words in the order of their numbers."""
        return list(self._numbers)


FACETS = ("status", "outcome", "tag", "author", "run", "metric")
"""What entries can be chosen by, besides the year."""


def rows(contents: Contents) -> dict[str, Any]:
    """The rows of all entries, column by column.

    Returns:
        `folders` says how pages are addressed. `words` holds for each of `FACETS` the words that the columns number.
        The columns are `id`, `title`, `first` (words), `day` (nothing where the id begins with it), `folder` (which of
        `places` stands before the id in its page's path), `review`, and one for each facet with numbers of its words.
    """
    entries = contents.abstracts[::-1]
    facets = {name: Dictionary() for name in FACETS}
    folders = Dictionary()
    known = [_facets(each, contents) for each in entries]
    columns: dict[str, list[Any]] = {
        "id": [each.id for each in entries],
        "title": [each.title for each in entries],
        "first": [_shortened(each.summary) for each in entries],
        "day": ["" if each.id.startswith(each.day) else each.day for each in entries],
        "folder": [folders.number(_folder(each)) for each in entries],
        "review": [each.review or "" for each in entries],
    }
    for name, dictionary in facets.items():
        columns[name] = [dictionary.numbers(found[name]) for found in known]
    return {
        "folders": contents.site.folders,
        "places": folders.words,
        "words": {name: dictionary.words for name, dictionary in facets.items()},
        "entries": columns,
    }


def _facets(each: Abstract, contents: Contents) -> dict[str, list[str]]:
    """The words of an entry by facet; its status is what other entries made of it, before its own."""
    status = (contents.gone(each) or each.status,)
    keys = [contents.runs[key].id for key in each.keys if key in contents.runs]
    unfilled = [run.reference for run in each.runs if run.key not in contents.runs]
    return {
        "status": [str(word) for word in status if word] or ["none"],
        "outcome": [each.outcome] if each.outcome else [],
        "tag": list(dict.fromkeys(each.tags)),
        "author": list(dict.fromkeys(person.name for person in each.authors)),
        "run": list(dict.fromkeys([*keys, *unfilled])),
        "metric": list(dict.fromkeys([*each.metrics, *(number.metric for number in each.numbers)])),
    }


def _folder(each: Abstract) -> str:
    """What stands before the id in the path of its page."""
    return each.page.removesuffix(f"{each.id}.md")


def _shortened(text: str) -> str:
    if len(text) <= FIRST_WORDS:
        return text
    cut = text[: FIRST_WORDS - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[FIRST_WORDS // 2 :] else cut).rstrip(" ,;:") + "…"
