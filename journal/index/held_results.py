"""Results that an entry still waits for and that stand in a follow-up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.document.synonyms import RESULTS, canonical
from journal.index.named_runs import runs_by_name
from journal.model.entry import RELATIONS, Role
from journal.model.life import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.index.journal import Journal
    from journal.model.entry import Block, Entry, Section

_PENDING = re.compile(r"\bTBD\b")
_DIGIT = re.compile(r"\d")
_WAITS = re.compile(
    r"[\s*_`>(-]*(?:tb[dac]\b|to be (?:determined|done|added|filled|measured)\b|to come\b|not yet\b|pending\b"
    r"|待定|待补|待填|待更新|待测|暂无|尚无|还没)",
    re.IGNORECASE,
)
_NO_RESULT = frozenset({"runs", "diff"})
_BORROWED = frozenset({Role.BASELINE, Role.REFERENCE})
_CLOSED = frozenset({Status.SUPERSEDED, Status.INVALID, Status.ABANDONED})


@dataclass(frozen=True)
class Held:
    """An entry that waits for a result, and the follow-ups that hold it.

    Attributes:
        entry: The one that waits.
        line: Where it does.
        holders: The follow-ups, oldest first.
    """

    entry: Entry
    line: int
    holders: tuple[Entry, ...]


def held_results(journal: Journal) -> tuple[Held, ...]:
    """The entries whose result is pending here and stands in a follow-up, in path order.

    A follow-up is an entry that says `results_of`, or one that `follows` and is about a run of the other. An entry is
    left out that names the follow-up itself, was updated since, or was superseded, invalidated or abandoned.
    """
    by_id = {entry.id: entry for entry in journal.entries}
    found: dict[str, list[Entry]] = {}
    for entry in reversed(journal.entries):
        for target in _continued(entry, by_id):
            if _waits(target) is not None and not _knows(target, entry) and _holds_results(entry):
                found.setdefault(target.id, []).append(entry)
    held = [Held(by_id[id_], _waits(by_id[id_]) or 1, tuple(holders)) for id_, holders in found.items()]
    return tuple(sorted(held, key=lambda each: each.entry.path))


def waiting_section(entry: Entry) -> Section | None:
    """The first section of results that holds nothing, or begins by saying that its result is still to come."""
    return next((section for section in _results(entry) if _is_open(section)), None)


def _continued(entry: Entry, by_id: dict[str, Entry]) -> Iterator[Entry]:
    """The entries whose results this one may hold."""
    matter = entry.front_matter
    for id_ in dict.fromkeys((*matter.results_of, *matter.follows)):
        target = by_id.get(id_)
        if target is not None and target is not entry and (id_ in matter.results_of or _shares_runs(entry, target)):
            yield target


def _shares_runs(entry: Entry, target: Entry) -> bool:
    own = {name for name, ref in runs_by_name(target).items() if ref.role not in _BORROWED}
    return not own.isdisjoint(runs_by_name(entry))


def _knows(entry: Entry, follow_up: Entry) -> bool:
    """Whether a reader of the entry is told of the follow-up."""
    matter = entry.front_matter
    last = matter.last_update
    named = any(follow_up.id in getattr(matter, relation) for relation in RELATIONS)
    return named or (last is not None and not last.at < follow_up.front_matter.created)


def _waits(entry: Entry) -> int | None:
    """The line where an entry waits for a result; None if it does not."""
    if entry.front_matter.status in _CLOSED:
        return None
    places = [block.line for block in entry.blocks if block.kind not in _NO_RESULT and _is_pending(block)]
    places += [cited.line for cited in entry.citations if not _DIGIT.search(cited.text)]
    section = waiting_section(entry)
    places += [section.line] if section is not None else []
    return min(places, default=None)


def _is_pending(block: Block) -> bool:
    return not block.filled or _PENDING.search(block.body) is not None


def _results(entry: Entry) -> list[Section]:
    return [section for section in entry.sections if canonical(section.heading) == RESULTS]


def _is_open(section: Section) -> bool:
    text = _without_comments(section.text).strip()
    # An empty block tells for itself that it waits.
    return _WAITS.match(text) is not None if text else "<!-- journal:" not in section.text


def _holds_results(entry: Entry) -> bool:
    return (
        any(_has_numbers(block) for block in entry.blocks if block.kind not in _NO_RESULT)
        or any(_DIGIT.search(cited.text) for cited in entry.citations)
        or any(not _is_open(section) and not _is_block_alone(section) for section in _results(entry))
    )


def _has_numbers(block: Block) -> bool:
    """Whether a cell of a filled block holds a number, beside the labels of rows and columns."""
    rows = [line.strip().strip("|").split("|") for line in block.body.splitlines() if line.lstrip().startswith("|")]
    return block.filled and any(_DIGIT.search(cell) for row in rows[2:] for cell in row[1:])


def _is_block_alone(section: Section) -> bool:
    """Whether a section holds tables alone, which tell for themselves whether they are filled."""
    words = (line for line in _without_comments(section.text).splitlines() if line.strip())
    return all(line.lstrip().startswith(("|", "*", "_")) for line in words)


def _without_comments(text: str) -> str:
    *parts, last = text.split("-->")
    return "".join([*(part.partition("<!--")[0] for part in parts), last])
