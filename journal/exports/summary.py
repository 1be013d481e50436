"""What changed in a journal, as Markdown for a pull request: small tables, and nothing in them that could be markup."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from journal.model.evidence_change import Fate
from journal.model.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.model.evidence_change import BlockChange, CellChange, EntryChange, JournalChange, VerdictChange

MARKER = "<!-- journal:summary -->"
"""The first line, by which a comment is found again. It is for pull requests alone: in an entry it would be a block."""

NOTHING = "<!-- nothing changed -->"
"""The second line, where there is nothing to tell."""

LARGEST = 65_000
"""Bytes of the longest summary; GitHub takes comments of 65,536 characters."""

_RESERVE = 600
_OPEN_UP_TO = 10
_LONGEST = 160
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_FENCES = re.compile("`+")
_ESCAPED_PIPE = re.compile(r"\\+(?=\|)")

_FATES = {
    "changed": "changed",
    "new": "new",
    "gone": "gone",
    "states": "in another state",
    "verdicts": "with another verdict",
    "problems": "not readable",
}


def summary(change: JournalChange, largest: int = LARGEST) -> str:
    """What changed, as Markdown of which every part that somebody else wrote stands in a code span.

    Args:
        change: What changed.
        largest: How many bytes it may have, at least 2,000; what does not fit is counted at the end.
    """
    since = code(change.since[:7])
    if not change.entries:
        return f"{MARKER}\n{NOTHING}\n### Numbers of the journal\n\nNone changed since {since}.\n"
    page = _Page(largest - _RESERVE)
    page.put(f"{MARKER}\n### Numbers of the journal\n\n{_counts(change)} since {since}.\n")
    for entry in change.entries:
        for head, rows in _pieces(entry):
            page.table(head, rows)
    if page.left:
        more = counted(page.left, "more line")
        page.parts.append(f"\n…and {more}, for which there is no room here: `journal changes {change.since[:12]}`\n")
    return "".join(page.parts)


def code(text: str) -> str:
    r"""Text as a code span on one line, in which no host looks for markup, links, names or numbers of issues.

    Examples:
        >>> code("a|b"), code("`x`"), code("")
        ('`a\\|b`', '`` `x` ``', '` `')
    """
    held = _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    held = held if len(held) <= _LONGEST else held[: _LONGEST - 1] + "…"
    held = _ESCAPED_PIPE.sub("\N{REPLACEMENT CHARACTER}", held).replace("|", "\\|") or " "
    fence = "`" * (max(map(len, _FENCES.findall(held)), default=0) + 1)
    pad = " " if held[0] == "`" or held[-1] == "`" else ""
    return f"{fence}{pad}{held}{pad}{fence}"


# --- what is told, in pieces ------------------------------------------------------------------------------------------


def _counts(change: JournalChange) -> str:
    """`2 entries: 3 numbers changed, 1 new`."""
    counts = {name: number for name, number in change.counts.items() if number}
    nouns = {"states": "block", "verdicts": "verdict", "problems": "file"}
    told = []
    for name, number in counts.items():
        noun = nouns.get(name, "number")
        words = {"states": "in another state", "verdicts": "changed"}.get(name, _FATES[name])
        told.append(f"{counted(number, noun)} {words}")
    return counted(len(change.entries), "entry") + (f": {', '.join(told)}" if told else "")


def _pieces(entry: EntryChange) -> Iterator[tuple[str, list[str]]]:
    """Heads, each with its lines: of a table, or a list."""
    yield f"\n#### {code(entry.title)}\n\n{code(entry.path)}{_fate(entry)}\n", []
    if entry.problems:
        yield "\n", [f"- not readable {code(said)}\n" for said in entry.problems]
    for _, blocks in groupby(entry.blocks, key=lambda block: block.kind == "value" and not block.turned):
        yield from _of_blocks(list(blocks))
    if entry.verdicts:
        head = "\n| verdict | before | now |\n|---|---|---|\n"
        yield head, [_verdict(each) for each in entry.verdicts]


def _of_blocks(blocks: Sequence[BlockChange]) -> Iterator[tuple[str, list[str]]]:
    """Each block with its table; cited values that stand in one row share one."""
    if blocks[0].kind == "value" and not blocks[0].turned:
        rows = [
            _row((cell.row, block.name.removeprefix(f"{cell.row} ")), cell) for block in blocks for cell in block.cells
        ]
        yield "\n**cited values**\n\n| run | value | before | now |\n|---|---|--:|--:|\n", rows
        return
    for block in blocks:
        name = "" if block.name == block.kind else f" {code(block.name)}"
        yield f"\n**{_kind(block)}**{name}{_turn(block)}\n", []
        if block.cells:
            rows = [_row((cell.row, cell.column), cell) for cell in block.cells]
            yield "\n| row | column | before | now |\n|---|---|--:|--:|\n", rows


def _fate(entry: EntryChange) -> str:
    if entry.change is Fate.RENAMED and entry.former is not None:
        return f", renamed from {code(entry.former)}"
    return f", {entry.change}" if entry.change in {Fate.NEW, Fate.GONE} else ""


def _kind(block: BlockChange) -> str:
    return block.kind if block.kind.isalpha() else "block"


def _turn(block: BlockChange) -> str:
    """What became of a block as a whole."""
    if block.change is not Fate.CHANGED:
        state = f", {block.state_after}" if block.state_after is not None else ""
        return f": new{state}" if block.change is Fate.NEW else ": gone"
    turn = [f"{block.state_before} → {block.state_after}"] if block.turned else []
    turn += ["its text changed, its numbers did not"] if block.reworded else []
    return f": {'; '.join(turn)}" if turn else ""


def _row(labels: tuple[str, str], cell: CellChange) -> str:
    before, after = cell.told
    texts = [code(label) if label else "" for label in labels]
    texts += ["*new*" if before is None else code(before), "*gone*" if after is None else code(after)]
    return f"| {' | '.join(texts)} |\n"


def _verdict(change: VerdictChange) -> str:
    before, after = _said(change.before, change.value_before), _said(change.after, change.value_after)
    reason = f" ({code(change.reason)})" if change.reason else ""
    return f"| {change.on} {code(change.name)} | {before} | {after}{reason} |\n"


def _said(verdict: str | None, value: float | None) -> str:
    return "*none*" if verdict is None else verdict + (f" {code(repr(value))}" if value is not None else "")


# --- what fits --------------------------------------------------------------------------------------------------------


@dataclass
class _Page:
    """Parts of a text that has room for so many bytes.

    Attributes:
        room: Bytes that are left.
        parts: What stands there.
        left: Lines that had no room.
    """

    room: int
    parts: list[str] = field(default_factory=list)
    left: int = 0
    _is_open: bool = False

    def put(self, text: str) -> bool:
        """Add a text if nothing was left out before and there is room."""
        size = len(text.encode())
        if self.left or size > self.room:
            return False
        self.parts.append(text)
        self.room -= size
        return True

    def table(self, head: str, rows: Sequence[str]) -> None:
        """Add a head and its lines, folded up where they are many; count what has no room."""
        fold = len(rows) > _OPEN_UP_TO
        opening = f"\n<details><summary>{len(rows)} lines</summary>\n{head}" if fold else head
        if not self.put(opening):
            self.left += len(rows) or 1
            return
        self._is_open = fold
        for number, row in enumerate(rows):
            if not self.put(row):
                self.left += len(rows) - number
                break
        self.close()

    def close(self) -> None:
        """End what is folded up."""
        if self._is_open:
            self.parts.append("\n</details>\n")
            self._is_open = False
