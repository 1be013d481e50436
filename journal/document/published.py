"""Where the site shows an entry: its page, and that page's web address as `mkdocs.yml` has it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from journal.document import mkdocs_yml
from journal.document.mkdocs_yml import CONFIG_NAME
from journal.errors import ConfigError, EntryError
from journal.model.address import public

if TYPE_CHECKING:
    from journal.config import Config
    from journal.document.mkdocs_yml import Item

FOLDER = "entries"
"""Folder of the entries' pages in the site, wherever the journal keeps its entries."""

_WEB = ("https://", "http://")
_SAFE = ":/%~+,;=[]"


class Site(NamedTuple):
    """How the pages of a site are addressed.

    Attributes:
        address: Where the site is published, with a slash at the end; None where nobody says.
        folders: Whether each page is a folder of its own, `entries/a/`; otherwise it is a file, `entries/a.html`.
    """

    address: str | None = None
    folders: bool = True

    def link(self, page: str) -> str | None:
        """The web address of a page; None where nobody says where the site is.

        Args:
            page: Its path in the generated folder.

        Examples:
            >>> Site("https://lab.example/").link("entries/a.md"), Site("https://lab.example/", False).link("a b.md")
            ('https://lab.example/entries/a/', 'https://lab.example/a%20b.html')
        """
        inner = page.removesuffix(".md")
        if not self.folders:
            inner += ".html"
        elif PurePosixPath(inner).name == "index":
            inner = inner.removesuffix("index")
        else:
            inner += "/"
        return None if self.address is None else self.address + quote(inner)


def page_of(path: str, config: Config) -> str:
    """An entry's page, by its path in the generated folder: below `entries/` as the file is below the journal's own.

    Args:
        path: The entry's file, relative to the journal.
        config: The journal.
    """
    inside = PurePosixPath(path).relative_to(PurePosixPath(config.settings.entries))
    return (PurePosixPath(FOLDER) / inside).as_posix()


def site_of(config: Config) -> Site:
    """How the site of a journal is addressed, by `site_url`, `use_directory_urls` and the plugin `offline`.

    What the file takes from the environment is looked up where it names a default, as in `!ENV [NAME, ""]`; what it
    inherits from another file is not known here.

    Raises:
        ConfigError: The file cannot be read, or `site_url` is no web address.
    """
    if not (config.root / CONFIG_NAME).is_file():
        return Site()
    try:
        said = mkdocs_yml.read(config)
    except EntryError as error:
        hint = error.hint or "mend it"
        raise ConfigError(error.message, hint=hint, path=CONFIG_NAME, line=error.line, column=error.column) from error
    as_files = mkdocs_yml.is_no(said.value("use_directory_urls")) or any(map(_makes_files, said.items("plugins")))
    return Site(_address(said.value("site_url")), not as_files)


def _makes_files(plugin: Item) -> bool:
    """Whether Material's plugin is on that makes pages for a folder: each is a file then, whatever else is said."""
    return plugin.name.split("/")[-1] == "offline" and not plugin.is_off


def _address(url: Any) -> str | None:
    """Where the site is, without user or token, and with nothing in it that Markdown could take for its own."""
    if not url:
        return None
    bare = public(url.strip()) if isinstance(url, str) and url.strip().lower().startswith(_WEB) else None
    if bare is None:
        hint = "write it like https://example.org/journal/"
        raise ConfigError("`site_url` is not spelt out as a web address", hint=hint, path=CONFIG_NAME)
    return quote(bare, safe=_SAFE).removesuffix("/") + "/"
