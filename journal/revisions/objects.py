"""Objects by their names: what kind they are, how large, what is in them, and which a folder of a commit holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.errors import RevisionError
from journal.model.revision import is_full
from journal.revisions import command

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from journal.revisions.command import Answer

_BLOB = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) blob (\d+)\n")
_LARGEST_CHUNK = 64 << 20
_LONGEST_PATH = 4096


def named(root: Path, names: Iterable[str]) -> list[tuple[str, str]]:
    """Full name and type of each object asked for, or two empty strings where none or several answer."""
    asked = list(names)
    if not asked:
        return []
    answer = _checked(root, command.fed(root, asked, "cat-file", "--batch-check=%(objectname) %(objecttype)"))
    answers = (line.partition(" ") for line in answer.text.splitlines())
    return [(name, kind) if is_full(name) else ("", "") for name, _, kind in answers]


def sizes(root: Path, names: Iterable[str]) -> dict[str, int]:
    """The size of each blob that is in the repository, in bytes, by its full name."""
    return {told[1].decode(): int(told[2]) for told in _BLOB.finditer(_asked(root, "--batch-check", names))}


def contents(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The bytes of blobs by their full names, by one git process.

    Raises:
        RevisionError: One of them is not in the repository.
    """
    asked = list(names)
    answer = _asked(root, "--batch", asked)
    found, start = {}, 0
    for name in asked:
        told = _BLOB.match(answer, start)
        if told is None:
            raise RevisionError(f"blob {name[:7]} is not in this repository", path=root, hint=command.FETCH)
        start = told.end() + int(told[2]) + 1  # a line feed ends the contents
        found[name] = answer[told.end() : start - 1]
    return found


def small_blobs(root: Path, names: Iterable[str], largest: int) -> dict[str, bytes | None]:
    """The bytes of blobs: see `Repository.blobs`."""
    found: dict[str, bytes | None] = dict.fromkeys(names)
    known = sizes(root, (name for name in found if is_full(name)))
    part: list[str] = []
    held = 0
    for name in (name for name in found if known.get(name, largest + 1) <= largest):
        if part and held + known[name] > _LARGEST_CHUNK:
            found |= contents(root, part)
            part, held = [], 0
        part.append(name)
        held += known[name]
    return found | contents(root, part)


def files(root: Path, sha: str, folder: str) -> dict[str, str]:
    """The files of a folder in a commit: see `Repository.files_at`."""
    place = folder.strip("/")
    if "\0" in place or len(place) > _LONGEST_PATH:
        return {}
    within = ("--", f":(literal){place}/") if place not in {"", "."} else ()
    answer = _checked(root, command.run(root, "ls-tree", "-r", "-z", "--full-tree", sha, *within))
    found = {}
    for row in answer.text.split("\0")[:-1]:
        told, _, path = row.partition("\t")
        _, kind, blob = told.split(" ")
        if kind == "blob":
            found[path] = blob
    return found


def _asked(root: Path, how: str, names: Iterable[str]) -> bytes:
    """What `git cat-file` answers for full names, one after the other."""
    asked = list(names)
    if not asked:
        return b""
    form = f"{how}=%(objectname) %(objecttype) %(objectsize)"
    return _checked(root, command.fed(root, asked, "cat-file", form)).raw


def _checked(root: Path, answer: Answer) -> Answer:
    return command.checked(answer, root, "objects cannot be read")
