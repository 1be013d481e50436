"""What `mkdocs.yml` lost, or kept from an older version, that the pages need gone or back; the builder would not say.

A pure look at the text: without a line marked KEEP the site is built, and parts of it are silently not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.document import mkdocs_yml
from journal.document.mkdocs_yml import CONFIG_NAME
from journal.errors import EntryError, SiteError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.config import Config
    from journal.document.mkdocs_yml import MkDocsYml

ASSETS = {
    "extra_css": ("assets/journal.css", "badges, tables and evidence have no style"),
    "extra_javascript": ("assets/journal.js", "there is no search, no live curve and no evidence by hovering"),
}
"""For each list what must stand in it, and what is so without it."""
EXTENSIONS = ("admonition", "attr_list", "def_list", "md_in_html", "tables")
_BUNDLES = {
    "extra": {"attr_list", "def_list", "md_in_html", "tables"},
    "pymdownx.extra": {"attr_list", "def_list", "md_in_html", "tables"},
}
_SEARCH = {"search", "material/search"}
_OFFLINE = {"offline", "material/offline"}


def check(config: Config) -> tuple[SiteError, ...]:
    """What is wrong with a journal's `mkdocs.yml`, each with the line to add or to remove; nothing for a broken file.

    Args:
        config: The journal.
    """
    try:
        return questionable(mkdocs_yml.read(config))
    except EntryError:  # the builder tells what is wrong with it
        return ()


def questionable(said: MkDocsYml) -> tuple[SiteError, ...]:
    """The same of what such a file says."""
    missing = () if said.says("INHERIT") else (*_assets(said), *_extensions(said))  # it may stand in that other file
    return (*missing, *_old(said))


def _assets(said: MkDocsYml) -> Iterator[SiteError]:
    for key, (asset, without) in ASSETS.items():
        if not any(item.name.removeprefix("./") == asset for item in said.items(key)):
            yield _found(f"`{key}` lacks a line, and {without}", f"add `- {asset}` below `{key}:`", said.line(key))


def _extensions(said: MkDocsYml) -> Iterator[SiteError]:
    key = "markdown_extensions"
    names = {item.name.removeprefix("markdown.extensions.") for item in said.items(key)}
    names |= {inner for name in names for inner in _BUNDLES.get(name, ())}
    for name in EXTENSIONS:
        if name not in names:
            why = f"`{key}` lacks {name}, which the pages are written for"
            yield _found(why, f"add `- {name}` below `{key}:`", said.line(key))


def _old(said: MkDocsYml) -> Iterator[SiteError]:
    """What older versions had in the file, and what MkDocs brings where nothing is said."""
    if not said.says("plugins") and not said.says("INHERIT"):
        why = "without `plugins` MkDocs adds a search of its own, a second box beside the journal's"
        yield _found(why, "add `plugins:` with the line `  - journal`", said.line("plugins"))
    for plugin in said.items("plugins"):
        if plugin.name in _SEARCH and not plugin.is_off:
            why = "MkDocs' search stands beside the journal's own: two boxes, and a second index with each page"
            yield _found(why, f"remove `- {plugin.name}` and what is below it from `plugins:`", plugin.line)
        if plugin.name in _OFFLINE and not plugin.is_off:
            why = "the site opens from a folder without it, and with it pages ask unpkg.com for a script"
            hint = f"remove `- {plugin.name}` from `plugins:` and write `use_directory_urls: false`"
            yield _found(why, hint, plugin.line)
    for script in said.items("extra", "polyfills"):
        if "iframe-worker" in script.name:
            why = f"{script.name} is of an older version and not there any more"
            yield _found(why, "remove the line, and `polyfills:` with it", script.line)


def _found(message: str, hint: str, line: int | None) -> SiteError:
    return SiteError(message, hint=hint, path=CONFIG_NAME, line=line)
