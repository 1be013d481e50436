"""An entry as one HTML file that needs nothing else: style and pictures inside, no script, no request to anybody."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from html import escape
from importlib import resources
from importlib.util import find_spec
from mimetypes import guess_type
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from journal.document import store
from journal.document.published import FOLDER
from journal.errors import SiteError
from journal.site import outward, own_files, pages
from journal.site.alone.alone import Alone
from journal.site.charts import figures
from journal.site.entry import entry_page
from journal.site.generate import gather
from journal.site.markup import literal
from journal.site.running import INSTALL
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.index.journal import Journal
    from journal.site.contents import Contents
    from journal.site.sheet import Sheet

EXTENSIONS: Mapping[str, Mapping[str, object]] = {
    "admonition": {},
    "attr_list": {},
    "def_list": {},
    "md_in_html": {},
    "tables": {},
    "footnotes": {},
    "sane_lists": {},
    "toc": {},
    "pymdownx.details": {},
    "pymdownx.highlight": {"use_pygments": False},  # its colours are the theme's
    "pymdownx.inlinehilite": {},
    "pymdownx.superfences": {},
    "pymdownx.tasklist": {},
    "pymdownx.tilde": {"subscript": False},
}
"""Extensions of Python-Markdown that a new journal's `mkdocs.yml` has (a test compares), as one file needs them."""

_ASSETS = resources.files("journal.site") / "assets"
_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_LIGHT = '[data-md-color-scheme="default"]'
_DARK = re.compile(r'(?m)^[ \t]*([^{}@;*]*\[data-md-color-scheme="slate"\][^{}]*)\{([^{}]*)\}')
_SLOT = re.compile(r"\{\{ (\w+) \}\}")
_PICTURES = ("image/",)
_AWAY = {"http", "https", "mailto"}


def one_file(journal: Journal, path: str) -> bytes:
    """The page of an entry as one HTML file; the same journal gives the same bytes.

    Links to other pages are whole addresses where `site_url` in `mkdocs.yml` says where the site is, and else text.
    The evidence below each block stands in notes at the end.

    Args:
        journal: The journal.
        path: The entry's file, relative to the journal.

    Raises:
        SiteError: Python-Markdown and its extensions are not installed.
        EntryError: The entry cannot be read.
    """
    if any(find_spec(name) is None for name in ("markdown", "pymdownx")):
        raise SiteError("Python-Markdown and its extensions are not installed", hint=INSTALL)
    contents = gather(journal)
    view = contents.view(path)
    published, contents = contents.site, replace(contents, site=contents.site._replace(folders=False))
    around = _Around(view.page, contents, replace(contents, site=published))
    alone = Alone(around.link, around.picture)
    alone.feed(_html(entry_page.render(view, contents)))
    alone.close()
    return _filled(
        title=literal(view.entry.title),
        style=_style(),
        text=alone.text,
        notes=_notes(alone),
        source=_source(view.entry.id, contents.title, published.link(view.page)),
    )


