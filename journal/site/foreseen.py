"""What MkDocs can find out while pages are still being made: looking around takes it longer than building one page.

It has only this to do with the pages: which files there were before. If none came or went since, the list still holds.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from journal.site.outcome import files_in, times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

_NAMED = re.compile(r'\{%-?\s*(?:extends|from|import|include)\s+"([^"]+[.]html)"')
"""A template that another one names."""

_LISTED_BY = ("docs_dir", "site_dir", "use_directory_urls", "exclude_docs", "draft_docs", "not_in_nav")
"""Settings by which MkDocs lists files; a plugin may still change them."""


class Foreseen:
    """What was found out.

    Args:
        config: The settings.

    Attributes:
        site: When each file of the site was written, in nanoseconds since 1970.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        from mkdocs.structure.files import Files, get_files

        self.site = times(config.site_dir)
        env = _compiled(config)
        self._by = _listed_by(config)
        self._paths = {*files_in(config.docs_dir)}
        with _nothing_said() as unsaid:
            self._files = get_files(config)
            self._of_theme = Files([])
            self._of_theme.add_files_from_theme(env, config)
        self._holds = not unsaid  # else it would not be said where it must

    def hand_over(self, docs: Mapping[str, int]) -> None:
        """Have MkDocs take its lists from here, where they still hold.

        Args:
            docs: The files in the documents folder now.
        """
        if not self._holds or docs.keys() != self._paths:
            return
        from mkdocs.commands import build
        from mkdocs.structure import files

        list_, add = files.get_files, files.Files.add_files_from_theme

        def get_files(config: MkDocsConfig) -> Files:
            return self._files if _listed_by(config) == self._by else list_(config)

        def add_files_from_theme(known: Files, env: Environment, config: MkDocsConfig) -> None:
            if _listed_by(config) != self._by:
                add(known, env, config)
                return
            for file in self._of_theme:
                if known.get_file_from_path(file.src_uri) is None:
                    known.append(file)

        build.get_files = get_files  # type: ignore[attr-defined]
        files.Files.add_files_from_theme = add_files_from_theme  # type: ignore[assignment,method-assign]


def _listed_by(config: MkDocsConfig) -> tuple[Any, ...]:
    return tuple(config[name] for name in _LISTED_BY)


def _compiled(config: MkDocsConfig) -> Environment:
    """The theme's templates, those of pages ready; what cannot be had is told by MkDocs, if it is needed."""
    from jinja2 import TemplateError

    env = config.theme.get_env()
    loader: Any = env.loader
    config.theme.get_env = lambda: env  # type: ignore[method-assign]
    left, seen = ["404.html", "main.html"], set[str]()
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            with suppress(TemplateError):
                left += _NAMED.findall(loader.get_source(env, name)[0])
                env.get_template(name)
    return env


@contextmanager
def _nothing_said() -> Iterator[list[str]]:
    """Keep what MkDocs says of files to itself, and give it."""
    log = logging.getLogger("mkdocs.structure.files")
    unsaid: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        unsaid.append(record.getMessage())
        return False

    log.addFilter(keep)
    try:
        yield unsaid
    finally:
        log.removeFilter(keep)
