"""The plugin `journal` of MkDocs: brings the pages up to date before plain `mkdocs build` and `mkdocs serve`.

It is for comfort alone. Everything that makes a page harmless is done where the page is made, so the site is the same
without the plugin, and with a builder that knows no plugins, after `journal build`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.config.base import LegacyConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, get_plugin_logger

from journal.errors import JournalError

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer

    from journal.config import Config
    from journal.index.journal import Journal

DONE = "JOURNAL_GENERATED"
"""Variable of the environment that is set where the journal itself made the pages, and makes them anew."""

_log = get_plugin_logger("journal")


class JournalPlugin(BasePlugin[LegacyConfig]):  # type: ignore[no-untyped-call]
    """Makes the pages before each build, and lets the server look at what they are made from."""

    def on_config(self, config: MkDocsConfig) -> None:
        """Make the pages, before MkDocs lists its files.

        Raises:
            PluginError: There is no journal, or its pages cannot be made.
        """
        if DONE in os.environ:
            return
        from journal.site.generate import generate  # half a second, for nothing where the journal did it

        try:
            journal = _journal(config)
            _require_folder(journal.config, config)
            problems = generate(journal).problems
        except JournalError as error:
            raise PluginError(str(error)) from error
        for problem in problems:
            _log.warning(str(problem))

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: object) -> None:
        """Watch entries and evidence instead of the generated pages, which are written during a build."""
        del builder
        if DONE in os.environ:
            return
        from journal.site.watch import folders

        own = _journal(config).config
        server.unwatch(config.docs_dir)
        for path in (own.source, *folders(own)):
            if path.exists():
                server.watch(str(path))


def _journal(config: MkDocsConfig) -> Journal:
    """The journal that the builder's configuration lies in."""
    from journal.index.journal import Journal

    return Journal.open(Path(config.config_file_path).resolve().parent)


def _require_folder(own: Config, config: MkDocsConfig) -> None:
    from journal.site.laid import folder_of

    if Path(config.docs_dir).resolve() != folder_of(own).resolve():
        raise PluginError("docs_dir must be .journal/docs, where the journal puts its pages")
