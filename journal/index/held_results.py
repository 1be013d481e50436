"""Results that an entry still waits for and that stand in a follow-up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from journal.document import plain_yaml
from journal.document.plain_yaml import Source
from journal.document.synonyms import RESULTS, canonical
from journal.errors import EntryError
from journal.index.named_runs import runs_by_name
from journal.model.entry import COMPARED_WITH, RELATIONS
from journal.model.life import CLOSED

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
_METRIC = re.compile(r"\(\s*([^(),\s]+)")
_ASKING = ("metrics", "values", "metric", "with")


@dataclass(frozen=True)
class Held:
    """An entry that waits for a result, and the follow-ups that hold it.

    Attributes:
        entry: The one that waits.
        lines: Where it does, and they hold what is missing there.
        holders: The follow-ups, oldest first.
        is_known: Whether the entry tells its readers of them: it names them, or was updated since.
    """

    entry: Entry
    lines: tuple[int, ...]
    holders: tuple[Entry, ...]
    is_known: bool

    @property
    def line(self) -> int:
        """The first of the lines."""
        return self.lines[0]


@dataclass(frozen=True)
class _Place:
    """A block, a cited value or a section, where a result stands or is missing; and the metrics that it asks for."""

    line: int
    metrics: frozenset[str] = frozenset()


def held_results(journal: Journal) -> tuple[Held, ...]:
    """The entries whose result is pending here and stands in a follow-up, in path order.

    A follow-up is an entry that says `results_of`, or one that `follows` and is about a run of the other. It holds a
    result if it has numbers or words of results, and does not itself wait for one of the metrics that the other one
    waits for. Entries that were superseded, invalidated or abandoned wait for nothing.
    """
    by_id = {entry.id: entry for entry in journal.entries}
    found: dict[tuple[str, bool], dict[str, tuple[int, ...]]] = {}
    for entry in reversed(journal.entries):
        for target in _continued(entry, by_id):
            lines = tuple(place.line for place in _missing(target) if _answers(entry, place))
            if lines:
                found.setdefault((target.id, _knows(target, entry)), {})[entry.id] = lines
    held = [
        Held(by_id[id_], tuple(sorted({*chain(*by.values())})), tuple(by_id[each] for each in by), is_known)
        for (id_, is_known), by in found.items()
    ]
    return tuple(sorted(held, key=lambda each: (each.entry.path, each.is_known)))


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
    own = {name for name, ref in runs_by_name(target).items() if ref.role not in COMPARED_WITH}
    return not own.isdisjoint(runs_by_name(entry))


def _knows(entry: Entry, follow_up: Entry) -> bool:
    """Whether a reader of the entry is told of the follow-up."""
    matter = entry.front_matter
    last = matter.last_update
    named = any(follow_up.id in getattr(matter, relation) for relation in RELATIONS)
    return named or (last is not None and not last.at < follow_up.front_matter.created)


def _missing(entry: Entry) -> Iterator[_Place]:
    """Where an entry waits for a result."""
    if entry.front_matter.status not in CLOSED:
        yield from _asked(entry, are_there=False)
        section = waiting_section(entry)
        yield from [_Place(section.line)] if section is not None else ()


def _asked(entry: Entry, *, are_there: bool) -> Iterator[_Place]:
    """The blocks and cited values that show a result, or else those that wait for one."""
    for block in entry.blocks:
        if block.kind not in _NO_RESULT and (_has_numbers(block) if are_there else _is_pending(block)):
            yield _Place(block.line, _metrics_of(block))
    for cited in entry.citations:
        if (_DIGIT.search(cited.text) is not None) == are_there:
            yield _Place(cited.line, frozenset(_names(cited.expression)))


def _metrics_of(block: Block) -> frozenset[str]:
    """The metrics that a block's spec names; none where it cannot be read, which `check` tells."""
    try:
        spec = plain_yaml.read(Source(block.spec, block.spec_line, "", EntryError)).plain()
    except EntryError:
        return frozenset()
    asked = spec.items() if isinstance(spec, dict) else ()
    return frozenset(name for key, value in asked if key in _ASKING for name in _names(value))


def _names(asked: object) -> Iterator[str]:
    """The metrics in what is asked for: a name, an expression, or any list or mapping of these."""
    if isinstance(asked, dict):
        asked = list(asked.values())
    if isinstance(asked, list):
        for each in asked:
            yield from _names(each)
    elif isinstance(asked, str):
        yield from _METRIC.findall(asked) or [asked]


def _is_pending(block: Block) -> bool:
    return not block.filled or _PENDING.search(block.body) is not None


def _results(entry: Entry) -> list[Section]:
    return [section for section in entry.sections if canonical(section.heading) == RESULTS]


def _is_open(section: Section) -> bool:
    text = _without_comments(section.text).strip()
    # An empty block tells for itself that it waits.
    return _WAITS.match(text) is not None if text else "<!-- journal:" not in section.text


def _answers(entry: Entry, place: _Place) -> bool:
    """Whether a follow-up holds what is missing at a place of the other."""
    if any(place.metrics & each.metrics for each in _asked(entry, are_there=False)):
        return False
    shown = _asked(entry, are_there=True)
    is_shown = any(not place.metrics or not each.metrics or place.metrics & each.metrics for each in shown)
    return is_shown or any(_tells(entry, section) for section in _results(entry))


def _tells(entry: Entry, section: Section) -> bool:
    """Whether a section of results has words about them, and nothing in it waits."""
    lines = range(section.line, section.line + section.text.count("\n") + 2)
    waits = any(_is_pending(block) and block.line in lines for block in entry.blocks if block.kind not in _NO_RESULT)
    is_said = not _is_open(section) and not _is_block_alone(section)
    return is_said and not waits and _PENDING.search(section.text) is None


def _has_numbers(block: Block) -> bool:
    """Whether a cell of a block in which nothing waits holds a number, beside the labels of rows and columns."""
    rows = [line.strip().strip("|").split("|") for line in block.body.splitlines() if line.lstrip().startswith("|")]
    is_whole = block.filled and not _is_pending(block)
    return is_whole and any(_DIGIT.search(cell) for row in rows[2:] for cell in row[1:])


def _is_block_alone(section: Section) -> bool:
    """Whether a section holds tables alone, which tell for themselves whether they are filled."""
    words = (line for line in _without_comments(section.text).splitlines() if line.strip())
    return all(line.lstrip().startswith(("|", "*", "_")) for line in words)


def _without_comments(text: str) -> str:
    *parts, last = text.split("-->")
    return "".join([*(part.partition("<!--")[0] for part in parts), last])
