"""The generated documents folder: pages, assets, the author's pictures, and the user's own pages."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from journal.document import store
from journal.document.published import FOLDER
from journal.errors import EntryError, JournalError, NotWritable, SiteError
from journal.revisions.links import Links
from journal.site import pages, view
from journal.site.contents import ENTRIES, Contents
from journal.site.list_pages import own_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.config import Config
    from journal.index.journal import Journal
    from journal.site.view import EntryView

OWN = "docs"
"""Where the user's own pages stand in the generated folder."""

_TARGET = re.compile(
    r"""\]\(\s*<?([^)\s>]+)|^\[[^\]]+\]:\s*<?([^\s>]+)|\b(?:src|href)\s*=\s*["']([^"']+)""", re.MULTILINE
)


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


def folder_of(config: Config) -> Path:
    """The generated folder. It belongs to the journal: what else lies there is removed."""
    return config.derived / "docs"


def generate(journal: Journal) -> Generated:
    """Bring the generated folder up to date; a page is written only when its bytes change.

    Raises:
        SiteError: The folder of the user's own pages cannot be shown.
        NotWritable: The disk refuses.
    """
    config = journal.config
    contents = gather(journal)
    files = {**_own(config), **_pictures(contents, config), **_assets(), **pages.render(contents)}
    config.make_derived()
    folder = folder_of(config)
    removed = sorted(_remove_others(folder, set(files)))
    written = [path for path, source in sorted(files.items()) if _write(folder / path, source, config)]
    return Generated(folder, len(files), tuple(written), tuple(removed), tuple(contents.problems))


def _write(path: Path, source: bytes | Path, config: Config) -> bool:
    return store.save(path, _read(source), inside=config.root, durable=False)


def gather(journal: Journal) -> Contents:
    """Everything that the site shows; entries that cannot be read are left out and stand among the problems."""
    views: list[EntryView] = []
    problems = list(journal.problems)
    for entry in journal.entries:
        try:
            found = view.load(journal.config, entry.path)
            if found.page == ENTRIES:
                hint = "rename it to YYYY-MM-DD-slug.md"
                raise EntryError("the site needs this name for its list of entries", hint=hint, path=entry.path)
        except JournalError as error:
            problems.append(error.placed(entry.path, error.line, error.column, anew=True))
            continue
        views.append(found)
        if found.problem is not None:
            problems.append(found.problem)
    return Contents(journal.config.settings.title, tuple(views), tuple(problems), Links.of(journal.config))


def _assets() -> dict[str, bytes]:
    folder = resources.files("journal.site") / "assets"
    return {f"assets/{item.name}": item.read_bytes() for item in folder.iterdir() if not item.name.startswith(".")}


def _pictures(contents: Contents, config: Config) -> dict[str, Path]:
    """Files beside the entries that an entry's text links to: only what is named is published."""
    found = {}
    for shown in contents.views:
        here = PurePosixPath(shown.page).parent.as_posix()
        for target in _targets("\n".join(shown.text)):
            page = normpath(f"{here}/{unquote(target)}")
            inside = page.removeprefix(f"{FOLDER}/")
            if inside == page or page.endswith(".md") or any(part.startswith(".") for part in inside.split("/")):
                continue
            source = config.entries / inside
            if _is_inside(source, config.entries):
                found[page] = source
    return found


def _targets(text: str) -> Iterator[str]:
    for match in _TARGET.finditer(text):
        target = next(group for group in match.groups() if group).partition("#")[0].partition("?")[0]
        if target and "\0" not in unquote(target):
            yield target


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


def _read(source: bytes | Path) -> bytes:
    return source if isinstance(source, bytes) else store.read(source).raw


def _remove_others(folder: Path, wanted: set[str]) -> Iterator[str]:
    """Empty the generated folder of everything else; links are removed, never followed."""
    try:
        for place, folders, names in os.walk(folder, topdown=False):
            links = [name for name in folders if Path(place, name).is_symlink()]
            for path in (Path(place, name) for name in sorted([*names, *links])):
                inside = path.relative_to(folder).as_posix()
                if inside not in wanted:
                    path.unlink()
                    yield inside
            if Path(place) != folder and not any(Path(place).iterdir()):
                Path(place).rmdir()
    except OSError as error:
        raise NotWritable(f"cannot be removed: {error.strerror}", path=error.filename) from error
