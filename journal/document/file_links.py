"""Links in the author's text that lead to another file: found as a reader of Markdown finds them, and led elsewhere."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote, unquote

from journal.document import authored, original
from journal.document.document import parse
from journal.errors import EntryError

_LINE_END = re.compile(rb"\r\n|[\r\n]")

_Span = tuple[int, int]


def renamed(raw: bytes, path: str, old: str, name: str) -> bytes:
    """The file with its links to another file as that is called now.

    Code, blocks and the words of an imported note stay as they are.

    Args:
        raw: The file.
        path: Where it lies, relative to the journal.
        old: Where the other file lay, relative to the journal.
        name: What that file is called now, in the same folder.

    Raises:
        EntryError: The file cannot be parsed, or a link cannot be changed without a change to more than it.
    """
    parts, done = [], 0
    for start, end in _destinations(raw, path, old)[0]:
        is_encoded = raw[start:end].decode() != posixpath.basename(old)
        parts += [raw[done:start], (quote(name) if is_encoded else _spelt(name)).encode()]
        done = end
    new = b"".join([*parts, raw[done:]])
    if new != raw:
        _refuse_other(raw, new, path)
    return new


def in_imported_words(raw: bytes, path: str, old: str) -> tuple[int, ...]:
    """The lines of links to a file that stand in the words of an imported note, which nobody changes.

    Args:
        raw: The file.
        path: Where it lies, relative to the journal.
        old: Where the other file lies, relative to the journal.

    Raises:
        EntryError: The file cannot be parsed.
    """
    return tuple(len(_LINE_END.findall(raw, 0, start)) + 1 for start, _ in _destinations(raw, path, old)[1])


def _spelt(name: str) -> str:
    """A file's name in a link: as it is, if it needs no angle brackets there."""
    return name if re.fullmatch(r"[^\s<>()\\%#?&]+", name) else quote(name)


def _destinations(raw: bytes, path: str, old: str) -> tuple[list[_Span], list[_Span]]:
    """Where the file's name stands in what links lead to, in order: outside an imported note's words, and in them."""
    name = posixpath.basename(old)
    spellings = {name.encode(), quote(name).encode()}
    if not any(spelling in raw for spelling in spellings):
        return [], []
    document = parse(raw, path)
    author = list(authored.spans(raw, document))
    places = [
        found.span()
        for found in re.finditer(b"|".join(map(re.escape, spellings)), raw)
        if any(start <= found.start() < end for start, end in author)
    ]
    marked = authored.Marked(raw, (document.start, len(raw)), [end - 1 for _, end in places])
    found = sorted({places[number] for number, href in marked.links() if _leads(href, path) == old})
    matter = document.entry.front_matter
    theirs = len(original.body_of(raw, matter)) if matter.imported is not None else 0
    kept = [span for span in found if span[0] < document.start + theirs]
    return found[len(kept) :], kept


def _leads(href: str, path: str) -> str:
    """The file that a link leads to, relative to the journal."""
    there = unquote(re.split(r"[#?]", href, maxsplit=1)[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), there))


def _refuse_other(raw: bytes, new: bytes, path: str) -> None:
    before, after = parse(raw, path).entry, parse(new, path).entry
    same = before.blocks == after.blocks and before.front_matter == after.front_matter
    if not same or len(before.citations) != len(after.citations) or len(before.sections) != len(after.sections):
        raise EntryError("a link cannot be changed here; nothing was written", hint="change it by hand", path=path)
