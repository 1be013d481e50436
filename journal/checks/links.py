"""Rules about links in an entry's own text: does the file stand there, and the heading in it."""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from journal.checks.interface import Rule
from journal.document import links
from journal.document.lines import plain
from journal.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene
    from journal.document.links import Link
    from journal.model.entry import Entry
    from journal.model.finding import Fix

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|/|\\|\{|\$|~|<")
_LINES = re.compile(r":\d+(?:[:-]\d+)?\Z")
_FILE_LIKE = re.compile(r"/|\.[A-Za-z]\w{0,7}\Z")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+)|^(?=\S)(.+)\n {0,3}(?:=+|-+)[ \t]*$", re.MULTILINE)
_NAMED = re.compile(r"\b(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)|\{:?[^{}\n]{0,200}#([\w-]{1,200})[^{}\n]{0,200}\}")
_MADE = re.compile(r"^ {0,3}:::", re.MULTILINE)
"""What a site makes headings of that do not stand in the text."""
_MOST_SHOWN, _MOST_TOLD = 100, 200
_COUNTED = re.compile(r"[-_]?\d+\Z")


class _Target(NamedTuple):
    """Where a link leads: a file, relative to the repository, and a heading in it; no file for the entry itself."""

    path: str
    heading: str


def _target(written: str) -> _Target | None:
    """What a link of an author's leads to in the repository; None for the web, and for what may be no link at all."""
    if _SCHEME.match(written):
        return None
    path, _, heading = written.partition("#")
    path = _LINES.sub("", unquote(path.partition("?")[0]))
    if path and not _FILE_LIKE.search(path):
        return None  # `f[i](x)` is a link in Markdown, too
    return _Target(path, unquote(heading))


class _Ground:
    """The files around one entry.

    Args:
        scene: The scene.
        entry: The entry.
    """

    def __init__(self, scene: Scene, entry: Entry) -> None:
        self._scene, self._root = scene, scene.journal.config.root
        self.top = scene.repository.root if scene.repository is not None else self._root
        self.bases = list(_bases(entry))

    def lies_outside(self, path: str) -> bool:
        """Whether a path leads out of the repository from wherever its entry may have been written."""
        return not any(self._absolute(base, path).is_relative_to(self.top) for base in self.bases)

    def find(self, path: str) -> Path | None:
        """The file or folder that a link leads to."""
        for base in self.bases:
            place = self._absolute(base, path)
            for each in (place, *_meant(place)):
                self._scene.rests_on(each)
                if os.path.exists(each):  # noqa: PTH110 - Path.exists raises for long names
                    return each
        return None

    def spelt(self, path: str) -> str | None:
        """The path as its file is spelt, where that differs in small and capital letters alone."""
        place = self._absolute(self.bases[0], path)
        if not place.is_relative_to(self.top):
            return None
        found = self.top
        for part in place.relative_to(self.top).parts:
            names = _names(found)
            same = [part] if part in names else [name for name in names if name.casefold() == part.casefold()]
            if len(same) != 1:
                return None
            found /= same[0]
        return None if found == place else os.path.relpath(found, self._root / self.bases[0]).replace(os.sep, "/")

    def from_top(self, path: str) -> str | None:
        """The path to a file whose path was written from the top of the repository, or of the journal."""
        for top in (self.top, self._root):
            place = Path(os.path.normpath(top / path))
            if "/" in path and place.is_relative_to(self.top) and place.is_file():
                return os.path.relpath(place, self._root / self.bases[0]).replace(os.sep, "/")
        return None

    def _absolute(self, base: str, path: str) -> Path:
        return Path(os.path.normpath(self._root / base / path))


def _bases(entry: Entry) -> Iterator[str]:
    """The folders, relative to the journal, that an entry's links may start from: where it lies, and where it lay."""
    yield posixpath.dirname(entry.path)
    if entry.front_matter.imported is not None:
        yield posixpath.dirname(entry.front_matter.imported.source)


def _meant(place: Path) -> Iterator[Path]:
    """The pages that a site or a wiki shows under an address without their ending."""
    if place.suffix in {"", ".html"}:
        yield place.with_suffix(".md")
    elif place.suffix != ".md":
        yield place.with_name(f"{place.name}.md")


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names alone
    except OSError:
        return []


# --- files ------------------------------------------------------------------------------------------------------------


