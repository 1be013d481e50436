"""The user's own pages and the files beside them: which of them are shown, and how their Markdown is cut."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from journal.document import store
from journal.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.config import Config

PLACE = "docs"
"""Where they stand on the site."""

_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(?:.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)(.*)$")
_HEADING = re.compile(r"^(#{1,6}) +(.+?)[ #]*$")
_NAMED = re.compile(r"\s*\{:?[^{}]*?(?:#([\w-]+))?[^{}#]*\}\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"<[^<>]+>")


class Section(NamedTuple):
    """A heading and what stands below it.

    Attributes:
        level: From 1; 0 for what stands before any heading.
        heading: Plain text.
        name: The anchor that its author gave it.
        text: Markdown.
    """

    level: int
    heading: str
    name: str
    text: str


def files(config: Config) -> dict[str, Path]:
    """All that is shown of the user's own folder, by paths in it; nothing where the setting names none.

    Hidden files stay out, and links that lead out of the folder.

    Raises:
        SiteError: There is no such folder, or it holds what the journal keeps or makes.
    """
    if config.settings.docs is None:
        return {}
    folder = (config.root / config.settings.docs).resolve()
    _require_apart(folder, config)
    return {path.relative_to(folder).as_posix(): path for path in _visible(folder) if is_inside(path, folder)}


def pages(config: Config) -> dict[str, Path]:
    """Those of them that are Markdown."""
    return {path: source for path, source in files(config).items() if path.endswith(".md")}


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path is a file that really lies in the folder and is not hidden.

    A link is what it leads to: out of the folder, or to a hidden file in it, whatever its own name.
    """
    real, top = path.resolve(), folder.resolve()
    if not path.is_file() or not real.is_relative_to(top):
        return False
    return not any(part.startswith(".") for part in real.relative_to(top).parts)


def text(source: Path) -> str:
    """What a page says."""
    return store.read(source).raw.decode("utf-8", "replace")


def sections(text: str) -> list[Section]:
    """A page's Markdown, cut at its headings; what stands in code or in front matter is none."""
    return list(_cut(_MATTER.sub("", text.replace("\r", ""), count=1).split("\n")))


def title(path: str, sections: Iterable[Section]) -> str:
    """A page's first heading of the first level, or its file's name."""
    return next((each.heading for each in sections if each.level == 1), "") or Path(path).stem


def without_addresses(markdown: str) -> str:
    """Markdown with the words of its links alone."""
    return _LINK.sub(r"\1", markdown)


def _cut(lines: Iterable[str]) -> Iterator[Section]:
    fence, head, below = "", (0, "", ""), list[str]()
    for line in lines:
        heading = None if fence else _HEADING.match(line)
        fence = _fence(line, fence)
        if heading is None:
            below.append(line)
            continue
        yield Section(*head, "\n".join(below))
        named = _NAMED.search(heading[2])
        plain = _plain(heading[2][: named.start()] if named else heading[2])
        head, below = (len(heading[1]), plain, (named[1] or "") if named else ""), []
    yield Section(*head, "\n".join(below))


def _fence(line: str, fence: str) -> str:
    """The fence that is open below a line; nothing where none is."""
    mark = _FENCE.match(line)
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1].startswith(fence) and not mark[2].strip() else fence


def _plain(markdown: str) -> str:
    """A heading without its marks."""
    text = re.sub(r"[`*]|(?<!\w)_|_(?!\w)", "", _TAG.sub("", without_addresses(markdown)))
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).strip()


def _require_apart(folder: Path, config: Config) -> None:
    """The folder may not hold what the journal keeps or makes."""
    kept = (config.root, config.entries.resolve(), config.derived.resolve())
    if not folder.is_dir():
        raise SiteError(f"`docs` names no folder: {config.settings.docs}", hint="mend the setting", path=config.source)
    if any(place.is_relative_to(folder) or (place != config.root and folder.is_relative_to(place)) for place in kept):
        hint = "give your pages a folder of their own"
        raise SiteError(f"`docs` may not be {config.settings.docs}", hint=hint, path=config.source)


def _visible(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))
