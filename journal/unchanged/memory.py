"""The files in which the last look at each entry is kept, and whether all that it rests on is as it was.

There is one of looks that fill entries and one of looks that check them. Nothing heavy is imported here: where nothing
changed, nothing else has to be. Each file has two parts, each a line of JSON with its sum. The first is all that is
needed where nothing changed, the second says which look rests on what.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.index.stamps import Stamp, programme, stamp, surroundings
from journal.model.clock import seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FORMAT = 4
"""Counted up whenever the file means something else than before."""

PLACE = ".journal/unchanged"
"""Where the file of looks that fill lies in a journal."""

CHECKED = ".journal/checked"
"""Where the file of looks that check lies."""

_OWN, _PROJECT = "journal.toml", "pyproject.toml"

Shape = dict[str, Any]
"""What was found: of a look that fills how the entry stood, as `fill-results --json` tells it; in JSON's own types."""

Commits = dict[str, str | None]
"""For each sha that an entry names the full one, None for no commit, or a dash where there is no repository."""

Row = tuple[str, Stamp]
"""A path, relative to the journal where it lies in it, and its stamp."""


class Look(NamedTuple):
    """What one look at an entry found.

    Attributes:
        rests: What it rests on.
        runs: For each reference, the sum of what it names; None for no run.
        here: The folder that it was looked at from, if a reference of it may be a path; else empty.
        state: The state of git, if that matters; else empty.
        shape: What was found.
        commits: What git said of the shas that matter.
        until: From when on it may be otherwise by itself, in seconds since 1970; None for never.
    """

    rests: list[Row]
    runs: dict[str, str | None]
    here: str
    state: str
    shape: Shape
    commits: Commits = {}  # noqa: RUF012 - nobody changes it
    until: int | None = None

    @property
    def holds(self) -> bool:
        """Whether its time is not over."""
        return self.until is None or seconds() < self.until


@dataclass(frozen=True)
class Memory:
    """All looks at the entries of a journal.

    Attributes:
        root: The journal's folder.
        source: The name of its configuration file.
        variables: The environment variables that matter.
        settings: The configuration file's row.
        folders: The folders of the entries; None if they go on changing.
        paths: Every entry.
        listing: All that the listing of runs rests on; None if that cannot be told, or goes on changing.
        looks: The looks, by the entry's path, in the order of `paths`.
        beyond: What was found besides, which rests on all entries at once.
        place: Where it is kept.
        state: The state of git, where what was found besides rests on it; else empty.
    """

    root: str
    source: str
    variables: tuple[str, ...]
    settings: list[Row]
    folders: list[Row] | None
    paths: list[str]
    listing: list[Row] | None
    looks: dict[str, Look]
    beyond: Shape | None = None
    place: str = PLACE
    state: str = ""
    _now: dict[str, Stamp] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, root: str, source: str, place: str = PLACE) -> Memory | None:
        """The memory of a journal; None where it is absent, damaged, of other settings or of another programme.

        Args:
            root: The journal's folder.
            source: The name of its configuration file.
            place: Where it is kept.
        """
        lines = _lines(root, place)
        first = _first(lines, source)
        second = None if first is None else _parsed(first["rest"], lines[2])
        if first is None or second is None:
            return None
        rows: list[Row] = [(path, was) for path, was in first["rows"]]
        commits: Commits = first["commits"]

        def picked(numbers: list[int]) -> list[Row]:
            return [rows[number] for number in numbers]

        looks = zip(second["looks"], first["shapes"], strict=True)
        memory = cls(
            root=root,
            source=source,
            variables=tuple(first["surroundings"]),
            settings=picked(second["settings"]),
            folders=None if second["folders"] is None else picked(second["folders"]),
            paths=second["paths"],
            listing=None if second["listing"] is None else picked(second["listing"]),
            looks={
                path: Look(picked(numbers), runs, here, state, shape, {sha: commits[sha] for sha in shas}, until)
                for (path, numbers, runs, here, state, shas, until), shape in looks
            },
            beyond=first["beyond"],
            place=place,
        )
        return memory if memory.stands(memory.settings) else None

    def dump(self) -> bytes:
        """The bytes of the file.

        Raises:
            ValueError: A path is no text.
        """
        numbers: dict[tuple[str, tuple[int, ...]], int] = {}

        def numbered(rows: Iterable[Row]) -> list[int]:
            return [numbers.setdefault((path, tuple(was)), len(numbers)) for path, was in rows]

        second = _dumped(
            {
                "settings": numbered(self.settings),
                "folders": None if self.folders is None else numbered(self.folders),
                "paths": self.paths,
                "listing": None if self.listing is None else numbered(self.listing),
                "looks": [
                    [path, numbered(look.rests), look.runs, look.here, look.state, list(look.commits), look.until]
                    for path, look in self.looks.items()
                ],
            }
        )
        first = _dumped(
            {
                "format": FORMAT,
                "programme": programme(),
                "source": self.source,
                "surroundings": surroundings(self.variables),
                "whole": self._is_whole,
                "here": sorted({look.here for look in self.looks.values()} - {""}),
                "states": sorted({self.state, *(look.state for look in self.looks.values())} - {""}),
                "commits": {sha: full for look in self.looks.values() for sha, full in look.commits.items()},
                "until": min((look.until for look in self.looks.values() if look.until is not None), default=None),
                "beyond": self.beyond,
                "rows": list(numbers),
                "shapes": [look.shape for look in self.looks.values()],
                "rest": _sum(second),
            }
        )
        return b"\n".join([_sum(first).encode(), first, second])

    @property
    def _is_whole(self) -> bool:
        """Whether it says of every entry how it stands, as long as all files are as they were."""
        listed = self.listing is not None or not any(look.runs for look in self.looks.values())
        return listed and self.folders is not None and self.paths == list(self.looks)

    def stands(self, rows: Iterable[Row]) -> bool:
        """Whether files are as they were; each is looked at once."""
        return all(self._stamp(path) == was for path, was in rows)

    @cached_property
    def lists_alike(self) -> bool:
        """Whether the listing of runs is surely what it was."""
        return self.listing is not None and self.stands(self.listing)

    def names_alike(self, look: Look) -> bool:
        """Whether the references of an entry surely name what they did."""
        return self.lists_alike and look.here in {"", _here()}

    def _stamp(self, path: str) -> Stamp:
        if path not in self._now:
            self._now[path] = stamp(os.path.join(self.root, path))  # noqa: PTH118 - some thousands
        return self._now[path]


