"""Whether pages stand apart: no page's outcome rests on how another is built, so each may be built by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.document import mkdocs_yml
from journal.errors import EntryError

if TYPE_CHECKING:
    from typing import Any

    from journal.config import Config

APART = {"journal", "offline", "material/offline"}
"""Plugins that treat each page by itself."""
_EXTENSION = re.compile(
    r"(?:markdown\.extensions\.)?(?:abbr|admonition|attr_list|codehilite|def_list|extra|fenced_code|footnotes|md_in_html"
    r"|meta|nl2br|sane_lists|smarty|tables|toc|wikilinks)|pymdownx\.(?!snippets$|b64$|blocks\.)[a-z.]+"
)
"""Extensions that read nothing but the page itself."""
_REACHING = ("hooks", "INHERIT")
"""Settings that may bring in anything."""


def stand_apart(config: Config) -> bool:
    """Whether `mkdocs.yml` asks for nothing that looks at all pages at once.

    A plugin that nobody here knows may do so, and so may hooks. Without the key `plugins` MkDocs takes its search,
    whose index is of all pages. A page in the navigation without a title of its own is read for it. An extension of
    Markdown that nobody here knows may read other files.

    Args:
        config: The journal.
    """
    try:
        said = mkdocs_yml.read(config)
    except EntryError:
        return False
    return (
        not any(said.says(key) for key in _REACHING)
        and said.says("plugins")
        and all(plugin.name in APART for plugin in said.items("plugins"))
        and _all_titled(said.value("nav"))
        and all(_EXTENSION.fullmatch(extension.name) for extension in said.items("markdown_extensions"))
    )


def _all_titled(nav: Any) -> bool:
    match nav:
        case list():
            return bool(nav) and all(isinstance(item, dict) and _all_titled(item) for item in nav)
        case dict():
            return all(isinstance(value, str) or _all_titled(value) for value in nav.values())
    return False
