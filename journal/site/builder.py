"""MkDocs, in a process of its own: builds a site and answers in JSON lines.

The journal runs this file by its path. A user's `mkdocs.yml` may name plugins and hooks, which are programs; whatever
they print, patch or leave behind stays in that process, and the working folder is not searched for modules.

Usage: python -P builder.py CONFIG_FILE DOCS_FOLDER [--strict] [--apart] < PAGES_LIE_THERE
Answers: {"level": "WARNING" or "ERROR", "message": ...} for each message, then {"page": ...} if the site stands.

It is started before the pages are made, and waits, once it has read the settings, for a line that says that they lie
there.

`--apart` says that no page's outcome rests on how another is built, as far as `mkdocs.yml` tells. Then only pages are
built that are newer than what was built of them, if the last build by the same programs and settings came to its end,
and what no page stands for any more is removed. Else, and where warnings of every page are wanted, several processes
share the pages. The site is the same each way.
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from journal.shares import processes, shared
from journal.site.answers import Answers
from journal.site.foreseen import Foreseen, Templates
from journal.site.outcome import files_in, is_whole, moved, stamp_of, stands_apart, sum_of, times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.plugins import BasePlugin
    from mkdocs.structure.files import File, Files

LEAST = 150
"""Pages that it is worth a process of its own to build."""

PAGES_LIE_THERE = "the pages lie there\n"
"""What it waits for."""

FINISHED = "site-built.txt"
"""File beside the documents folder that stands while the site is whole: a sum of what it was built by."""


def main(arguments: list[str]) -> int:
    """Build; returns the exit code."""
    answers = Answers.of_mkdocs()
    config_file, docs, *options = arguments
    try:
        answers.say(page=_build(config_file, docs, strict="--strict" in options, apart="--apart" in options))
    except (SystemExit, Exception) as error:  # noqa: BLE001  (plugins and hooks may raise anything)
        answers.failed(error)
        return 1
    return 0


def _build(config_file: str, docs: str, *, strict: bool, apart: bool) -> str:
    """Build once the pages lie there; returns the first page."""
    config = _settings(config_file, docs, strict=strict)
    finished = Path(docs).parent / FINISHED
    templates = Templates(config) if apart else None
    foreseen = Foreseen(config, templates.env) if templates and not strict and finished.exists() else None
    if sys.stdin.readline() != PAGES_LIE_THERE:
        raise SystemExit("the pages were not made")
    sum_ = sum_of(config)
    if templates:
        templates.renew()  # after the sum: by what changes from now on, the next build finds another one
    many, only_new = 1, None
    if apart and stands_apart(config):
        pages, site = times(config.docs_dir), times(config.site_dir) if foreseen else {}
        many = _processes(pages)
        if foreseen and is_whole(finished, sum_, config, site) and _few_are_new(pages, finished, many):
            only_new = partial(_build_new, config, foreseen, pages, site)
    finished.unlink(missing_ok=True)
    began = time.time_ns()
    _build_pages(config, only_new, many)
    if not moved(docs, began):  # else a page that was written meanwhile may have been read before
        finished.write_text(f"{sum_} {stamp_of(config)}", "utf-8")
    return str(Path(config.site_dir, "index.html"))


def _settings(config_file: str, docs: str, *, strict: bool) -> MkDocsConfig:
    from mkdocs.config import load_config

    config = load_config(config_file=config_file, strict=strict or None)
    if os.path.realpath(config.docs_dir) != os.path.realpath(docs):
        raise SystemExit("docs_dir must be .journal/docs, where the journal puts its pages")
    return config


def _processes(pages: Iterable[str]) -> int:
    """How many processes it is worth to build with."""
    return max(1, min(processes(), sum(map(_is_page, pages)) // LEAST))


def _few_are_new(pages: Mapping[str, int], finished: Path, many: int) -> bool:
    """Whether one process builds what is newer than the last build sooner than several build all."""
    built = finished.stat().st_mtime_ns
    found = [at > built for path, at in pages.items() if _is_page(path)]
    return sum(found) * many <= len(found)


def _is_page(path: str) -> bool:
    return path.endswith(".md")


def _build_pages(config: MkDocsConfig, only_new: Callable[[], None] | None, many: int) -> None:
    """Build what is new, where that will do, or all, this in so many processes."""
    from mkdocs.commands.build import build

    config.plugins.on_startup(command="build", dirty=only_new is not None)
    try:
        if only_new is not None:
            only_new()
            return
        _remove_links(config.site_dir)
        if many > 1:
            _build_shared(config, many)
        else:
            build(config)
    finally:
        config.plugins.on_shutdown()


def _remove_links(site: str) -> None:
    """Remove links, through which MkDocs would write, but for what is hidden at the top."""
    for path in files_in(site):
        if not path.startswith(".") and os.path.islink(f"{site}/{path}"):  # noqa: PTH114  (many)
            Path(site, path).unlink()


def _build_new(config: MkDocsConfig, foreseen: Foreseen, pages: Mapping[str, int], site: Mapping[str, int]) -> None:
    """Build what is newer than its outcome in a site, and remove the outcome of what is gone."""
    from mkdocs.commands.build import build

    foreseen.hand_over()
    config.plugins["journal-partial"] = _partial(config, pages, site)
    with _nothing_said_of_dirt():
        build(config, dirty=True)


def _partial(config: MkDocsConfig, pages: Mapping[str, int], site: Mapping[str, int]) -> BasePlugin[Any]:
    """What must be known and done between the steps of a partial build.

    MkDocs finds out what is newer than its outcome from two listings, rather than by asking three times for each file.
    What no page stands for any more is removed before pages are written: a file may come where a folder was.
    """
    from mkdocs.plugins import BasePlugin
    from mkdocs.structure.files import File

    ask, doubled = File.is_modified, set[str]()
    others = {"sitemap.xml.gz", *config.theme.static_templates}

    def is_modified(file: File) -> bool:
        if file.src_dir == config.theme.custom_dir or file.dest_uri in doubled:
            return True  # another file may have taken its place, or takes it
        if file.src_dir != config.docs_dir or file.src_uri not in pages:
            return ask(file)
        return site.get(file.dest_uri, 0) <= pages[file.src_uri]  # some disks keep times of whole seconds

    class Partial(BasePlugin):  # type: ignore[type-arg, no-untyped-call]  # it has no options
        """Knows all files of the site, and removes others."""

        def on_files(self, files: Files, /, **_: Any) -> Files:
            """When they are known: those of which several make the same are built each time, in their order."""
            counts = Counter(_outcomes(files))
            doubled.update(path for path, count in counts.items() if count > 1)
            return files

        def on_env(self, env: Any, /, *, config: MkDocsConfig, files: Files) -> Any:
            """When nothing is written yet."""
            _remove_others(Path(config.site_dir), others.union(_outcomes(files)))
            return env

    File.is_modified = is_modified  # type: ignore[assignment,method-assign]
    return Partial()


def _outcomes(files: Iterable[File]) -> Iterator[str]:
    """What is made of each file that the site shows."""
    return (file.dest_uri for file in files if file.inclusion.is_included())  # type: ignore[no-untyped-call]


def _build_shared(config: MkDocsConfig, many: int) -> None:
    """Build every page, each in one of several processes."""
    from mkdocs.commands.build import build
    from mkdocs.structure.files import File
    from mkdocs.utils import clean_directory

    clean_directory(config.site_dir)
    templates = frozenset(config.theme.static_templates)

    def is_of(file: File, number: int) -> bool:
        return crc32(file.dest_uri.encode()) % many == number and file.src_uri not in templates

    def work(number: int) -> str | None:
        gc.enable()  # pages leave much behind
        File.is_modified = lambda self: is_of(self, number)  # type: ignore[method-assign]
        if number:  # templates are filled in by the first; to the others they are files of the theme, and not theirs
            config.theme.static_templates.clear()
        try:
            with _nothing_said_of_dirt():
                build(config, dirty=True)
        except SystemExit as error:
            return str(error)
        return None

    with shared(work, many, many) as parts:
        failed = [said for said in (part.result() for part in parts) if said is not None]
    if failed:
        raise SystemExit(failed[0])


@contextmanager
def _nothing_said_of_dirt() -> Iterator[None]:
    """Keep MkDocs from warning that a partial build may be wrong: it does not know that pages stand apart."""
    log = logging.getLogger("mkdocs.commands.build")

    def keep(record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("A 'dirty' build")

    log.addFilter(keep)
    try:
        yield
    finally:
        log.removeFilter(keep)


def _remove_others(site: Path, wanted: set[str]) -> None:
    """Remove what no page stands for any more; what is hidden at the top stays, a `.git` say, as in a whole build."""
    above = len(str(site)) + 1
    for place, _, names in os.walk(site, topdown=False):
        paths = (f"{place}/{name}"[above:].replace(os.sep, "/") for name in names)
        for path in (path for path in paths if path not in wanted and not path.startswith(".")):
            (site / path).unlink()
        if not place[above:].startswith("."):
            with suppress(OSError):  # not empty
                Path(place).rmdir()


if __name__ == "__main__":
    atexit.register(gc.freeze)  # leaving takes less time where nothing is looked through once more
    sys.exit(main(sys.argv[1:]))