def _dead(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        raw = scene.raw(entry)
        if _came_from_elsewhere(entry) or not links.may_hold(raw):
            continue
        ground = _Ground(scene, entry)
        dead = links.links(raw, scene.journal.document(entry.path), partial(_dead_target, ground))
        for link, target in islice(dead, _MOST_TOLD):
            yield _dead_link(rule, scene, entry, link, target)


def _came_from_elsewhere(entry: Entry) -> bool:
    """Whether nobody knows what an imported note's links started from: it lay outside the journal."""
    origin = entry.front_matter.imported
    return origin is not None and ("/" not in origin.source or origin.source.startswith(("/", "../")))


def _dead_target(ground: _Ground, written: str) -> _Target | None:
    """What a link leads to, where that is not there; None where it is, or should not be."""
    target = _target(written)
    if target is None or not target.path:
        return None
    found = ground.find(target.path)
    is_dead = found is None or (_is_blind(found) and ground.spelt(target.path) is not None)
    return target if is_dead else None


def _is_blind(path: Path) -> bool:
    """Whether the disk takes a file by a name in other letters, small for capital."""
    other = path.with_name(path.name.swapcase())
    return other != path and other.exists() and other.samefile(path)


def _dead_link(rule: Rule, scene: Scene, entry: Entry, link: Link, target: _Target) -> Finding:
    raw, ground = scene.raw(entry), _Ground(scene, entry)
    place = _place(raw, link)
    shown = link.target if len(link.target) <= _MOST_SHOWN else f"{link.target[:_MOST_SHOWN]}…"
    theirs = scene.hint_if_imported(rule, entry, place[0])
    if ground.lies_outside(target.path):
        said, hint, new = f"the link to {shown} leads out of the repository", "readers do not have that", None
    elif (new := ground.spelt(target.path)) is not None:
        said, hint = f"the link to {shown} is spelt {new} on disk", "spell it so: not every disk is as forgiving"
    elif (new := ground.from_top(target.path)) is not None:
        said, hint = f"the link to {shown} leads nowhere from here", f"the file is {new}"
    elif (new := _renamed(scene, entry, target.path)) is not None:
        said, hint = f"the link to {shown} leads nowhere: that entry is called {new} now", "lead it there"
    else:
        said, hint = f"the link to {shown} leads nowhere", "mend it, or commit what it leads to"
    fix = None if theirs is not None or new is None else _led(scene, entry, link, new)
    return rule.finding(entry.path, said, place=place, hint=theirs or hint, fix=fix)


def _place(raw: bytes, link: Link) -> tuple[int, int]:
    return link.line(raw), len(plain(raw[: link.start]).rpartition("\n")[2]) + 1


def _renamed(scene: Scene, entry: Entry, path: str) -> str | None:
    """What an entry that a link leads to is called now, relative to the folder of the one with the link."""
    folder, former, seen = posixpath.dirname(entry.path), scene.renamed(), set[str]()
    name = posixpath.normpath(posixpath.join(folder, path))
    while name in former and name not in seen:
        seen.add(name)
        name = former[name]
    is_there = bool(seen) and (scene.journal.config.root / name).is_file()
    return posixpath.relpath(name, folder or ".") if is_there else None


def _led(scene: Scene, entry: Entry, link: Link, new: str) -> Fix | None:
    """The link led to another path; what stands behind it, such as a heading, stays."""
    behind = re.search(r"[#?].*|\Z", link.target, re.DOTALL)
    spelt = new if re.fullmatch(r"[^\s<>()\\%#?&]+", new) else quote(new)
    text = (spelt + (behind[0] if behind else "")).encode()
    return scene.fix(entry, f"lead the link to {new}", lambda raw: raw[: link.start] + text + raw[link.end :])


# --- headings ---------------------------------------------------------------------------------------------------------


def _no_heading(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        raw, known = scene.raw(entry), dict[str, frozenset[str] | None]()
        if not links.may_hold(raw):
            continue
        ours = partial(_missing_heading, scene, entry, known)
        for link, _ in islice(links.links(raw, scene.journal.document(entry.path), ours), _MOST_TOLD):
            place = _place(raw, link)
            hint = scene.hint_if_imported(rule, entry, place[0]) or "lead it to a heading that is there"
            yield rule.finding(entry.path, f"no heading answers to the link to {link.target}", place=place, hint=hint)


def _missing_heading(scene: Scene, entry: Entry, known: dict[str, frozenset[str] | None], written: str) -> str | None:
    """The heading that a link leads to, where the page has none like it; None where it has."""
    target = _target(written)
    if target is None or not target.heading or (target.path and not target.path.endswith(".md")):
        return None
    if target.path not in known:
        known[target.path] = _headings(scene, entry, target.path)
    headings, wanted = known[target.path], _bare(target.heading)
    is_there = headings is None or not wanted or not headings.isdisjoint({wanted, _COUNTED.sub("", wanted)})
    return None if is_there else wanted


def _headings(scene: Scene, entry: Entry, path: str) -> frozenset[str] | None:
    """What links to a page's headings may say, letters and digits alone; None where nobody can tell."""
    text = plain(scene.raw(entry))
    if path:
        place = _Ground(scene, entry).find(path)
        try:
            text = plain(place.read_bytes()) if place is not None else ""
        except OSError:
            return None
        if place is None:
            return None  # the link is dead as it is
    if _MADE.search(text):
        return None
    named = (found[1] or found[2] for found in _NAMED.finditer(text))
    headed = (found[1] or found[2] for found in _HEADING.finditer(text))
    return frozenset(map(_bare, [*named, *headed]))


def _bare(text: str) -> str:
    """Letters and digits alone: how the rest is spelt in the address of a heading differs from site to site."""
    words = unicodedata.normalize("NFKD", re.sub(r"\]\([^)]*\)", "", text)).casefold()
    return "".join(sign for sign in words if sign.isalnum())


RULES = (
    Rule("LNK001", Severity.WARNING, "a link that leads nowhere", _dead, own=True, fixable=True),
    Rule("LNK002", Severity.WARNING, "a link to a heading that is not there", _no_heading, own=True),
)