def everything(
    start: Path, state: Callable[[Path], str | None], commits: Callable[[Path, Iterable[str]], Commits | None]
) -> list[Shape] | None:
    """How every entry of the journal stands, if none was added, removed or touched, nor anything that one rests on.

    The settings are not read for it, since it is known that they are as they were.

    Args:
        start: A folder in the journal.
        state: Gives the state of git, for the journal's folder; asked where it matters.
        commits: Says what git says of shas now, for the journal's folder; asked where any matter.
    """
    found = _unchanged(start, PLACE, state, commits)
    return None if found is None else found[1]["shapes"]


def checked(
    start: Path, state: Callable[[Path], str | None], commits: Callable[[Path, Iterable[str]], Commits | None]
) -> tuple[Path, Shape] | None:
    """The journal's folder and all that the last check of it found, if it would find the same now.

    Args:
        start: A folder in the journal.
        state: As for `everything`.
        commits: Says what git says of shas now, for the journal's folder; asked where any matter.
    """
    found = _unchanged(start, CHECKED, state, commits)
    return None if found is None or found[1]["beyond"] is None else (found[0], found[1]["beyond"])


def _unchanged(
    start: Path,
    place: str,
    state: Callable[[Path], str | None],
    commits: Callable[[Path, Iterable[str]], Commits | None],
) -> tuple[Path, dict[str, Any]] | None:
    """The journal's folder and the first part of its memory, if it says all, and all it rests on is as it was."""
    found = _nearest(start.resolve(), place)
    if found is None:
        return None
    root, first = found
    if not first["whole"] or first["here"] not in ([], [_here()]) or not _all_stand(root, first["rows"]):
        return None
    if first["until"] is not None and not seconds() < first["until"]:
        return None
    if first["states"] and first["states"] != [state(root)]:
        return None
    return found if not first["commits"] or first["commits"] == commits(root, list(first["commits"])) else None


def _nearest(start: Path, place: str) -> tuple[Path, dict[str, Any]] | None:
    """The journal that a folder lies in, and what is remembered of it."""
    for folder in (start, *start.parents):
        own, project = folder / _OWN, folder / _PROJECT
        if os.path.isfile(own):  # noqa: PTH113 - Path.is_file raises where it may not look
            first = _first(_lines(folder, place), _OWN)
            return None if first is None else (folder, first)
        if os.path.isfile(project):  # noqa: PTH113
            first = _first(_lines(folder, place), _PROJECT)
            if first is not None or b"journal" in _bytes(project):
                return None if first is None else (folder, first)
    return None


def _all_stand(root: Path, rows: list[Row]) -> bool:
    try:
        folder = os.open(root, os.O_RDONLY)
    except OSError:
        return False
    try:
        return all(stamp(path, folder) == was for path, was in rows)
    finally:
        os.close(folder)


def _here() -> str:
    return os.getcwd()  # noqa: PTH109


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _lines(root: Path | str, place: str) -> list[bytes]:
    """The three lines of the file: sum, first part, second part; empty ones if there are not as many."""
    lines = _bytes(Path(root) / place).split(b"\n")
    return lines if len(lines) == len(("sum", "first", "second")) else [b""] * 3


def _first(lines: list[bytes], source: str) -> dict[str, Any] | None:
    """The first part, if it is whole and of these settings, this programme and this environment."""
    first = _parsed(lines[0].decode("latin-1"), lines[1])
    if first is None or first["format"] != FORMAT or first["source"] != source or first["programme"] != programme():
        return None
    return first if first["surroundings"] == surroundings(first["surroundings"]) else None


def _parsed(total: str, line: bytes) -> dict[str, Any] | None:
    """The JSON in a line, if the line has this sum."""
    if not line or total != _sum(line):
        return None
    import orjson

    parsed: dict[str, Any] = orjson.loads(line)
    return parsed


def _dumped(part: dict[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(part)


def _sum(line: bytes) -> str:
    return blake2b(line, digest_size=16).hexdigest()
