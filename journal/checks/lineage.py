"""Rules about what entries say of one another: which replaces which, and what rests on one that was replaced."""

from __future__ import annotations

import re
from functools import cache, partial
from itertools import islice, pairwise
from shlex import quote as shell
from typing import TYPE_CHECKING
from urllib.parse import quote

from journal.document import edits, original
from journal.index.circles import ORDERS, above, circles_in
from journal.index.held_results import held_results
from journal.index.named_runs import named_run, runs_by_name
from journal.index.quotes import Quotes
from journal.index.resting import Rests
from journal.model.entry import BUILDING, REPLACING
from journal.model.finding import Finding, Severity
from journal.model.life import REPLACED, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.checks.interface import Rule, Scene
    from journal.index.resting import Resting
    from journal.model.entry import Entry
    from journal.model.finding import Fix

_MOST_CIRCLES = 50


def resting(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """What rests on an entry that was superseded or invalid, or on a run of one, and has not dealt with it."""
    by_id, rests = _by_id(scene), None
    for old in filter(partial(_was_replaced, scene), scene.journal.entries):
        rests = rests or Rests(scene.journal)
        for each in rests.on(old.id):
            if each.path in scene.paths:
                yield _resting(rule, scene, old, by_id[each.entry_id], each)


def _was_replaced(scene: Scene, entry: Entry) -> bool:
    by = scene.journal.relations.by
    return entry.front_matter.status in REPLACED or any(by(relation, entry.id) for relation in REPLACING)


def _resting(rule: Rule, scene: Scene, old: Entry, entry: Entry, why: Resting) -> Finding:
    relations = scene.journal.relations
    invalid = relations.by("invalidates", old.id)
    new = [*invalid, *relations.by("supersedes", old.id)]
    is_invalid = bool(invalid) or old.front_matter.status is Status.INVALID
    fate = "is invalid" if is_invalid else "was superseded"
    by = f" (by {new[0]})" if new else ""
    hint = (
        f"once it is put right, `journal link {entry.id} --related {new[0]}`, or `--follows {new[0]}`"
        if new
        else f"say what takes its place: `journal supersede {old.id} NEW`"
    )
    location, is_relation = _location(entry, old)
    said = f"rests on {old.id}, which {fate}{by}: it {why.why}"
    found = rule.finding(entry.path, said, place=scene.at(entry, *location), hint=hint)
    # The run of an entry that says the same in a better way is still a run; one of an invalid entry may be no good.
    return found if is_relation or is_invalid else found.model_copy(update={"severity": Severity.NOTE})


def _location(entry: Entry, old: Entry) -> tuple[tuple[str | int, ...], bool]:
    """Where in its front matter an entry names another or its run, and whether it is the other."""
    matter = entry.front_matter
    for relation in BUILDING:
        named = getattr(matter, relation)
        if old.id in named:
            return (relation, named.index(old.id)), True
    runs = runs_by_name(old)
    shared = (index for index, ref in enumerate(matter.runs) if named_run(ref.id) in runs)
    return ("runs", next(shared, 0), "id"), False


def quoted(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Values that a related entry has corrected, and that stand unchanged."""
    read = cache(lambda path: scene.journal.document(path).render())
    for entry, correction, each in Quotes(scene.journal, read).repeated():
        if each.path in scene.paths:
            now = f"to {correction.now}" if correction.now is not None else "as wrong"
            said = f"{correction.was} was corrected {now} in {entry.id} ({', '.join(each.related_by)})"
            hint = f"change it, or `journal correct {each.id} --was {shell(each.text)} --now NEW --reason WHY`"
            yield rule.finding(each.path, said, place=(each.line, each.column), hint=hint)


def disagreeing(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Entries whose status is not what others say of them."""
    relations = scene.journal.relations
    for entry in scene.entries:
        status = entry.front_matter.status
        invalid, superseded = (relations.by(name, entry.id) for name in ("invalidates", "supersedes"))
        by = (invalid or superseded)[:1]
        if by:
            expected = Status.INVALID if invalid else Status.SUPERSEDED
            verb = "invalidates" if invalid else "supersedes"
            said = f"{by[0]} {verb} it, but its status is {status or 'not given'}"
            hint = f"set `status: {expected}`; `journal supersede` writes both sides"
            wrong = status is not expected
            fix = _replaced(scene, entry, expected) if wrong else None
        else:
            fix = None
            verb = "invalidates" if status is Status.INVALID else "supersedes"
            said = f"its status is {status}, but no entry {verb} it"
            hint = f"`journal supersede {entry.id} NEW` writes both sides"
            wrong = status in REPLACED
        if wrong:
            yield rule.finding(entry.path, said, place=scene.at(entry, "status"), hint=hint, fix=fix)


def _replaced(scene: Scene, entry: Entry, status: Status) -> Fix | None:
    """The other side of what a newer entry says of it."""
    said = f"set `status: {status}`"
    return scene.fix(entry, said, lambda raw: edits.set_value(raw, entry.path, ("status",), str(status)))


def circles(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Entries that lead back to themselves by relations that cannot lead in a circle."""
    by_id = _by_id(scene)
    told: set[frozenset[str]] = set()
    for order in ORDERS:
        named = {id_: _named(entry, order, by_id) for id_, entry in by_id.items()}
        for circle in islice(circles_in(sorted(named), named.__getitem__), _MOST_CIRCLES):
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                yield from _circle(rule, scene, circle, named, by_id)


def _named(entry: Entry, order: Sequence[str], by_id: Mapping[str, Entry]) -> dict[str, str]:
    named = above(entry.front_matter, order).items()
    return {target: relation for target, relation in named if target in by_id}


def _circle(
    rule: Rule, scene: Scene, circle: Sequence[str], named: Mapping[str, Mapping[str, str]], by_id: Mapping[str, Entry]
) -> Iterator[Finding]:
    """A circle, told at the first of its entries that are asked for."""
    ours = [place for place, id_ in enumerate(circle) if by_id[id_].path in scene.paths]
    if not ours:
        return
    first = min(ours, key=lambda place: by_id[circle[place]].path)
    turned = [*circle[first:], *circle[:first], circle[first]]
    ways = [named[id_][next_] for id_, next_ in pairwise(turned)]
    entry, relation = by_id[turned[0]], ways[0]
    place = scene.at(entry, relation, getattr(entry.front_matter, relation).index(turned[1]))
    does = "replaces" if set(ways) <= {*REPLACING} else "builds on"
    hint = "each may name older ones alone: take one of these relations away"
    yield rule.finding(entry.path, f"{does} itself: {' -> '.join(turned)}", place=place, hint=hint)


def held_elsewhere(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Pending results that stand in a follow-up."""
    for held in held_results(scene.journal):
        if held.entry.path in scene.paths and not held.is_known:
            id_, by = held.entry.id, held.holders[-1].id
            said = f"its result is pending here and stands in {by}"
            hint = f"say so here: `journal update {id_}`, or `journal link {id_} --related {by}`"
            yield rule.finding(held.entry.path, said, place=(held.line, 1), hint=hint)


def twins(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Entries that hold the same words, as a rename that was stopped half-way leaves them."""
    for alike in _alike(scene.journal.entries):
        for same in _by_words(scene, alike):
            ours = next((entry for entry in same if entry.path in scene.paths), None)
            if ours is not None and len(same) > 1:
                others = ", ".join(entry.id for entry in same if entry is not ours)
                hint = "a rename that was stopped is finished by doing it again; else remove one of them"
                yield rule.finding(ours.path, f"holds the same words as {others}", hint=hint)


def _alike(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Entries of one title and time, or of one imported note."""
    groups: dict[tuple[str, str | None], list[Entry]] = {}
    for entry in entries:
        matter, origin = entry.front_matter, entry.front_matter.imported
        key = (origin.sha256, origin.bytes_) if origin else (matter.title, matter.created.isoformat())
        groups.setdefault(key, []).append(entry)
    return [group for group in groups.values() if len(group) > 1]


def _by_words(scene: Scene, alike: Sequence[Entry]) -> Iterable[list[Entry]]:
    """Those of some entries, in path order, that hold the same words, but for links to one another."""
    ids = sorted((spelt for entry in alike for spelt in {entry.id, quote(entry.id)}), key=len, reverse=True)
    own = re.compile(b"|".join(re.escape(id_.encode()) for id_ in ids))
    found: dict[bytes, list[Entry]] = {}
    for entry in sorted(alike, key=lambda each: each.path):
        words = own.sub(b"", original.body_of(scene.raw(entry), entry.front_matter))
        found.setdefault(words, []).append(entry)
    return found.values()


def _by_id(scene: Scene) -> dict[str, Entry]:
    return {entry.id: entry for entry in scene.journal.entries}
