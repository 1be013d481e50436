"""Rules about dates: in the future, a year off, and against git, the file's name or one another."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.errors import SourceError
from journal.model.entry import COMPARED_WITH
from journal.model.finding import Finding, Severity
from journal.model.when import When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene
    from journal.model.entry import Entry, Section

    Place = tuple[int | str, ...]

_DAY = timedelta(days=1)
_STEM = re.compile(r"\d{4}-\d{2}-\d{2}(?=-|\Z)")
_UPDATE = re.compile(
    r"[\W_]*(?:[A-Za-z]+ )?(?:updated?|addendum|edit(?:ed)?|correction|erratum|postscript|更新|补充|更正|修正|勘误)"
    r"[^\w]{1,4}(?P<day>\d{4}-\d{2}-\d{2})(?!\d)",
    re.IGNORECASE,
)
_ALIKE = timedelta(days=3)
"""How far two dates that were meant to be the same may lie apart, in another year."""
_WRITTEN_UP = timedelta(days=14)
"""How long after it was begun, and its file named, an entry may be written."""
_MOST_OF_A_YEAR = timedelta(days=300)
_NEAR = timedelta(days=31)
"""How far from an entry's time its runs and its first commit usually lie."""
_NEW_YEAR = (1, 2)
"""The months in which people write the old year."""


# --- the future -------------------------------------------------------------------------------------------------------


