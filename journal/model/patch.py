"""Which files a patch touches, and what it makes of them, as `git diff` tells it."""

from __future__ import annotations

import re

_ESCAPES = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_HEAD = re.compile(rb"^diff --(git|cc|combined) (.+)$", re.MULTILINE)
_MOVED = re.compile(rb"^(rename from|rename to|copy to) (.+)$", re.MULTILINE)
_SUBMODULE = re.compile(
    rb"^Submodule (.+?) (?:contains modified content|[0-9a-f]{7,64}\.{2,3}[0-9a-f]{7,64}\b.*)$", re.MULTILINE
)
_INDEX = re.compile(rb"^index [0-9a-f]{4,64}\.\.([0-9a-f]{4,64})(?: [0-7]+)?$", re.MULTILINE)
_CONTENTS = re.compile(rb"^(?:@@|GIT binary patch)", re.MULTILINE)


def files_of(patch: bytes) -> tuple[str, ...]:
    """The files that a patch touches, sorted, a renamed one under both of its names.

    A submodule that differs stands for itself; where its own changes are told, its files are named too. What is no
    patch touches nothing. Names that are not UTF-8 are shown with replacement characters.
    """
    heads = list(_HEAD.finditer(patch))
    ends = [*(head.start() for head in heads), len(patch)][1:]
    found = {_plain(module[1]) for module in _SUBMODULE.finditer(patch)}
    for head, end in zip(heads, ends, strict=True):
        contents = _CONTENTS.search(patch, head.end(), end)
        moved = _MOVED.finditer(patch, head.end(), contents.start() if contents else end)
        found |= {_plain(name[2]) for name in moved} or {_name(head[1], head[2])}
    return tuple(sorted(name.decode("utf-8", "replace") for name in found if name))


def results_of(patch: bytes) -> dict[str, str | None]:
    """What a patch makes of files: the first digits of the object name of each file's contents, or None where it goes.

    Files of which it does not tell that, as of one that only gets another name, are left out; `files_of` names them.
    """
    heads = list(_HEAD.finditer(patch))
    ends = [*(head.start() for head in heads), len(patch)][1:]
    found: dict[str, str | None] = {}
    for head, end in zip(heads, ends, strict=True):
        contents = _CONTENTS.search(patch, head.end(), end)
        index = _INDEX.search(patch, head.end(), contents.start() if contents else end)
        moved = _MOVED.findall(patch, head.end(), contents.start() if contents else end)
        name = next((_plain(path) for word, path in moved if word.endswith(b" to")), None) or _name(head[1], head[2])
        if index is None or not name:
            continue
        gone = not index[1].strip(b"0")
        found[name.decode("utf-8", "replace")] = None if gone else index[1].decode()
        found.update({_plain(path).decode("utf-8", "replace"): None for word, path in moved if word == b"rename from"})
    return found


def _name(kind: bytes, told: bytes) -> bytes:
    """The one name in the head of a file that has the same on both sides, each behind a prefix or none."""
    if kind != b"git":  # a merge is told of by its result
        return _plain(told)
    middle = len(told) // 2
    one, other = _plain(told[:middle]), _plain(told[middle + 1 :])
    if told[middle : middle + 1] != b" " or one == other:
        return one if one == other else b""
    _, _, name = one.partition(b"/")
    return name if other.partition(b"/")[2] == name else b""


def _plain(name: bytes) -> bytes:
    """A name without the quotes and escapes that git puts around an odd one."""
    if not (name.startswith(b'"') and name.endswith(b'"') and name != b'"'):
        return name
    return _ESCAPED.sub(_unescaped, name[1:-1])


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    return bytes([int(sign, 8) & 0xFF]) if sign.isdigit() else _ESCAPES.get(sign, sign)
