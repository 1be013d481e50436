"""A value of an entry was wrong: recorded, struck where it stands, and looked for in every other entry."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from journal.authoring.change import Change
from journal.authoring.new import now
from journal.document import body, edits
from journal.document.document import parse
from journal.errors import EntryError, UsageError
from journal.index.quotes import Quotes
from journal.model.when import When

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.document.body import Mention
    from journal.index.journal import Journal
    from journal.index.quotes import Quote
    from journal.model.entry import Block, Entry
    from journal.model.life import Correction

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CLOSEST = 3


@dataclass(frozen=True)
class Wrong:
    """What was wrong, and where.

    Attributes:
        was: The wrong value, as it stands.
        now: The right one.
        reason: Why it was wrong.
        by: Who says so.
        line: The line that it is struck on, where it stands on several.
        everywhere: Whether it is struck wherever it stands.
    """

    was: str
    now: str
    reason: str
    by: str | None = None
    line: int | None = None
    everywhere: bool = False


@dataclass(frozen=True)
class Corrected:
    """What `correct` did.

    Attributes:
        entry: The entry as it stands now.
        correction: What it records.
        struck: Where the old value was struck; nowhere in an imported note, whose words stay.
        left: How often it still stands in the author's words.
        quotes: Where other entries hold the same value.
    """

    entry: Entry
    correction: Correction
    struck: tuple[Mention, ...]
    left: int
    quotes: tuple[Quote, ...]


def correct(journal: Journal, reference: str, wrong: Wrong) -> Corrected:
    """Correct a value of an entry: keep the old one visible, say the new one and why, and find who quotes it.

    Raises:
        UsageError: The two values are one, or the old one stands in several places and none was chosen.
        EntryError: The entry is not there; the old value stands nowhere in the author's words, or only where the tool
            writes; or it cannot be struck without a change to more than it.
        ChangedOnDisk: Somebody else wrote the file meanwhile.
    """
    if wrong.was == wrong.now:
        raise UsageError(f"{wrong.was!r} is what it was", hint="give the wrong value as --was, the right one as --now")
    change = Change.begin(journal, reference)
    before = change.entry.front_matter
    index = _recorded(before.corrections, wrong)
    # An imported note may say it in code or in a section of any length, since nothing is struck there.
    found = body.mentions(change.raw, change.path, wrong.was) if before.imported is None else ()
    is_there = bool(found) or (before.imported is not None and any(_holds(text, wrong.was) for text in _words(change)))
    if not is_there and (index is None or before.corrections[index].now is not None):
        _refuse_missing(change, wrong)
    struck = _chosen(found, wrong) if found else ()
    if struck:
        change = replace(change, raw=body.struck(change.raw, change.path, struck, wrong.now))
    change, index = _noted(change, wrong, index)
    entry = change.write(journal.config)
    correction = entry.front_matter.corrections[index]
    return Corrected(entry, correction, struck, len(found) - len(struck), Quotes(journal).of(entry, wrong.was))


# --- the record -------------------------------------------------------------------------------------------------------


def _recorded(corrections: Sequence[Correction], wrong: Wrong) -> int | None:
    """Which correction says the same, or says what was wrong and not yet what is right."""
    same = [number for number, each in enumerate(corrections) if each.was == wrong.was and each.now == wrong.now]
    begun = [number for number, each in enumerate(corrections) if each.was == wrong.was and each.now is None]
    return next(iter([*same, *begun]), None)


def _noted(change: Change, wrong: Wrong, index: int | None) -> tuple[Change, int]:
    """The change with the correction in its front matter: a new one, or what the old one lacks; and which it is."""
    said = {
        "was": wrong.was,
        "now": wrong.now,
        "reason": wrong.reason,
        "by": wrong.by,
        "at": When.of(now()).isoformat(),
    }
    corrections = change.entry.front_matter.corrections
    if index is None:
        return change.append("corrections", said), len(corrections)
    if corrections[index].now is not None:
        return change, index
    raw = change.raw
    for key, value in said.items():
        if value is not None and getattr(corrections[index], key) is None:
            raw = edits.set_value(raw, change.path, ("corrections", index, key), value)
    return replace(change, raw=raw), index


# --- where it stands --------------------------------------------------------------------------------------------------


def _chosen(found: tuple[Mention, ...], wrong: Wrong) -> tuple[Mention, ...]:
    """The places where the value is struck: the only one, all on a line, or all."""
    lines = ", ".join(dict.fromkeys(str(mention.line) for mention in found))
    if wrong.line is not None:
        chosen = tuple(mention for mention in found if mention.line == wrong.line)
        if not chosen:
            raise UsageError(f"{wrong.was!r} does not stand on line {wrong.line}", hint=f"it stands on {lines}")
        return chosen
    if len(found) > 1 and not wrong.everywhere:
        said = f"{wrong.was!r} stands in {len(found)} places, on lines {lines}"
        raise UsageError(said, hint="--line N strikes it on one line, --all everywhere")
    return found


def _refuse_missing(change: Change, wrong: Wrong) -> NoReturn:
    """Say why a value cannot be struck: whose it is, or what stands there in its place."""
    entry = change.entry
    fill = f"then `journal fill-results {entry.id}`"
    for block in entry.blocks:
        if _holds(block.body, wrong.was):
            said = f"{wrong.was!r} stands in {_named(block)}, which is the tool's"
            raise EntryError(said, hint=f"mend its spec or its run, {fill}", path=entry.path, line=block.line)
    for cited in entry.citations:
        if _holds(cited.text, wrong.was):
            said, hint = f"{wrong.was!r} is a cited value, which is the tool's", f"mend its link or its run, {fill}"
            raise EntryError(said, hint=hint, path=entry.path, line=cited.line, column=cited.column)
    if any(each.was == wrong.was for each in entry.front_matter.corrections):
        said = f"{wrong.was!r} stands nowhere any more: it was corrected"
        raise EntryError(said, hint=f"`journal show {entry.id}` shows to what", path=entry.path)
    close = _closest(wrong.was, _words(change))
    hint = (
        f"close to it: {', '.join(close)}" if close else "give it as it stands there; code and addresses do not count"
    )
    raise EntryError(f"{wrong.was!r} stands nowhere in its words", hint=hint, path=entry.path)


def _words(change: Change) -> Iterator[str]:
    """The author's text, code and all, in parts."""
    return (text for part in parse(change.raw, change.path).prose() for text in part if isinstance(text, str))


def _named(block: Block) -> str:
    return f"{block.kind} {block.name!r}" if block.name != block.kind else f"its {block.kind} block"


def _holds(text: str, value: str) -> bool:
    # ASCII alone: a value may stand beside a Chinese word.
    return re.search(rf"(?<![A-Za-z0-9_.]){re.escape(value)}(?![A-Za-z0-9_]|[.,]\d)", text) is not None


def _closest(value: str, texts: Iterable[str]) -> list[str]:
    """The numbers of some texts that a value is likely to be meant for: those nearest to it, or spelt most like it."""
    from difflib import get_close_matches

    numbers = list(dict.fromkeys(found[0] for text in texts for found in _NUMBER.finditer(text)))
    spelt = get_close_matches(value, numbers, n=_CLOSEST)
    if _NUMBER.fullmatch(value) is None:
        return spelt
    wanted = _float(value)
    near = sorted(numbers, key=lambda text: abs(_float(text) - wanted))
    return list(dict.fromkeys([*spelt, *near]))[:_CLOSEST]


def _float(text: str) -> float:
    return float(text.replace(",", ""))
