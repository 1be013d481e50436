"""What `mkdocs.yml` lost, or kept from an older version, that the pages need gone or back; the builder would not say.

A pure look at the text: without a line marked KEEP the site is built, and parts of it are silently not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.document import plain_yaml, store
from journal.document.lines import plain
from journal.document.published import CONFIG_NAME
from journal.errors import EntryError, SiteError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.config import Config
    from journal.document.plain_yaml import Node

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
_NO = {"false", "no", "off"}


class _Item(NamedTuple):
    """An item of a list, or a key of a mapping."""

    name: str
    node: Node | None
    line: int


def check(config: Config) -> tuple[SiteError, ...]:
    """What is wrong with a journal's `mkdocs.yml`, each with the line to add or to remove; nothing for a broken file.

    Args:
        config: The journal.
    """
    try:
        return check_text(plain(store.read(config.root / CONFIG_NAME).raw.removeprefix(b"\xef\xbb\xbf")))
    except EntryError:  # the builder tells what is wrong with it
        return ()


def check_text(text: str) -> tuple[SiteError, ...]:
    """The same of a text.

    Raises:
        EntryError: It is no YAML.
    """
    top = plain_yaml.read(plain_yaml.Source(text, 1, CONFIG_NAME, tagged=True))
    inherits = isinstance(top.value, dict) and "INHERIT" in top.value
    missing = () if inherits else (*_assets(top), *_extensions(top))  # what is not here may stand there
    return (*missing, *_old(top, inherits=inherits))


def _assets(top: Node) -> Iterator[SiteError]:
    for key, (asset, without) in ASSETS.items():
        if not any(item.name.removeprefix("./") == asset for item in _items(top, key)):
            yield _found(f"`{key}` lacks a line, and {without}", f"add `- {asset}` below `{key}:`", _line(top, key))


def _extensions(top: Node) -> Iterator[SiteError]:
    key = "markdown_extensions"
    names = {item.name.removeprefix("markdown.extensions.") for item in _items(top, key)}
    names |= {inner for name in names for inner in _BUNDLES.get(name, ())}
    for name in EXTENSIONS:
        if name not in names:
            yield _found(
                f"`{key}` lacks {name}, which the pages are written for",
                f"add `- {name}` below `{key}:`",
                _line(top, key),
            )


def _old(top: Node, *, inherits: bool) -> Iterator[SiteError]:
    """What older versions had in the file, and what MkDocs brings where nothing is said."""
    if _line(top, "plugins") is None and not inherits:
        said = "without `plugins` MkDocs adds a search of its own, a second box beside the journal's"
        yield _found(said, "add `plugins:` with the line `  - journal`", None)
    for item in _items(top, "plugins"):
        if item.name in _SEARCH and not _is_off(item.node):
            said = "MkDocs' search stands beside the journal's own: two boxes, and a second index with each page"
            yield _found(said, f"remove `- {item.name}` and what is below it from `plugins:`", item.line)
        if item.name in _OFFLINE and not _is_off(item.node):
            said = "the site opens from a folder without it, and with it pages ask unpkg.com for a script"
            hint = f"remove `- {item.name}` from `plugins:` and write `use_directory_urls: false`"
            yield _found(said, hint, item.line)
    extra = top.value.get("extra") if isinstance(top.value, dict) else None
    for item in _items(extra, "polyfills"):
        if "iframe-worker" in item.name:
            said = f"{item.name} is of an older version and not there any more"
            yield _found(said, "remove the line, and `polyfills:` with it", item.line)


def _items(top: Node | None, key: str) -> Iterator[_Item]:
    """What a key holds: of a list its items, each of which may have options; of a mapping its keys."""
    held = top.value.get(key) if top is not None and isinstance(top.value, dict) else None
    for node in held.value if held is not None and isinstance(held.value, list) else [held]:
        if node is not None and isinstance(node.value, dict):
            named = node.value.get("path")  # a script may be written so
            if named is not None and isinstance(named.value, str):
                yield _Item(named.value, node, node.line + 1)
            yield from (_Item(name, inner, node.key_places[name][0] + 1) for name, inner in node.value.items())
        elif node is not None and isinstance(node.value, str):
            yield _Item(node.value, None, node.line + 1)


def _line(top: Node, key: str) -> int | None:
    place = top.key_places.get(key)
    return None if place is None else place[0] + 1


def _is_off(options: Node | None) -> bool:
    said = None if options is None else options.plain()
    enabled = said.get("enabled") if isinstance(said, dict) else None
    return isinstance(enabled, str) and enabled.lower() in _NO


def _found(message: str, hint: str, line: int | None) -> SiteError:
    return SiteError(message, hint=hint, path=CONFIG_NAME, line=line)
