"""The rule about pages that list entries by hand, and drift: entries that are missing, gone, or stand otherwise."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.index.hand_lists import hand_lists
from journal.model.finding import Finding, Severity
from journal.model.life import CLOSED, Status
from journal.model.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene
    from journal.index.hand_lists import HandList, Item
    from journal.model.entry import Entry

_MOST_NAMED = 5
_NEARLY_ALL = 0.5
"""From which share on of a folder's entries a page is meant to list them all."""
_BY_TITLE = 0.75
"""From which share on of its links a page is meant to show titles."""
_FEWEST = 5
_STATUS = frozenset({"status", "state", "状态"})
_CREATED = frozenset({"date", "created", "day", "日期", "创建"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _drifted(rule: Rule, scene: Scene) -> Iterator[Finding]:
    if not scene.paths >= set(scene.journal.paths):
        return
    by_path = {entry.path: entry for entry in scene.journal.entries}
    known = set(scene.journal.paths)
    for page in hand_lists(scene.journal.config):
        shows_titles = _shows_titles(page, by_path)
        for item in page.items:
            if item.path not in known:
                said = f"lists {posixpath.basename(item.path)}, which is not there"
                yield rule.finding(page.path, said, place=(item.line, 1), hint="take it out, or lead it elsewhere")
            elif item.path in by_path:
                for said in _otherwise(item, by_path[item.path], shows_titles=shows_titles):
                    hint = "put it right; `journal list` and the site tell what entries say of themselves"
                    yield rule.finding(page.path, said, place=(item.line, 1), hint=hint)
        missing = _missing(page, by_path)
        if missing:
            place = (page.items[-1].line, 1)
            said = f"lists most entries, but not {listed([entry.id for entry in missing], _MOST_NAMED)}"
            yield rule.finding(page.path, said, place=place, hint="add them; the site lists all by itself")


def _missing(page: HandList, by_path: dict[str, Entry]) -> list[Entry]:
    """The entries that a page lacks, if it lists most of those beside them; none that nobody awaits anything of."""
    folders = {posixpath.dirname(item.path) for item in page.items}
    asked = [entry for path, entry in sorted(by_path.items()) if posixpath.dirname(path) in folders]
    open_ = [entry for entry in asked if entry.front_matter.status not in CLOSED]
    there = [entry for entry in open_ if entry.path in page.linked]
    is_meant = len(there) >= _FEWEST and len(there) >= _NEARLY_ALL * len(open_)
    return [entry for entry in open_ if entry.path not in page.linked] if is_meant else []


def _shows_titles(page: HandList, by_path: dict[str, Entry]) -> bool:
    known = [item for item in page.items if item.path in by_path]
    same = [item for item in known if _bare(item.text) == _bare(by_path[item.path].title)]
    return len(same) >= _FEWEST and len(same) >= _BY_TITLE * len(known)


def _otherwise(item: Item, entry: Entry, *, shows_titles: bool) -> Iterator[str]:
    """What a page says of an entry that it does not say of itself."""
    if shows_titles and _bare(item.text) != _bare(entry.title):
        yield f"calls {entry.id} {item.text!r}, and its title is {entry.title!r}"
    matter = entry.front_matter
    for heading, words in item.cells.items():
        status = _status(words) if heading in _STATUS else None
        if status is not None and matter.status is not None and status is not matter.status:
            yield f"says that {entry.id} is {status}, and it is {matter.status}"
        day = _DAY.fullmatch(words) if heading in _CREATED else None
        days = {str(matter.created.day), entry.id[:10], *(str(update.at.day) for update in matter.updates)}
        if day is not None and day[0] not in days:
            yield f"dates {entry.id} {day[0]}, and it was created {matter.created.day}"


def _status(words: str) -> Status | None:
    bare = words.casefold().strip(" .*_`()")
    return Status(bare) if bare in {*Status} else None


def _bare(text: str) -> str:
    """A title's words alone."""
    return " ".join(re.findall(r"\w+", text.casefold()))


RULES = (Rule("IDX001", Severity.WARNING, "a list of entries by hand that has drifted", _drifted),)