class _Around:
    """What an entry's page names: other pages, and pictures.

    Args:
        page: The page.
        contents: The journal, each page a file: so addresses in Markdown and in HTML start at the same folder.
        published: The journal as it is published.
    """

    def __init__(self, page: str, contents: Contents, published: Contents) -> None:
        self._page, self._contents, self._published = page, contents, published
        self._sheets: Mapping[str, Sheet] | None = None

    def link(self, address: str) -> str | None:
        """The whole address behind a link, or a place on this page; None where nobody knows."""
        parts = urlsplit(address.strip())
        anchor = f"#{parts.fragment}" if parts.fragment else ""
        if parts.scheme or parts.netloc:
            return address.strip() if parts.scheme.lower() in _AWAY else None
        if not parts.path:
            return anchor or None
        inner = self._inside(parts.path)
        stem = inner.removesuffix(".html").removesuffix(".md") if inner else ""
        if inner is None or f"{stem}.md" == self._page:
            return (anchor or "#") if inner else None
        site = self._published.site
        if stem != inner:
            known = site.link(f"{stem}.md")
        else:
            known = None if site.address is None else site.address + quote(inner)
        return None if known is None else known + anchor

    def picture(self, address: str) -> str | None:
        """A picture of the site as a `data:` address; None for one that is not there, or of another host."""
        parts = urlsplit(address.strip())
        kind = guess_type(parts.path)[0] or ""
        if parts.scheme or parts.netloc:
            return address.strip() if address.strip().startswith("data:image/") else None
        inner = self._inside(parts.path)
        raw = self._bytes(inner) if inner and kind.startswith(_PICTURES) else None
        return None if raw is None else f"data:{kind};base64,{b64encode(raw).decode()}"

    def _inside(self, path: str) -> str | None:
        """A path in the generated folder; None for one that leads out of it."""
        inner = normpath(join(dirname(self._page), unquote(path)))
        return None if inner.startswith(("..", "/")) else inner

    def _bytes(self, inner: str) -> bytes | None:
        """A file beside the pages: one that the journal makes, one that lies among the entries, a picture elsewhere."""
        entries = self._contents.config.entries
        elsewhere = outward.pictures(self._contents.by_page[self._page], self._contents).get(inner)
        if elsewhere is not None:
            return store.read(elsewhere).raw
        source = entries / inner.removeprefix(f"{FOLDER}/")
        if inner.startswith(f"{FOLDER}/") and source.is_file():
            return store.read(source).raw if own_files.is_inside(source, entries) else None
        if self._sheets is None:
            rooms = dict.fromkeys((*pages.ROOMS, figures))
            self._sheets = {sheet.path: sheet for room in rooms for sheet in room.sheets(self._contents)}
        made = self._sheets.get(inner)
        return None if made is None else made.make()


def _html(page: bytes) -> str:
    import markdown

    text = _MATTER.sub("", page.decode("utf-8"), count=1)
    settings = {name: dict(options) for name, options in EXTENSIONS.items()}
    return markdown.markdown(text, extensions=list(EXTENSIONS), extension_configs=settings)


def _style() -> str:
    """The site's style sheet below what the theme does for it; dark where the reader's system is, but not in print."""
    parts = sorted((_ASSETS / "style").iterdir(), key=lambda part: part.name)
    text = "\n".join([_export("page.css"), *(part.read_text("utf-8") for part in parts if part.is_file())])
    return _DARK.sub(_on_dark_screens, text.replace(_LIGHT, ":root")).replace("</", r"<\/")


def _on_dark_screens(rule: re.Match[str]) -> str:
    # Twice, so that it counts for more than what is for light screens, which stands further below.
    selector = rule[1].strip().replace('[data-md-color-scheme="slate"]', ":root:root")
    return f"@media screen and (prefers-color-scheme: dark) {{ {selector} {{{rule[2]}}} }}"


def _notes(alone: Alone) -> str:
    notes = [
        f'<div class="journal-note" id="journal-note-{number}"><p>{number}. '
        f'<a href="#journal-mark-{number}">Back to the text</a></p>\n{note}</div>'
        for number, note in enumerate(alone.notes, 1)
    ]
    if not notes:
        return ""
    return "\n".join(['<section class="journal-notes">', '<h2 id="journal-notes">Evidence</h2>', *notes, "</section>"])


def _source(entry: str, title: str, address: str | None) -> str:
    told = f"Entry {plain(entry)} of {plain(title)}"
    return told if address is None else f'{told}, <a href="{escape(address)}">{escape(address)}</a>'


def _filled(**slots: str) -> bytes:
    return _SLOT.sub(lambda slot: slots[slot[1]], _export("page.html")).encode("utf-8", "replace")


def _export(name: str) -> str:
    return (_ASSETS / "export" / name).read_text("utf-8")
