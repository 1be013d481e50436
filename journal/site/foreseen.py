"""What MkDocs can find out while pages are still being made: looking around takes it longer than building one page."""

from __future__ import annotations

import logging
import os
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from journal.site.outcome import files_in, stamps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import File, Files

_NAMED = re.compile(r'\{%-?\s*(?:extends|from|import|include)\s+"([^"]+[.]html)"')
"""A template that another one names."""

_LISTED_BY = ("docs_dir", "site_dir", "use_directory_urls", "exclude_docs", "draft_docs", "not_in_nav")
"""Settings by which MkDocs lists files; a plugin may still change them."""


class Templates:
    """The theme's templates, those of pages ready; what cannot be had is told by MkDocs, if it is needed.

    Args:
        config: The settings.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        from jinja2 import TemplateError

        self._own = config.theme.custom_dir
        self._before = stamps(self._own)
        self.env = config.theme.get_env()
        config.theme.get_env = lambda: self.env  # type: ignore[method-assign]
        loader: Any = self.env.loader
        left, seen = ["404.html", "main.html"], set[str]()
        while left:
            name = left.pop()
            if name not in seen:
                seen.add(name)
                with suppress(TemplateError):
                    left += _NAMED.findall(loader.get_source(self.env, name)[0])
                    self.env.get_template(name)

    def renew(self) -> None:
        """Forget them where the user wrote in the folder of templates since."""
        if stamps(self._own) != self._before and self.env.cache is not None:
            self.env.cache.clear()


class Foreseen:
    """The files of the documents folder and of the theme, as objects of MkDocs.

    Args:
        config: The settings.
        env: Where templates are had.
    """

    def __init__(self, config: MkDocsConfig, env: Environment) -> None:
        from mkdocs.structure.files import Files

        self._by = _listed_by(config)
        self._made: dict[tuple[object, ...], File] = {}
        self._of_theme = Files([])
        self._of_theme.add_files_from_theme(env, config)
        if not _has_links(config.docs_dir):  # MkDocs follows one wherever it leads; it goes before the pages lie there
            with _nothing_said():
                self._files(config)

    def _files(self, config: MkDocsConfig) -> Files:
        """The files in the documents folder, listed by MkDocs; the object of each is made once."""
        from mkdocs.structure import files

        make = files.File

        def made(*where: Any) -> File:
            if where not in self._made:
                self._made[where] = make(*where)
            return self._made[where]

        files.File = made  # type: ignore[assignment,misc]
        try:
            return files.get_files(config)
        finally:
            files.File = make  # type: ignore[misc]

    def hand_over(self) -> None:
        """Have MkDocs take these objects, unless a plugin changes by what files are listed."""
        from mkdocs.commands import build
        from mkdocs.structure import files

        list_, add = files.get_files, files.Files.add_files_from_theme

        def get_files(config: MkDocsConfig) -> Files:
            return self._files(config) if _listed_by(config) == self._by else list_(config)

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


def _has_links(folder: str) -> bool:
    return any(os.path.islink(f"{folder}/{path}") for path in files_in(folder))  # noqa: PTH114  (many)


@contextmanager
def _nothing_said() -> Iterator[None]:
    """Keep MkDocs from saying of files what it says when it lists them for the build."""
    log = logging.getLogger("mkdocs.structure.files")

    def keep(_: logging.LogRecord) -> bool:
        return False

    log.addFilter(keep)
    try:
        yield
    finally:
        log.removeFilter(keep)
