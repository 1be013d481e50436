"""What `mkdocs.yml` says, for whoever must know it without MkDocs: as it stands there, and on which lines."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.document import plain_yaml, store
from journal.document.lines import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.config import Config
    from journal.document.plain_yaml import Node

CONFIG_NAME = "mkdocs.yml"
"""The file that says how the site is built, at the journal's root."""

_NO = {"false", "no", "off"}
_WITH_DEFAULT = 2


class Item(NamedTuple):
    """An item of a list, or a key of a mapping: a plugin, an extension, a script.

    Attributes:
        name: What it is called; empty for what has no name, such as a list in the list.
        line: Where it stands, from 1.
        options: What is said of it, if anything.
    """

    name: str
    line: int
    options: Node | None = None

    @property
    def is_off(self) -> bool:
        """Whether its option `enabled` says no."""
        said = None if self.options is None else self.options.plain()
        return isinstance(said, dict) and is_no(said.get("enabled"))


@dataclass(frozen=True)
class MkDocsYml:
    """What the file says itself; what it inherits from another one is not known here.

    Attributes:
        top: Its top mapping.
    """

    top: Node

    def says(self, key: str) -> bool:
        """Whether anything stands behind a key: with nothing there, MkDocs takes its default."""
        return self._held(key) is not None

    def value(self, key: str) -> Any:
        """What a key holds, as text, lists and dicts; None where nothing stands.

        A list of texts is taken for variables with a default, as in `!ENV [NAME, ""]`: it is the first of them that is
        set, as MkDocs takes it, or else the default.
        """
        held = self._held(key)
        return None if held is None else _looked_up(held.plain())

    def items(self, *keys: str) -> Iterator[Item]:
        """What a key holds, or one below others: of a list its items, each perhaps with options; of a mapping its keys.

        A script that is written with its `path` goes by that.
        """
        held = self._held(*keys)
        if held is None:
            return
        for node in held.value if isinstance(held.value, list) else [held]:
            if isinstance(node.value, dict):
                for name, options in node.value.items():
                    called = str(options.value) if name == "path" else name
                    yield Item(called, node.key_places[name][0] + 1, options)
            else:
                yield Item(node.value if isinstance(node.value, str) else "", node.line + 1)

    def line(self, key: str) -> int | None:
        """The line of a key, from 1; None where it does not stand."""
        place = self.top.key_places.get(key)
        return None if place is None else place[0] + 1

    def _held(self, *keys: str) -> Node | None:
        node: Node | None = self.top
        for key in keys:
            node = node.value.get(key) if node is not None and isinstance(node.value, dict) else None
        return None if node is None or node.value is None else node


def read(config: Config) -> MkDocsYml:
    """The file of a journal.

    Raises:
        EntryError: It is not there, or is no YAML; with the line, where one is known.
    """
    return parse(plain(store.read(config.root / CONFIG_NAME).raw.removeprefix(b"\xef\xbb\xbf")))


def parse(text: str) -> MkDocsYml:
    r"""A text as such a file; tags such as `!ENV` and `!!python/name` are passed over.

    Raises:
        EntryError: It is no YAML.

    Examples:
        >>> said = parse("plugins:\n  - journal\n  - tags:\n      enabled: false\n")
        >>> [(plugin.name, plugin.line, plugin.is_off) for plugin in said.items("plugins")]
        [('journal', 2, False), ('tags', 3, True)]
    """
    return MkDocsYml(plain_yaml.read(plain_yaml.Source(text, 1, CONFIG_NAME, tagged=True)))


def is_no(value: Any) -> bool:
    """Whether a value says no, as YAML spells it."""
    said = _looked_up(value)
    return isinstance(said, str) and said.lower() in _NO


def _looked_up(value: Any) -> Any:
    if not isinstance(value, list) or len(value) < _WITH_DEFAULT or not all(isinstance(each, str) for each in value):
        return value
    *names, default = value
    return next((os.environ[name] for name in names if name in os.environ), default)
