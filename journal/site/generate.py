"""The generated documents folder: pages, assets, the author's pictures, and the user's own pages."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import resources
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

from journal.document import store
from journal.document.published import FOLDER, Site, site_of
from journal.errors import ConfigError, EvidenceError, SiteError
from journal.revisions.links import Links
from journal.site import link_targets, pages, view
from journal.site.contents import Contents
from journal.site.filled import filled
from journal.site.known import read
from journal.site.laid import Laid, folder_of
from journal.site.lists.own_pages import own_index
from journal.tables import digest, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from journal.config import Config
    from journal.errors import JournalError
    from journal.index.journal import Journal
    from journal.model.digest import RunDigest
    from journal.site.view import EntryView

_DIGESTS = 300  # are held at once: several files of an entry, and pages of its runs, ask for the same

OWN = "docs"
"""Where the user's own pages stand in the generated folder."""


@dataclass(frozen=True)
class Generated:
    """What generating the pages came to.

    Attributes:
        folder: The generated folder.
        pages: How many files it holds.
        written: Files that were new or different, sorted.
        removed: Files that are no longer wanted, sorted.
        problems: Entries that are left out or shown without evidence, and why.
    """

    folder: Path
    pages: int
    written: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[JournalError, ...]


def generate(journal: Journal) -> Generated:
    """Bring the generated folder up to date: what is made of the same is not made again, nor are equal bytes written.

    A page gets a new time, too, where its bytes stay and the finished page may change: a page that it names came or
    went, or the builder's settings changed. So a builder that goes by times builds just what it must.

    Raises:
        SiteError: The folder of the user's own pages cannot be shown.
        NotWritable: The disk refuses.
    """
    config = journal.config
    contents = gather(journal)
    sheets = {sheet.path: sheet for sheet in pages.sheets(contents)}
    files = {**_own(config), **_pictures(contents, config), **_assets()}
    config.make_derived()
    folder = folder_of(config)
    laid = Laid.of(config)
    made = [sheet for path, sheet in sheets.items() if path not in files]
    written, removed = laid.lay(files, made, partial(_targets, contents, files), contents.problems)
    return Generated(folder, len({*files, *sheets}), tuple(sorted(written)), removed, tuple(contents.problems))


def _targets(contents: Contents, files: Mapping[str, bytes | Path], page: str) -> Iterable[str]:
    """What the author of a page links to: of an entry, or of one of the user's own pages."""
    own = files.get(page)
    if isinstance(own, Path) and page.endswith(".md"):
        return link_targets.targets(store.read(own).raw.decode("utf-8", "replace"))
    entry = contents.by_page.get(page)
    return () if entry is None else entry.targets


def gather(journal: Journal) -> Contents:
    """Everything that the site shows; entries that cannot be read are left out and stand among the problems."""
    config = journal.config
    known = read(journal)
    views = dict(known.views)
    problems = list(known.problems)

    def view_of(path: str) -> EntryView:
        return views.pop(path, None) or view.load(config, path)

    return Contents(
        config=config,
        title=config.settings.title,
        abstracts=known.entries,
        view=view_of,
        runs=known.runs,
        digest=lru_cache(_DIGESTS)(lambda key: _digest(config, key, problems)),
        problems=problems,
        links=Links.of(config),
        site=_site(config),
        filled=filled(config),
    )


def _digest(config: Config, key: str, problems: list[JournalError]) -> RunDigest | None:
    try:
        return digest.load(config.evidence / record.RUNS / f"{key}.json")
    except EvidenceError as error:  # it could be read a moment ago
        problems.append(error)
        return None


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


def _pictures(contents: Contents, config: Config) -> dict[str, bytes | Path]:
    """Files beside the entries that an entry's text links to: only what is named is published."""
    found: dict[str, bytes | Path] = {}
    for shown in contents.abstracts:
        here = PurePosixPath(shown.page).parent.as_posix()
        for target in shown.targets:
            page = normpath(f"{here}/{target}")
            inside = page.removeprefix(f"{FOLDER}/")
            if inside == page or page.endswith(".md") or any(part.startswith(".") for part in inside.split("/")):
                continue
            source = config.entries / inside
            if _is_inside(source, config.entries):
                found[page] = source
    return found


def _own(config: Config) -> dict[str, bytes | Path]:
    """The user's own pages, and a list of them where they have no first page."""
    if config.settings.docs is None:
        return {}
    folder = (config.root / config.settings.docs).resolve()
    _require_apart(folder, config)
    found = {
        f"{OWN}/{path.relative_to(folder).as_posix()}": path for path in _visible(folder) if _is_inside(path, folder)
    }
    if not {f"{OWN}/index.md", f"{OWN}/README.md"} & set(found):
        titles = {
            path.removeprefix(f"{OWN}/"): _title(source) for path, source in found.items() if path.endswith(".md")
        }
        return {**found, f"{OWN}/index.md": own_index(titles)}
    return dict(found)


def _title(source: Path) -> str:
    """A page's first heading, or its file's name."""
    text = store.read(source).raw.decode("utf-8", "replace")
    match = re.search(r"^# +(.+?)[ #]*$", text, re.MULTILINE)
    return match[1] if match else source.stem


def _require_apart(folder: Path, config: Config) -> None:
    """The folder of own pages may not hold what the journal keeps or makes."""
    kept = (config.root, config.entries.resolve(), config.derived.resolve())
    if not folder.is_dir():
        raise SiteError(f"`docs` names no folder: {config.settings.docs}", hint="mend the setting", path=config.source)
    if any(place.is_relative_to(folder) or (place != config.root and folder.is_relative_to(place)) for place in kept):
        hint = "give your pages a folder of their own"
        raise SiteError(f"`docs` may not be {config.settings.docs}", hint=hint, path=config.source)


def _visible(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a path is a file that really lies in the folder; a link that leads out of it does not."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())
