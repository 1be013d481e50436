"""Files of a work tree against what git holds of them, compared byte for byte without any filter."""

from __future__ import annotations

import os
import re
from hashlib import file_digest, sha1, sha256
from stat import S_ISLNK, S_ISREG
from typing import TYPE_CHECKING

from journal.revisions import objects

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\nsize (\d+)\n"
)
_LARGEST_POINTER = 1024
_SHA1 = 40

Pointer = tuple[str, int]
"""Sum and size of the file that a pointer of git-lfs stands for."""


def is_blob(file: Path, name: str) -> bool | None:
    """Whether a file or link holds the bytes of a blob; None if it is not there."""
    try:
        found = file.lstat()
        content = os.fsencode(file.readlink()) if S_ISLNK(found.st_mode) else file.read_bytes()
    except OSError:
        return False if os.path.lexists(file) else None
    made = (sha1 if len(name) == _SHA1 else sha256)(b"blob %d\0" % len(content) + content)
    return made.hexdigest() == name


def pointers(root: Path, names: Iterable[str]) -> dict[str, Pointer]:
    """Those of these blobs that are pointers of git-lfs, by their names."""
    asked = set(names)
    small = [name for name, size in objects.sizes(root, asked).items() if size < _LARGEST_POINTER]
    read = {name: _POINTER.fullmatch(content) for name, content in objects.contents(root, small).items()}
    return {name: (found[1].decode(), int(found[2])) for name, found in read.items() if found}


def is_pointed_to(file: Path, pointer: Pointer) -> bool:
    """Whether a file has the contents that a pointer of git-lfs stands for."""
    try:
        found = file.lstat()
        if not S_ISREG(found.st_mode) or found.st_size != pointer[1]:
            return False
        with file.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest() == pointer[0]
    except OSError:
        return False
