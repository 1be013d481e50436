"""What the pages are made from, watched by the stamps of its files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from journal.document.mkdocs_yml import CONFIG_NAME
from journal.index import stamps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from journal.config import Config


class Watch:
    """The files of a journal as they were when last looked at.

    Args:
        config: The journal.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._seen = _states(config)

    def changed(self) -> bool:
        """Whether anything changed since the last look."""
        before, self._seen = self._seen, _states(self._config)
        return self._seen != before


def folders(config: Config) -> tuple[Path, ...]:
    """The folders of what the pages are made from."""
    own = [config.root / config.settings.docs] if config.settings.docs is not None else []
    return config.entries, config.evidence, *own


def _states(config: Config) -> dict[str, stamps.Stamp]:
    """Each file with its stamp, which is empty where the file vanishes while they are listed."""
    return {path: stamps.stamp(path) for path in _files(config)}


def _files(config: Config) -> Iterator[str]:
    yield from (str(config.source), str(config.root / CONFIG_NAME))
    for folder in folders(config):
        yield from (f"{place}/{name}" for place, _, names in os.walk(folder) for name in names)
