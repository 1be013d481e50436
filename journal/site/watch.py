"""What the pages are made from, watched by the times and sizes of its files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from journal.document.published import CONFIG_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.config import Config


class Watch:
    """The files of a journal as they were when last looked at.

    Args:
        config: The journal.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._seen = frozenset(_states(config))

    def changed(self) -> bool:
        """Whether anything changed since the last look."""
        before, self._seen = self._seen, frozenset(_states(self.config))
        return self._seen != before


def _states(config: Config) -> Iterator[tuple[str, int, int]]:
    """Each file with its time and size; what vanishes while it is listed is left out."""
    for path in _files(config):
        try:
            status = path.stat()
        except OSError:
            continue
        yield str(path), status.st_mtime_ns, status.st_size


def _files(config: Config) -> Iterator[Path]:
    yield config.source
    yield config.root / CONFIG_NAME
    own = [config.root / config.settings.docs] if config.settings.docs is not None else []
    for folder in (config.entries, config.evidence, *own):
        for place, _, names in os.walk(folder):
            yield from (Path(place, name) for name in names)
