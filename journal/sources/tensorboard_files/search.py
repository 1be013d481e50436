"""Where TensorBoard's event files lie, and in which order those of a run were begun."""

from __future__ import annotations

import os
import re
from math import inf, isfinite
from typing import TYPE_CHECKING

from journal.sources.paths import natural, telling_name
from journal.sources.tensorboard_files.events import parse_event
from journal.sources.tensorboard_files.records import first_record
from journal.sources.walk import Listing, folders_below, listed
from journal.sources.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from journal.errors import SourceUnavailable

GLANCE = 1 << 12
"""Bytes of a file that are looked at for the list of runs: its first event."""

_EVENT_FILE = re.compile(r"(?:.*\.)?tfevents\.(\d+)(?!.*\.profile-empty$)(?:\..*)?$", re.DOTALL)
_SAYS_NOTHING = re.compile(
    r"version_\d+|[\d.]+|lightning_logs|logs?|train|validation|val|eval|test|tensorboard", re.IGNORECASE
)


def runs_below(top: Path, unread: list[SourceUnavailable], searched: list[Path]) -> Iterator[Path]:
    """The folders that hold event files and no plain history, in a folder and below it.

    What is said of a folder that may not be read is added to `unread`, and every folder that was looked into to
    `searched`.
    """
    for listing in folders_below(top, unread, searched):
        if _is_run(listing):
            yield listing.folder


def event_files(place: Path) -> list[Path]:
    """The event files of the run in a folder, or the one that a path names; none if it is none.

    Raises:
        SourceUnavailable: The folder may not be read.
    """
    if is_event_file(place.name) and os.path.isfile(place):  # noqa: PTH113 - Path.is_file raises for long names
        return [place]
    listing = listed(place)
    return [listing.folder / name for name in listing.files if is_event_file(name)]


def is_run(folder: Path) -> bool:
    """Whether a folder is a run of this source.

    Raises:
        SourceUnavailable: The folder may not be read.
    """
    return _is_run(listed(folder))


def is_event_file(name: str) -> bool:
    """Whether a file of this name holds events; those that a profiler leaves hold none."""
    return _EVENT_FILE.match(name) is not None


def began(file: Path, sample: bytes) -> float:
    """When a file was begun: the time of its first event, or what its name says; infinity if neither tells.

    Args:
        file: The file.
        sample: Its first bytes.
    """
    first = first_record(sample)
    if first is not None:
        try:
            time = parse_event(first).time
        except WireError:
            time = 0.0
        if time > 0 and isfinite(time):
            return time
    named = _EVENT_FILE.match(file.name)
    return float(named[1]) if named else inf


def in_order(files: Iterable[tuple[Path, bytes]]) -> list[tuple[Path, bytes]]:
    """Files and their first bytes, in the order in which they were begun."""
    return sorted(files, key=lambda pair: (began(*pair), natural(pair[0])))


def run_id(place: Path) -> str:
    """The name of a run's folder, or of its one file.

    A name that says nothing, such as `version_0` or `train`, stands behind the name of the folder above it.
    """
    return telling_name(place.name, place.parent, _SAYS_NOTHING)


def _is_run(listing: Listing) -> bool:
    return not (listing.is_wandb or listing.histories) and any(map(is_event_file, listing.files))
