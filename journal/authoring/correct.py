"""A value of an entry was wrong: recorded, struck where it stands, and looked for in every other entry."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING, NoReturn

from journal.authoring.change import Change
from journal.document import amounts, body, edits
from journal.document.document import parse
from journal.document.spots import Stands
from journal.errors import EntryError, UsageError
from journal.index.quotes import Quotes
from journal.model.clock import now
from journal.model.when import When

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.document.body import Mention
    from journal.index.journal import Journal
    from journal.index.quotes import Quote
    from journal.model.entry import Block, Entry, FrontMatter
    from journal.model.life import Correction

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CLOSEST = 3
# What strikes out, or begins raw HTML or a formula.
_MARKDOWN = re.compile(r"~~|<[A-Za-z!?/]|\$")
_NO_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNSTRUCK = (Stands.FORMULA, Stands.HIDDEN)


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
        kept: Where it stands and cannot be struck, or is spelt otherwise; none of an imported note.
        quotes: Where other entries hold the same value.
        is_new: Whether any of this was not recorded and struck before.
    """

    entry: Entry
    correction: Correction
    struck: tuple[Mention, ...]
    left: int
    kept: tuple[Mention, ...]
    quotes: tuple[Quote, ...]
    is_new: bool = True


def correct(journal: Journal, reference: str, wrong: Wrong) -> Corrected:
    """Correct a value of an entry: keep the old one visible, say the new one and why, and find who quotes it.

    Raises:
        UsageError: One of the values is no plain text, both are one, or the old one stands in several places and none
            was chosen.
        EntryError: The entry is not there; the old value stands nowhere in the author's words, or only where the tool
            writes; it was corrected to another value already; or it cannot be struck without a change to more than it.
        ChangedOnDisk: Somebody else wrote the file meanwhile.
    """
    _refuse_no_text(wrong)
    change = Change.begin(journal, reference)
    before = change.entry.front_matter
    index = _recorded(before.corrections, wrong)
    found = body.mentions(change.raw, change.path, wrong.was) if before.imported is None else ()
    if not found and not _stands_unstruck(change, wrong) and (index is None or _is_complete(before, index)):
        _refuse_missing(change, wrong)
    if not found:
        _refuse_another(change, wrong)
    struck = _chosen(found, wrong) if found else ()
    if struck:
        change = replace(change, raw=body.struck(change.raw, change.path, struck, wrong.now))
    change, index = _noted(change, wrong, index)
    is_new = change.raw != change.stored.raw
    entry = change.write(journal.config)
    quotes = Quotes(journal).of(entry, wrong.was)
    kept = _kept(change, wrong.was) if before.imported is None else ()
    left = len(found) - len(struck)
    return Corrected(entry, entry.front_matter.corrections[index], struck, left, kept, quotes, is_new)


# --- what was given ---------------------------------------------------------------------------------------------------


def _refuse_no_text(wrong: Wrong) -> None:
    """Refuse what is no text on one line, and a new value that would not stand in Markdown as it is given."""
    for option, value in (("--was", wrong.was), ("--now", wrong.now), ("--reason", wrong.reason)):
        if not value.strip():
            raise UsageError(f"{option} needs a text")
        if option != "--reason" and (value != value.strip() or _NO_LINE.search(value)):
            raise UsageError(f"{option} needs text on one line, without blanks around it")
    if wrong.was == wrong.now:
        raise UsageError(f"{wrong.was!r} is what it was", hint="give the wrong value as --was, the right one as --now")
    sign = _MARKDOWN.search(wrong.now)
    if sign is not None:
        said = f"--now would not stand there as it is given: {sign[0]!r} begins something else in Markdown"
        raise UsageError(said, hint="give plain text; write anything more by hand")


def _refuse_another(change: Change, wrong: Wrong) -> None:
    """Refuse to correct what was corrected to another value, where nothing tells two places of it apart."""
    for each in change.entry.front_matter.corrections:
        if each.was == wrong.was and each.now not in {None, wrong.now}:
            hint = f"`--was {quote(str(each.now))}` corrects that; more of its words as --was mean another place"
            raise EntryError(f"{wrong.was!r} was corrected to {each.now} already", hint=hint, path=change.path)


# --- the record -------------------------------------------------------------------------------------------------------


def _is_complete(matter: FrontMatter, index: int) -> bool:
    return matter.corrections[index].now is not None


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
        # A reason that the note gives stands in its words as well; the one that is given now would be lost.
        if value is not None and (key == "reason" or getattr(corrections[index], key) is None):
            raw = edits.set_value(raw, change.path, ("corrections", index, key), value)
    return replace(change, raw=raw), index


# --- where it stands --------------------------------------------------------------------------------------------------


def _stands_unstruck(change: Change, wrong: Wrong) -> bool:
    """Whether a value stands where nothing is struck: in an imported note, or in code, raw HTML or a formula."""
    matter = change.entry.front_matter
    if matter.imported is None:
        return bool(body.mentions(change.raw, change.path, wrong.was, among=_UNSTRUCK))
    # An imported note may say it in code or in a section of any length; a right value stands in a record alone.
    said = (each.now for each in matter.corrections)
    return wrong.was in said or any(_holds(text, wrong.was) for text in _words(change))


def _kept(change: Change, was: str) -> tuple[Mention, ...]:
    """Where a value stands and is not struck: in code, raw HTML or a formula, or in another spelling."""
    unstruck = body.mentions(change.raw, change.path, was, among=_UNSTRUCK)
    alike = body.mentions(change.raw, change.path, was, amounts.quotes, (Stands.WORDS, *_UNSTRUCK))
    others = {each for each in alike if each.text != was}
    return tuple(sorted({*unstruck, *others}, key=lambda each: each.start))


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
    for each in body.mentions(change.raw, change.path, wrong.was, amounts.equal, (Stands.WORDS, *_UNSTRUCK)):
        if each.text != wrong.was:
            said, hint = f"{wrong.was!r} stands there as {each.text!r}", f"give it so: `--was {quote(each.text)}`"
            raise EntryError(said, hint=hint, path=entry.path, line=each.line, column=each.column)
    if _holds(entry.front_matter.title, wrong.was):
        raise EntryError(f"{wrong.was!r} stands in the title alone", hint="change that by hand", path=entry.path)
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
