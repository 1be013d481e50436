"""When the evidence of entries was recorded: the commit that last changed each file of it."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import RevisionError
from journal.index import stamps
from journal.revisions import Repository
from journal.revisions.last_commits import Last, LastCommits, last_commits
from journal.revisions.listing import moment
from journal.revisions.raw_files import is_blob
from journal.site import kept
from journal.site.contents import Committed
from journal.tables import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from journal.config import Config

FILE = "site-filled.json"


class _Kept(NamedTuple):
    """What is kept between builds.

    Attributes:
        last: The commits that last changed its files.
        same: The stamps of the files that hold what was committed, by their paths.
    """

    last: LastCommits
    same: Mapping[str, stamps.Stamp]


def filled(config: Config) -> Mapping[str, Committed]:
    """The commit that last changed an entry's evidence, by the entry's file; nothing where git cannot tell.

    Evidence that was changed since, or never committed, is left out, and so is what lies before the end of a shallow
    clone: nobody knows then. The answer is kept between builds, and continued from the commit that it was of.

    Args:
        config: The journal.
    """
    try:
        repository = Repository.find(config.root)
        evidence = config.evidence.resolve()
        folder = evidence.relative_to(repository.root).as_posix()
        before = _kept(config, folder)
        last = last_commits(repository, folder, before.last if before else None)
        same = _same(last, repository.root, before)
    except (RevisionError, ValueError):  # in no repository, or evidence that lies outside of it
        return {}
    now = _Kept(last, {path: stamp for path, stamp in same.items() if stamp})
    if now != before:
        _keep(config, now)
    return dict(_told(config, last, same))


def _told(config: Config, last: LastCommits, paths: Iterable[str]) -> Iterator[tuple[str, Committed]]:
    """Each file's commit, by the file of the entry that it is the evidence of."""
    start, end = record.entry_at(config.evidence / "-.json", config).rsplit("-", 1)  # once: making paths is slow
    for path in paths:
        of, (_, sha, authored) = path[len(last.folder) + 1 :], last.files[path]
        with suppress(RevisionError):  # a date that is no date
            yield f"{start}{of.removesuffix('.json')}{end}", Committed(sha, moment(authored, sha))


def _same(last: LastCommits, root: Path, before: _Kept | None) -> dict[str, stamps.Stamp]:
    """The files of entries' evidence that hold what was committed, with their stamps where those can be believed."""
    since = time.time_ns()
    found: dict[str, stamps.Stamp] = {}
    digests = f"{last.folder}/{record.RUNS}/"
    for path, each in last.files.items():
        if not path.endswith(".json") or path.startswith(digests):
            continue
        place = f"{root}/{path}"
        stamp = stamps.stamp(place)
        known = before is not None and before.last.files.get(path) == each and before.same.get(path) == stamp
        if known or is_blob(Path(place), each.blob):
            found[path] = stamp if known or stamps.settled(place, since) == stamp else []
    return found


def _kept(config: Config, folder: str) -> _Kept | None:
    found = kept.load(config, FILE, [stamps.programme(), folder])
    if found is None:
        return None
    files = {path: Last(*each) for path, each in found["files"].items()}
    return _Kept(LastCommits(folder, found["head"], tuple(found["cut"]), files), found["same"])


def _keep(config: Config, now: _Kept) -> None:
    told = {**now.last._asdict(), "same": now.same}
    kept.keep(config, FILE, [stamps.programme(), now.last.folder], told)
