"""Whether a finished site stands, and as what it was left: with the standard library alone, for MkDocs' own process."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_ISLNK
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mkdocs.config.defaults import MkDocsConfig

_MARKED = {"icon", "status", "subtitle"}
"""What the theme shows of a page in the navigation of all others."""

_OF_ALL = re.compile(r"(?<![</\w-])(?:pages|nav|homepage|next_page|previous_page|build_date_utc)\b(?!-)")
"""A template that shows something of other pages, or of the build; a tag, a class or a file may be called `nav`."""

_TEMPLATES = (".html", ".xml", ".txt")


def stands_apart(config: MkDocsConfig) -> bool:
    """Whether no page shows what others say of themselves: marks in the navigation, lists in templates of the user."""
    marked = any(_MARKED & head.keys() for _, head in _navigation(config) if head is not None)
    return not (marked or config.extra_templates or any(map(_OF_ALL.search, _templates(config))))


def _navigation(config: MkDocsConfig) -> list[tuple[str, dict[str, Any] | None]]:
    """The pages that the navigation names, each with its front matter; with nothing where there is no such page."""
    left: list[Any] = [config.nav]
    found: list[tuple[str, dict[str, Any] | None]] = []
    while left:
        match left.pop():
            case list() as items:
                left += items
            case dict() as titled:
                left += titled.values()
            case str() as page:
                found.append((page, _front_matter(Path(config.docs_dir, page))))
    return sorted(found, key=repr)


def _front_matter(page: Path) -> dict[str, Any] | None:
    """As MkDocs reads it: also lines above the text without a mark around them."""
    from mkdocs.utils.meta import get_data

    try:
        return get_data(page.read_text("utf-8-sig", "replace"))[1]
    except (OSError, ValueError):
        return None


def _templates(config: MkDocsConfig) -> Iterator[str]:
    """The text of each template of the user."""
    for path, _, _ in stamps(config.theme.custom_dir):
        if path.endswith((*_TEMPLATES, *config.theme.static_templates)):
            with suppress(OSError):
                yield Path(path).read_text("utf-8", "replace")


def sum_of(config: MkDocsConfig) -> str:
    """A sum of everything that a page is built by, but for its own text."""
    told = [sys.version, config.user_configs, os.environ.get("SOURCE_DATE_EPOCH"), list(_installed())]
    told += [_navigation(config), *map(stamps, (config.theme.custom_dir, *_icons(config)))]
    return sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def _icons(config: MkDocsConfig) -> Iterator[str]:
    """Folders that an extension takes pictures from, into the pages themselves."""
    match config.mdx_configs.get("pymdownx.emoji"):
        case {"options": {"custom_icons": list() as folders}}:
            yield from map(str, folders)


def _installed() -> Iterator[str]:
    """Every package that is installed, by its folder's name with the version: themes and extensions are packages."""
    for place in sys.path:
        with suppress(OSError):
            yield from sorted(name for name in os.listdir(place) if name.endswith((".dist-info", ".egg-info")))  # noqa: PTH208


def stamps(folder: str | None) -> list[tuple[str, int, int]]:
    """Each file below a folder of the user, with its size and the last time that it was touched."""
    return sorted(_stamps(folder)) if folder else []


def _stamps(folder: str) -> Iterator[tuple[str, int, int]]:
    for place, _, names in os.walk(folder, followlinks=True):
        for path in (Path(place, name) for name in names):
            try:
                found = path.stat()
            except OSError:  # an editor's lock is a link to nowhere
                continue
            yield str(path), found.st_size, max(found.st_mtime_ns, found.st_ctime_ns)


def is_whole(finished: Path, sum_: str, config: MkDocsConfig, site: Mapping[str, int]) -> bool:
    """Whether the site stands, whole, as the same programs and settings left it, and nobody wrote in it since.

    Args:
        finished: The file that says so.
        sum_: Of what a page is built by now.
        config: The settings.
        site: When each of its files was written.
    """
    try:
        if finished.read_text("utf-8") != f"{sum_} {stamp_of(config)}":
            return False
        left = finished.stat().st_mtime_ns
    except (OSError, ValueError):
        return False
    if left > time.time_ns():  # the clock was set back: what is written from now on would seem older
        return False
    return all(written <= left for path, written in site.items() if not path.startswith("."))


def stamp_of(config: MkDocsConfig) -> str:
    """The first page as it lies there: another builder would have written it anew."""
    found = Path(config.site_dir, "index.html").stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def moved(docs: str, moment: int) -> bool:
    """Whether files came, went or took the place of others since a moment, in nanoseconds since 1970.

    Pages are written beside their place and moved into it, so the folders tell.
    """
    with suppress(OSError):  # a folder went
        return any(Path(place).stat().st_mtime_ns >= moment for place, _, _ in os.walk(docs))
    return True


def times(folder: str) -> dict[str, int]:
    """When each file below a folder was written, in nanoseconds since 1970; a link is no file of ours, and just now."""
    found, now = dict[str, int](), time.time_ns()
    for path in files_in(folder):
        with suppress(OSError):  # it went
            stamp = os.lstat(f"{folder}/{path}")
            found[path] = now if S_ISLNK(stamp.st_mode) else stamp.st_mtime_ns
    return found


def files_in(folder: str) -> Iterator[str]:
    """Each file below a folder, by its path in it."""
    above = len(folder.rstrip(os.sep)) + 1
    for place, folders, names in os.walk(folder):
        links = (name for name in folders if os.path.islink(f"{place}/{name}"))  # noqa: PTH114  (many)
        yield from (f"{place}/{name}"[above:].replace(os.sep, "/") for name in (*names, *links))
