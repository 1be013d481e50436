"""What an entry's text links to beyond the entries: pictures come along, and other files are read at the host.

A note that was taken in keeps its words, so its links may also start from where it lay.
"""

from __future__ import annotations

import os
import re
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from journal.errors import RevisionError
from journal.revisions import Repository
from journal.site import own_files
from journal.site.contents import between

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journal.site.abstract import Abstract
    from journal.site.contents import Contents

PLACE = "files"
"""Where pictures from beyond the entries stand on the site."""

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]")


class Outward(NamedTuple):
    """A link that leads beyond the entries.

    Attributes:
        target: As the text has it.
        path: The file or folder that it means, relative to the journal.
        page: Where that stands in the generated folder; None where it does not.
    """

    target: str
    path: str
    page: str | None


def outward(of: Abstract, contents: Contents) -> tuple[Outward, ...]:
    """The links of an entry that lead to what is there, but not where they would be looked for on the site."""
    found = (_found(target, of, contents) for target in of.targets if not _ELSEWHERE.match(target))
    return tuple(each for each in found if each is not None)


def pictures(of: Abstract, contents: Contents) -> dict[str, Path]:
    """The pictures among them, by where they stand in the generated folder."""
    found = ((each.page, each.path) for each in outward(of, contents) if each.page is not None)
    return {page: contents.config.root / path for page, path in found if page.startswith(f"{PLACE}/")}


def _found(target: str, of: Abstract, contents: Contents) -> Outward | None:
    entries = normpath(contents.config.settings.entries)
    for base in (dirname(of.path), *([] if of.taken_from is None else [dirname(of.taken_from)])):
        path = normpath(join(base, target))
        lies_within = base == dirname(of.path) and path.startswith(f"{entries}/")
        if path.startswith("..") or (lies_within and of.taken_from is None):
            continue
        if os.path.exists(f"{contents.config.root}/{path}"):  # noqa: PTH110 - Path.exists raises for long names
            return None if lies_within else Outward(target, path, _page(path, contents))
    return None


def _page(path: str, contents: Contents) -> str | None:
    """Where a file that lies in the journal stands on the site."""
    if path in contents.by_path:
        return contents.by_path[path].page
    root, docs = contents.config.root, contents.config.settings.docs
    if docs is not None and path.startswith(f"{normpath(docs)}/"):
        is_shown = own_files.is_inside(root / path, root / docs)
        return f"{own_files.PLACE}/{path.removeprefix(f'{normpath(docs)}/')}" if is_shown else None
    is_picture = path.lower().endswith(_PICTURES) and own_files.is_inside(root / path, root)
    return f"{PLACE}/{path}" if is_picture else None


def leading(of: Abstract, commit: str | None, contents: Contents) -> Callable[[str], str | None]:
    """What gives the address of each such link, for `link_targets.relinked`.

    Args:
        of: The entry.
        commit: The commit as of which files are read at the host; None where there is none.
        contents: The journal.
    """
    found = {each.target: each for each in outward(of, contents)}

    def lead(target: str) -> str | None:
        each = found.get(target)
        if each is None:
            return None
        if each.page is not None:
            return quote(between(of.page, each.page), safe="/.")
        above = contents.once(_above)
        address = None if commit is None or above is None else contents.links.file(commit, f"{above}{each.path}")
        return None if address is None else address.replace("(", "%28").replace(")", "%29")

    return lead


def _above(contents: Contents) -> str | None:
    """The way from the repository to the journal, with a slash behind it; None outside of any."""
    try:
        inside = contents.config.root.relative_to(Repository.find(contents.config.root).root).as_posix()
    except (RevisionError, ValueError):
        return None
    return "" if inside == "." else f"{inside}/"
