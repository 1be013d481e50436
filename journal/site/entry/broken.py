"""The page in the place of an entry that cannot be read: it says so, and why; links to it do not break."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.config import is_entry
from journal.document.published import page_of
from journal.site.contents import ENTRIES
from journal.site.markup import code, hinted, page
from journal.site.sheet import Sheet
from journal.tables import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.errors import JournalError
    from journal.site.contents import Contents


def sheets(contents: Contents) -> Iterator[Sheet]:
    """A page for each file that is no entry, though it is one by its name."""
    for target, error in unread(contents):
        made_of = (str(error.path), error.place, error.message, error.hint)
        yield Sheet(target, made_of, lambda error=error: render(error))  # type: ignore[misc]


def unread(contents: Contents) -> Iterator[tuple[str, JournalError]]:
    """The page of each file that is no entry, though it is one by its name, and why it is none."""
    taken = {ENTRIES, *contents.by_page}
    for error in contents.problems:
        target = _page_of(error, contents)
        if target is not None and target not in taken:
            taken.add(target)
            yield target, error


def page_about(error: JournalError, contents: Contents) -> str | None:
    """The page of the entry whose file or evidence an error is about, or the page in its place; None without any."""
    target = _page_of(error, contents)
    if target is not None:
        return None if target == ENTRIES else target
    place = contents.config.root / str(error.path or "")
    if not place.is_relative_to(contents.config.evidence):
        return None
    entry = contents.by_path.get(record.entry_at(place, contents.config))
    return None if entry is None else entry.page


def _page_of(error: JournalError, contents: Contents) -> str | None:
    """The page of the entry that an error is about; None where it is about something else."""
    config = contents.config
    path = PurePosixPath(str(error.path or ""))
    if path.is_absolute() or not path.is_relative_to(config.settings.entries):
        return None
    inner = path.relative_to(config.settings.entries).as_posix()
    return page_of(str(path), config) if is_entry(inner) and (config.root / path).is_file() else None


def render(error: JournalError) -> bytes:
    """The page, as Markdown."""
    name = PurePosixPath(str(error.path))
    said = f"{code(error.place)}: {hinted(error.message)}{f' ({hinted(error.hint)})' if error.hint else ''}"
    lines = (
        '<div class="admonition danger journal-broken">',
        '<p class="admonition-title">This entry could not be read</p>',
        f"<p>{said}</p>",
        "<p>Its text, numbers and links are not on this site until its file is mended.</p>",
        "</div>",
    )
    return page(name.stem, "\n".join(lines), listing=True)
