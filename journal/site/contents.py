"""All that the site shows, and how its pages find one another."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from posixpath import commonprefix, dirname
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import quote

from journal.document.published import Site
from journal.index.relations import Relations
from journal.model.entry import RELATIONS
from journal.model.life import Status
from journal.revisions.links import Links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from journal.config import Config
    from journal.errors import JournalError
    from journal.model.digest import RunDigest
    from journal.site.abstract import Abstract, RunAbstract
    from journal.site.view import EntryView

T = TypeVar("T")

HOME = "index.md"
ENTRIES = "entries/index.md"
TAGS = "tags/index.md"
AUTHORS = "authors/index.md"
RUNS = "runs/index.md"
COMMITS = "commits/index.md"
METRICS = "metrics/index.md"
BOARDS = "boards/index.md"
CHRONICLE = "chronicle/index.md"
LINEAGE = "lineage/index.md"
FEED = "feed.xml"

REPLACED = {"invalidates": Status.INVALID, "supersedes": Status.SUPERSEDED}
"""What an entry is that another one names so, the graver first."""

_REPLACED = {status.value for status in REPLACED.values()}
_SIMPLE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_FULL = 40  # hex digits of a sha
_SHA = re.compile(r"[0-9a-fA-F]{40,64}")
_WRITTEN = re.compile(r"[0-9a-fA-F]{4,64}")


class Committed(NamedTuple):
    """The commit that last changed a file."""

    sha: str
    at: datetime


@dataclass(frozen=True)
class Contents:
    """A journal as its site shows it.

    Attributes:
        config: The journal.
        title: The journal's name.
        abstracts: Its entries, newest first.
        view: Gives everything about an entry, by its file; it is read for that, unless it was read for its abstract and
            nobody asked since: all of them together would be too much to hold.
        runs: The runs that evidence keeps a digest of, by their keys, sorted.
        digest: Gives the digest of a run by its key; None where it cannot be read.
        moved: What `view` or `digest` found to be another than when all this was gathered, or gone. That may be for a
            moment, so nothing that is made from then on is known to be right; a list, since it comes to light late.
        problems: Why some files are no entries, or cannot be trusted in full.
        links: Where the commits and files that its entries name can be read.
        site: How the finished pages are addressed.
        filled: The commit that last changed an entry's evidence, by the entry's file; nothing where nobody knows.
    """

    config: Config
    title: str
    abstracts: Sequence[Abstract]
    view: Callable[[str], EntryView]
    runs: Mapping[str, RunAbstract] = field(default_factory=dict)
    digest: Callable[[str], RunDigest | None] = lambda _: None
    moved: list[str] = field(default_factory=list)
    problems: list[JournalError] = field(default_factory=list)
    links: Links = field(default_factory=Links)
    site: Site = field(default_factory=Site)
    filled: Mapping[str, Committed] = field(default_factory=dict)
    _worked_out: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, work: Callable[[Contents], T]) -> T:
        """What a function makes of these contents; several rooms that ask for the same share it."""
        if work not in self._worked_out:
            self._worked_out[work] = work(self)
        found: T = self._worked_out[work]
        return found

    @cached_property
    def by_id(self) -> Mapping[str, Abstract]:
        """Entries by id."""
        return {each.id: each for each in self.abstracts}

    @cached_property
    def by_path(self) -> Mapping[str, Abstract]:
        """Entries by their file, which is always another one; two may share an id by mistake."""
        return {each.path: each for each in self.abstracts}

    @cached_property
    def by_page(self) -> Mapping[str, Abstract]:
        """Entries by their page."""
        return {each.page: each for each in self.abstracts}

    @cached_property
    def relations(self) -> Relations:
        """Who names whom among its entries."""
        return Relations(self.abstracts)

    @cached_property
    def relation_counts(self) -> Mapping[str, int]:
        """How many relations each entry has, in either direction, by its id."""
        return {
            name: sum(len(getattr(each, relation)) + len(self.relations.by(relation, name)) for relation in RELATIONS)
            for name, each in self.by_id.items()
        }

    @cached_property
    def tags(self) -> Mapping[str, Sequence[Abstract]]:
        """Entries by tag, in the order of the alphabet; newest first within a tag."""
        return _grouped(self.abstracts, lambda each: each.tags)

    @cached_property
    def authors(self) -> Mapping[str, Sequence[Abstract]]:
        """Entries by author's name, in the order of the alphabet; newest first within one."""
        return _grouped(self.abstracts, lambda each: (person.name for person in each.authors))

    @cached_property
    def citing(self) -> Mapping[str, Sequence[Abstract]]:
        """Entries by the key of the runs that they are about or take numbers from; newest first within one."""
        return _grouped(self.abstracts, lambda each: each.keys)

    @cached_property
    def _shas(self) -> Sequence[str]:
        known = {own.sha for each in self.abstracts for own in each.commits if own.origin is None}
        known |= {run.commit for run in self.runs.values() if run.commit is not None}
        return sorted({sha.lower() for sha in known if _SHA.fullmatch(sha)})  # a run may call anything its commit

    @cached_property
    def _full(self) -> dict[str, str]:
        return {}

    def full(self, sha: str) -> str:
        """The full sha that a short one begins, where exactly one is known; else as it is, in small letters."""
        sha = sha.lower()
        if len(sha) >= _FULL:
            return sha
        if sha not in self._full:
            from bisect import bisect_left

            first = bisect_left(self._shas, sha)
            found = [known for known in self._shas[first : first + 2] if known.startswith(sha)]
            self._full[sha] = found[0] if len(found) == 1 else sha
        return self._full[sha]

    def sha_of(self, written: str | None) -> str | None:
        """What somebody wrote as a commit, as its page is called; None for what is no sha."""
        return self.full(written) if written is not None and _WRITTEN.fullmatch(written) else None

    def replaced(self, of: Abstract) -> Status | None:
        """Superseded or invalid, where another entry says that of this one and its own status does not."""
        return None if of.status in _REPLACED else self._replaced.get(of.id)

    @cached_property
    def _replaced(self) -> Mapping[str, Status]:
        """What other entries say of entries, by their ids; the graver where several do."""
        named = ((status, name) for relation, status in REPLACED.items() for name in self._named(relation))
        return {name: status for status, name in reversed(list(named))}

    def _named(self, relation: str) -> Iterator[str]:
        return (name for each in self.abstracts for name in getattr(each, relation))

    def gone(self, of: Abstract) -> str | None:
        """`invalid` or `superseded`, where another entry or its own status says that it no longer holds."""
        if of.status in _REPLACED:
            return of.status
        replaced = self.replaced(of)
        return None if replaced is None else replaced.value

    def standing(self, of: Abstract) -> tuple[str, ...]:
        """What the badges of an entry say: status, what another one made of it, outcome, what its reviews came to."""
        words = (of.status, self.replaced(of), of.outcome, of.review)
        return tuple(str(word) for word in words if word)

    def address(self, here: str, target: str, anchor: str = "") -> str:
        """The address of a page or file in the finished site, relative to the page `here`: for HTML of our own.

        Markdown's own links name the page's file instead, and the builder turns them into addresses.

        Args:
            here: A page in the generated folder.
            target: Another, or a file.
            anchor: Where on that page.
        """
        start, end = _finished(here, self.site.folders), _finished(target, self.site.folders)
        path = _quoted(_relative(end.rstrip("/"), dirname(start)) + ("/" if not end or end.endswith("/") else ""))
        return path + (f"#{quote(anchor, safe='.')}" if anchor else "")


