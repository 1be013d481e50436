"""Values that were corrected in one entry and still stand in another: what the check of that finds, for the pages."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from journal.document import store
from journal.errors import JournalError
from journal.index.quotes import Quotes
from journal.model.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.config import Config
    from journal.index.quotes import Repeated
    from journal.index.relations import Relations
    from journal.site.abstract import Abstract
    from journal.site.contents import Contents

Key = TypeVar("Key")

RULE = "LIF004"
"""The rule that `journal check` tells of them by, and that an entry may ask to ignore."""

NAMED = 8
"""Entries that are named as still quoting one wrong value."""


class Quoted(NamedTuple):
    """A value that an entry still quotes.

    Attributes:
        was: The wrong value, as it was corrected.
        now: The right one, where somebody said.
        text: The wrong value as it stands in the entry that quotes it.
        source: The file of the entry that corrected it.
        source_title: That entry's title.
        source_page: That entry's page.
        path: The file of the entry that quotes it.
        title: That entry's title.
        page: That entry's page.
    """

    was: str
    now: str | None
    text: str
    source: str
    source_title: str
    source_page: str
    path: str
    title: str
    page: str


class _Shelf(NamedTuple):
    """The journal, of abstracts in place of entries."""

    config: Config
    entries: Sequence[Abstract]
    relations: Relations


def quoted(contents: Contents) -> tuple[Quoted, ...]:
    """Every value that was corrected and still stands in a related entry, once for each correction and such entry.

    Nothing is read where nothing was corrected, and else no more than the entries that are related to corrected ones.
    """
    if not any(each.corrections for each in contents.abstracts):
        return ()
    quotes = Quotes(
        _Shelf(contents.config, contents.abstracts, contents.relations),
        cache(lambda path: _raw(contents.config, path)),
        lambda path: contents.by_path[path].names,
    )
    found: dict[tuple[str, str, str], Quoted] = {}
    for each in _not_ignored(tuple(quotes.repeated()), contents.config):
        told = _told(each, contents)
        found.setdefault((told.source, told.was, told.path), told)
    return tuple(found.values())


def by_path(contents: Contents) -> Mapping[str, tuple[Quoted, ...]]:
    """The same by the file of the entry that quotes."""
    return _grouped((each.path, each) for each in contents.once(quoted))


def by_correction(contents: Contents) -> Mapping[tuple[str, str], tuple[Quoted, ...]]:
    """The same by the file of the entry that corrected, and the wrong value."""
    return _grouped(((each.source, each.was), each) for each in contents.once(quoted))


def still_quoted(links: Sequence[str]) -> str:
    """Where a wrong value still stands, as HTML; nothing for no links to there."""
    return f"<b>still quoted in</b> {listed(links, NAMED)}" if links else ""


def _grouped(pairs: Iterable[tuple[Key, Quoted]]) -> dict[Key, tuple[Quoted, ...]]:
    found: dict[Key, tuple[Quoted, ...]] = {}
    for key, each in pairs:
        found[key] = (*found.get(key, ()), each)
    return found


def _raw(config: Config, path: str) -> bytes:
    try:
        return store.read(config.root / path).raw
    except JournalError:  # it went since its abstract was made: it quotes nothing any more
        return b""


def _told(each: Repeated, contents: Contents) -> Quoted:
    source, other = contents.by_path[each.entry.path], contents.by_path[each.quote.path]
    return Quoted(
        was=each.correction.was,
        now=each.correction.now,
        text=each.quote.text,
        source=source.path,
        source_title=source.title,
        source_page=source.page,
        path=other.path,
        title=other.title,
        page=other.page,
    )


def _not_ignored(found: Sequence[Repeated], config: Config) -> Iterator[Repeated]:
    """Those that the entries that quote do not ask, with a reason, to ignore; only these entries are read for it."""
    if not found:
        return
    from journal.checks import life
    from journal.checks.ignoring import Ignoring
    from journal.checks.interface import Scene
    from journal.index.journal import Journal
    from journal.sources.registry import Sources

    (rule,) = (rule for rule in life.RULES if rule.code == RULE)
    paths = frozenset(each.quote.path for each in found)
    ignoring = Ignoring(Scene(Journal(config), paths, Sources(config), None), {RULE: rule})
    findings = [rule.finding(each.quote.path, "", place=(each.quote.line, each.quote.column)) for each in found]
    for each, finding in zip(found, ignoring.marked(findings), strict=True):
        if finding.ignored is None:
            yield each
