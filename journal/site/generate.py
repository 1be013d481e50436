"""The generated documents folder: pages, assets, the author's pictures, and the user's own pages."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import resources
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

from journal.document.published import FOLDER, Site, site_of
from journal.errors import ConfigError, EntryError, EvidenceError
from journal.revisions.links import Links
from journal.site import link_targets, outward, own_files, pages, view
from journal.site.contents import Contents
from journal.site.filled import filled
from journal.site.known import read
from journal.site.laid import Laid, alone, folder_of
from journal.site.lists.own_pages import own_index
from journal.site.sheet import summed
from journal.tables import digest, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from journal.config import Config
    from journal.errors import JournalError
    from journal.index.journal import Journal
    from journal.model.digest import RunDigest
    from journal.site.abstract import Abstract
    from journal.site.view import EntryView

_PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")  # what builders make pages of
_GARBAGE = 100_000  # next to nothing of this refers to itself: looking for that often would take a third of the time
_DIGESTS = 300  # are held at once: several files of an entry, and pages of its runs, ask for the same


@dataclass(frozen=True)
class Generated:
    """What generating the pages came to.

    Attributes:
        folder: The generated folder.
        pages: How many files it holds.
        written: Files that were new or different, sorted.
        removed: Files that are no longer wanted, sorted.
        problems: Entries that are left out or shown without evidence, and why.
        warnings: Entries whose text is shown with signs in place of what nobody can read.
        entries: How many entries are shown.
    """

    folder: Path
    pages: int
    written: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[JournalError, ...]
    warnings: tuple[JournalError, ...]
    entries: int


def generate(journal: Journal) -> Generated:
    """Bring the generated folder up to date: what is made of the same is not made again, nor are equal bytes written.

    A page gets a new time, too, where its bytes stay and the finished page may change: a page that it names came or
    went, or the builder's settings changed. So a builder that goes by times builds just what it must.

    Raises:
        SiteError: The folder of the user's own pages cannot be shown.
        NotWritable: The disk refuses.
    """
    before = gc.get_threshold()
    gc.set_threshold(_GARBAGE)
    try:
        with alone(journal.config):
            return _laid(gather(journal))
    finally:
        gc.set_threshold(*before)


def _laid(contents: Contents) -> Generated:
    config = contents.config
    sheets = {sheet.path: sheet for sheet in pages.sheets(contents)}
    files = {**_own(config), **_pictures(contents), **_assets()}
    laid = Laid.of(config, contents.moved)
    made = [sheet for path, sheet in sheets.items() if path not in files]
    written, removed = laid.lay(files, made, partial(_targets, contents, files), contents.problems)
    return Generated(
        folder=folder_of(config),
        pages=len({*files, *sheets}),
        written=tuple(sorted(written)),
        removed=removed,
        problems=tuple(contents.problems),
        warnings=tuple(_not_utf8(contents)),
        entries=len(contents.abstracts),
    )


def _not_utf8(contents: Contents) -> Iterator[JournalError]:
    for each in sorted(contents.abstracts, key=lambda entry: entry.path):
        if each.not_utf8 is not None:
            yield EntryError("is not UTF-8", hint="save the file as UTF-8", path=each.path, line=each.not_utf8)


def _targets(contents: Contents, files: Mapping[str, bytes | Path], page: str) -> Iterable[str]:
    """What the author of a page links to: of an entry, or of one of the user's own pages."""
    own = files.get(page)
    if isinstance(own, Path) and page.endswith(".md"):
        return link_targets.targets(own_files.text(own))
    entry = contents.by_page.get(page)
    return () if entry is None else entry.targets


