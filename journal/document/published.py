"""Where the site shows an entry: its page, and that page's web address as `mkdocs.yml` has it."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from journal.document import plain_yaml, store
from journal.document.lines import plain
from journal.errors import ConfigError, EntryError
from journal.model.address import public

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.config import Config
    from journal.document.plain_yaml import Node

CONFIG_NAME = "mkdocs.yml"
"""The file that says how the site is built, at the journal's root."""

FOLDER = "entries"
"""Folder of the entries' pages in the site, wherever the journal keeps its entries."""

_NO = {"false", "no", "off"}
_WITH_DEFAULT = 2
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
    file = config.root / CONFIG_NAME
    if not file.is_file():
        return Site()
    try:
        text = plain(store.read(file).raw.removeprefix(b"\xef\xbb\xbf"))
        top = plain_yaml.read(plain_yaml.Source(text, 1, CONFIG_NAME, tagged=True))
    except EntryError as error:
        hint = error.hint or "mend it"
        raise ConfigError(error.message, hint=hint, path=CONFIG_NAME, line=error.line, column=error.column) from error
    said = top.plain()
    folders = not (_is_no(said.get("use_directory_urls")) or _has_offline(top))
    return Site(_address(_looked_up(said.get("site_url"))), folders)


def _address(url: Any) -> str | None:
    """Where the site is, without user or token, and with nothing in it that Markdown could take for its own."""
    if not url:
        return None
    bare = public(url.strip()) if isinstance(url, str) and url.strip().lower().startswith(_WEB) else None
    if bare is None:
        hint = "write it like https://example.org/journal/"
        raise ConfigError("`site_url` is not spelt out as a web address", hint=hint, path=CONFIG_NAME)
    return quote(bare, safe=_SAFE).removesuffix("/") + "/"


def _has_offline(top: Node) -> bool:
    """Whether Material's plugin is on that makes pages for a folder: each is a file then, whatever else is said."""
    return any(name.split("/")[-1] == "offline" and not _is_off(options) for name, options in _plugins(top))


def _plugins(top: Node) -> Iterator[tuple[str, Node | None]]:
    """The plugins of a site with their options."""
    plugins = top.value.get("plugins") if isinstance(top.value, dict) else None
    for each in plugins.value if plugins is not None and isinstance(plugins.value, list) else [plugins]:
        if each is not None and isinstance(each.value, dict):
            yield from each.value.items()
        elif each is not None and isinstance(each.value, str):
            yield each.value, None


def _is_off(options: Node | None) -> bool:
    said = None if options is None else options.plain()
    return isinstance(said, dict) and _is_no(said.get("enabled"))


def _is_no(value: Any) -> bool:
    said = _looked_up(value)
    return isinstance(said, str) and said.lower() in _NO


def _looked_up(value: Any) -> Any:
    """A value; of variables with a default the first that is set, as MkDocs takes it, or else the default."""
    if not isinstance(value, list) or len(value) < _WITH_DEFAULT or not all(isinstance(each, str) for each in value):
        return value
    *names, default = value
    return next((os.environ[name] for name in names if name in os.environ), default)
