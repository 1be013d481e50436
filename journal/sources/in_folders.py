"""What is the same in every source that looks for files in the folders that the configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.sources.paths import searched

if TYPE_CHECKING:
    from pathlib import Path

    from journal.config import Config


class InFolders:
    """A source of files below the folders of the configuration. Whoever lists the runs sets `_decisive`.

    Args:
        config: The journal's configuration.
    """

    variables: tuple[str, ...] = ()

    def __init__(self, config: Config) -> None:
        self._config = config
        self._decisive: list[Path] = []

    def places(self) -> tuple[str, ...]:
        """The folders searched, as the journal names them."""
        return tuple(dict.fromkeys(self._config.relative(folder) for folder in self._folders()))

    def watched(self) -> tuple[Path, ...]:
        """Every folder and file that decided which runs were listed, as of the last listing."""
        return tuple(dict.fromkeys(self._decisive))

    def _folders(self) -> list[Path]:
        """Every folder to search, once."""
        return searched(self._config)