def gather(journal: Journal) -> Contents:
    """Everything that the site shows; entries that cannot be read are left out and stand among the problems."""
    config = journal.config
    known = read(journal)
    views, sums = dict(known.views), {each.path: each.sum for each in known.entries}
    problems, moved = [*known.problems, *_of_one_id(known.entries)], list[str]()

    def view_of(path: str) -> EntryView:
        found = views.pop(path, None) or view.load(config, path)
        if found.sum != sums.get(path):
            moved.append(path)
        return found

    @lru_cache(_DIGESTS)
    def digest_of(key: str) -> RunDigest | None:
        found, sum_ = _digest(config, key, problems)
        if sum_ != (known.runs[key].sum if key in known.runs else None):
            moved.append(key)
        return found

    return Contents(
        config=config,
        title=config.settings.title,
        abstracts=known.entries,
        view=view_of,
        runs=known.runs,
        digest=digest_of,
        moved=moved,
        problems=problems,
        links=Links.of(config),
        site=_site(config),
        filled=filled(config),
    )


def _of_one_id(entries: Iterable[Abstract]) -> Iterator[JournalError]:
    """What shares its id with another entry: links and relations cannot tell them apart."""
    first: dict[str, str] = {}
    for each in sorted(entries, key=lambda entry: entry.path):
        if first.setdefault(each.id, each.path) != each.path:
            said = f"has the id of {first[each.id]}; links lead to one of the two"
            yield EntryError(said, hint="rename one of the files", path=each.path)


def _digest(config: Config, key: str, problems: list[JournalError]) -> tuple[RunDigest | None, str | None]:
    """A run's digest and the sum of its bytes; nothing where there is none, or none that can be read."""
    path = config.evidence / record.RUNS / f"{key}.json"
    try:
        found, stored = digest.read(path, shown=config.relative(path))
    except EvidenceError as error:  # it could be read a moment ago
        problems.append(error)
        return None, None
    return found, None if stored is None else summed(stored.raw)


def _site(config: Config) -> Site:
    try:
        return site_of(config)
    except ConfigError:
        return Site()  # the builder tells what is wrong with its configuration


def _assets() -> dict[str, bytes | Path]:
    """Style sheets and scripts: the parts of ours as one file each, and those of others as they are."""
    top = resources.files("journal.site") / "assets"
    found: dict[str, bytes | Path] = {}
    for kind, name in (("style", "journal.css"), ("script", "journal.js")):
        parts = sorted((part for part in (top / kind).iterdir() if part.is_file()), key=lambda part: part.name)
        found[f"assets/{name}"] = b"\n".join(part.read_bytes() for part in parts)
    vendored = (item for item in (top / "vendor").iterdir() if item.is_file() and not item.name.startswith("."))
    found |= {f"assets/vendor/{item.name}": item.read_bytes() for item in vendored}
    return found


def _pictures(contents: Contents) -> dict[str, bytes | Path]:
    """Files beside the entries, and pictures elsewhere, that entries link to: only what is named is published."""
    entries = contents.config.entries
    found: dict[str, bytes | Path] = {}
    for shown in contents.abstracts:
        found |= outward.pictures(shown, contents)
        here = PurePosixPath(shown.page).parent.as_posix()
        for target in shown.targets:
            page = normpath(f"{here}/{target}")
            inside = page.removeprefix(f"{FOLDER}/")
            hidden = any(part.startswith(".") for part in inside.split("/"))
            if inside == page or hidden or page.lower().endswith(_PAGES):
                continue
            source = entries / inside
            if own_files.is_inside(source, entries):
                found[page] = source
    return found


def _own(config: Config) -> dict[str, bytes | Path]:
    """The user's own pages, and a list of them where they have no first page."""
    found = own_files.files(config)
    laid: dict[str, bytes | Path] = {f"{own_files.PLACE}/{path}": source for path, source in found.items()}
    if config.settings.docs is not None and not {"index.md", "README.md"} & found.keys():
        titles = {
            path: own_files.title(path, own_files.sections(own_files.text(source)))
            for path, source in found.items()
            if path.endswith(".md")
        }
        laid[f"{own_files.PLACE}/index.md"] = own_index(titles)
    return laid