def _in_future(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        for what, when, location in _times(entry):
            if _is_ahead(scene, when):
                yield rule.finding(
                    entry.path,
                    f"{what} {when}, which is still to come",
                    place=scene.at(entry, *location),
                    hint="write when it was",
                )
        for section, when in _updates(entry):
            if _is_ahead(scene, when):
                said = f"the heading {section.heading!r} names a day that is still to come"
                yield rule.finding(entry.path, said, place=(section.line, 1), hint=_of_heading(entry, section.line))


def _times(entry: Entry) -> Iterator[tuple[str, When, Place]]:
    matter = entry.front_matter
    yield "created", matter.created, ("created",)
    yield from (("updated", each.at, ("updates", place, "at")) for place, each in enumerate(matter.updates))
    for place, correction in enumerate(matter.corrections):
        if correction.at is not None:
            yield "corrected", correction.at, ("corrections", place, "at")
    for place, review in enumerate(matter.reviews):
        if review.at is not None:
            yield "reviewed", review.at, ("reviews", place, "at")


def _is_ahead(scene: Scene, when: When) -> bool:
    """Whether a time is surely to come: a clock may be ahead, an hour rounded, and a day have begun elsewhere."""
    begins = when.moment - _DAY
    scene.holds_until(begins)
    return begins > scene.now


def _updates(entry: Entry) -> Iterator[tuple[Section, When]]:
    """The sections whose headings say that they are updates, with the day that they name."""
    for section in entry.sections:
        found = _UPDATE.match(section.heading)
        if found is not None:
            with suppress(ValueError):
                yield section, When(found["day"])


def _of_heading(entry: Entry, line: int) -> str:
    if entry.front_matter.imported is None:
        return "write the day that it was"
    return f"line {line} is of the imported words: `journal correct {entry.id}` says what is right"


# --- a year off -------------------------------------------------------------------------------------------------------


def _year_off(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        created, named = entry.front_matter.created, _stem_day(entry)
        hint = "one of the two years is wrong: mend `created`, or `journal rename` the entry"
        if named is not None and _is_other_year(created.day, named):
            said = f"created {created}, and its file is named for {named}: a year apart"
            found = rule.finding(entry.path, said, place=scene.at(entry, "created"), hint=hint)
            yield found.model_copy(update={"severity": Severity.ERROR})
        elif (witness := _witness(scene, entry)) is not None:
            said = f"created {created}, but {witness}: a year later"
            hint = "if the year is wrong, mend `created`"
            yield rule.finding(entry.path, said, place=scene.at(entry, "created"), hint=hint)


def _stem_day(entry: Entry) -> date | None:
    found = _STEM.match(entry.id)
    with suppress(ValueError):
        return date.fromisoformat(found[0]) if found else None
    return None


def _is_other_year(one: date, other: date) -> bool:
    """Whether two dates lie a year apart, by month and day."""
    if abs(one - other) < _MOST_OF_A_YEAR:
        return False
    return any(abs(_in_year(one, one.year + by) - other) <= _ALIKE for by in (-1, 1))


def _in_year(day: date, year: int) -> date:
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=min(max(year, date.min.year), date.max.year), day=last)


def _witness(scene: Scene, entry: Entry) -> str | None:
    """What tells that an entry is of the year after the one that it says, in words."""
    matter = entry.front_matter
    if matter.updates:
        return None
    there = _in_year(matter.created.day, matter.created.day.year + 1)
    if not _has_come(scene, there - _NEAR):
        return None
    first = _first_commit(scene, entry)
    committed = first is not None and there - _ALIKE <= first.date() <= there + _NEAR
    started = _started(scene, entry)
    ran = bool(started) and all(abs(each - there) <= _NEAR for each in started)
    if ran and (committed or first is None):
        return f"its runs started from {min(started)} on"
    if committed and first is not None and not started and matter.created.day.month in _NEW_YEAR:
        return f"it was first committed on {first.date()}"
    return None


def _has_come(scene: Scene, day: date) -> bool:
    """Whether something may have happened on a day; most entries are younger than a year."""
    begins = datetime.combine(day, time(), UTC) - _DAY
    scene.holds_until(begins)
    return begins <= scene.now


def _first_commit(scene: Scene, entry: Entry) -> datetime | None:
    """When an entry was committed by itself; None where that cannot be told, and for an imported note."""
    beginnings = scene.beginnings()
    known = beginnings.whole and entry.path in beginnings.few and entry.front_matter.imported is None
    return beginnings.added[entry.path] if known else None


def _started(scene: Scene, entry: Entry) -> list[date]:
    """The days on which the runs that an entry is about started."""
    found = []
    for ref in entry.front_matter.runs:
        with suppress(SourceError):
            head = scene.sources.find(ref.id)
            if ref.role not in COMPARED_WITH and head.started is not None:
                found.append(head.started.date())
    return found


# --- against one another ----------------------------------------------------------------------------------------------


def _unlike_name(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        created, named = entry.front_matter.created, _stem_day(entry)
        if named is None or abs(created.day - named) <= _WRITTEN_UP or _is_other_year(created.day, named):
            continue
        yield rule.finding(
            entry.path,
            f"created {created}, but its file is named for {named}",
            place=scene.at(entry, "created"),
            hint=f"mend `created`, or `journal rename {entry.id} {created.day}{entry.id[len(str(named)) :]}`",
        )


def _committed_before(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        if entry.front_matter.imported is not None or scene.repository is None:
            continue
        created, first = entry.front_matter.created, scene.beginnings().added.get(entry.path)
        if first is None:
            scene.holds_until(scene.now + _DAY)  # it may be committed any time
        elif created.moment - _DAY > first.astimezone(UTC) and not _is_ahead(scene, created):
            yield rule.finding(
                entry.path,
                f"created {created}, but it was committed already on {first.date()}",
                place=scene.at(entry, "created"),
                hint="`created` is when the entry was written; what was added later is an update",
            )


def _update_before(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        matter = entry.front_matter
        created = datetime.combine(matter.created.day, time(), UTC)
        hint = "mend the day, or `created`"
        for place, update in enumerate(matter.updates):
            if update.at.moment + _DAY < created:
                said = f"updated {update.at}, before it was created, {matter.created}"
                yield rule.finding(entry.path, said, place=scene.at(entry, "updates", place, "at"), hint=hint)
        for section, when in _updates(entry) if matter.imported is None else ():
            if when.moment + _DAY < created:
                said = f"the heading {section.heading!r} names a day before the entry was created, {matter.created}"
                yield rule.finding(entry.path, said, place=(section.line, 1), hint=hint)


RULES = (
    Rule("DAT001", Severity.ERROR, "a time in the future", _in_future, own=True),
    Rule("DAT002", Severity.WARNING, "a time that is a year off", _year_off, own=True),
    Rule("DAT003", Severity.WARNING, "a file named for another day than it was created", _unlike_name, own=True),
    Rule("DAT004", Severity.WARNING, "an entry committed before it says it was created", _committed_before, own=True),
    Rule("DAT005", Severity.WARNING, "an update dated before its entry", _update_before, own=True),
)