def _finished(page: str, folders: bool) -> str:
    """Where the builder puts a page: the file, or the folder with a slash at the end."""
    if not page.endswith(".md"):
        return page
    inner = page.removesuffix(".md")
    if not folders:
        return f"{inner}.html"
    return inner.removesuffix("index") if inner == "index" or inner.endswith("/index") else f"{inner}/"


def _grouped(
    abstracts: Iterable[Abstract], keys: Callable[[Abstract], Iterable[str]]
) -> Mapping[str, Sequence[Abstract]]:
    found: dict[str, list[Abstract]] = {}
    for each in abstracts:
        for key in dict.fromkeys(keys(each)):
            found.setdefault(key, []).append(each)
    return dict(sorted(found.items(), key=lambda item: (item[0].casefold(), item[0])))


def tag_page(tag: str) -> str:
    """The page of a tag."""
    return _page_of("tags", tag)


def author_page(name: str) -> str:
    """The page of an author."""
    return _page_of("authors", name)


def metric_page(name: str) -> str:
    """The page of a metric."""
    return _page_of("metrics", name)


def run_page(key: str) -> str:
    """The page of a run."""
    return f"runs/{key}.md"


def commit_page(sha: str) -> str:
    """The page of a commit, by its sha as entries know it."""
    return f"commits/{sha.lower()}.md"


def _page_of(folder: str, name: str) -> str:
    """The page of a name; one that is no plain lower-case word gets a sum, so that no two share a file."""
    if _SIMPLE.fullmatch(name) and name != "index":
        return f"{folder}/{name}.md"
    word = "-".join(re.findall(r"[a-z0-9]+", name.casefold()))[:40]
    sum_ = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{folder}/{word or folder.removesuffix('s')}_{sum_}.md"


def between(start: str, target: str) -> str:
    """The path of one page relative to another."""
    return _relative(target, dirname(start))


def _relative(target: str, folder: str) -> str:
    """The way from a folder of the site to a place in it; `relpath` would ask where this process is, each time."""
    here, there = folder.split("/") if folder else [], target.split("/") if target else []
    same = len(commonprefix([here, there]))
    return "/".join([".."] * (len(here) - same) + there[same:]) or "."


@lru_cache(maxsize=10_000)
def _quoted(path: str) -> str:
    return quote(path, safe="/.")
