"""Rules about what entries say of one another: which replaces which, and what rests on one that was replaced."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from journal.index.held_results import held_results
from journal.index.named_runs import named_run, runs_by_name
from journal.index.quotes import Quotes
from journal.index.resting import REPLACING, Rests
from journal.model.finding import Finding, Severity
from journal.model.life import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.checks.interface import Rule, Scene
    from journal.index.resting import Resting
    from journal.model.entry import Entry

_UPWARDS = ("follows", "results_of", "supersedes")
_RELATIONS = ("follows", "results_of")
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
    return _is_replaced(entry) or any(scene.journal.relations.by(name, entry.id) for name in REPLACING)


def _is_replaced(entry: Entry) -> bool:
    return entry.front_matter.status in {Status.SUPERSEDED, Status.INVALID}


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
    for relation in _RELATIONS:
        named = getattr(matter, relation)
        if old.id in named:
            return (relation, named.index(old.id)), True
    runs = runs_by_name(old)
    shared = (index for index, ref in enumerate(matter.runs) if named_run(ref.id) in runs)
    return ("runs", next(shared, 0), "id"), False


def quoted(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Values that a related entry has corrected, and that stand unchanged."""
    raws: dict[str, bytes] = {}

    def read(entry: Entry) -> bytes:
        if entry.path not in raws:
            raws[entry.path] = scene.raw(entry)
        return raws[entry.path]

    quotes = Quotes(scene.journal, read)
    for entry in scene.journal.entries:
        for correction in entry.front_matter.corrections:
            now = f"to {correction.now}" if correction.now is not None else "as wrong"
            for quote in quotes.of(entry, correction.was, related=True):
                if quote.related and quote.path in scene.paths:
                    said = f"{correction.was} was corrected {now} in {entry.id} ({', '.join(quote.related_by)})"
                    hint = f"change it, or `journal correct {quote.id} --was '{correction.was}' --now NEW --reason WHY`"
                    yield rule.finding(quote.path, said, place=(quote.line, quote.column), hint=hint)


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
        else:
            verb = "invalidates" if status is Status.INVALID else "supersedes"
            said = f"its status is {status}, but no entry {verb} it"
            hint = f"`journal supersede {entry.id} NEW` writes both sides"
            wrong = _is_replaced(entry)
        if wrong:
            yield rule.finding(entry.path, said, place=scene.at(entry, "status"), hint=hint)


def circles(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Entries that follow, hold results of or supersede one another in a circle."""
    by_id = _by_id(scene)
    above = {id_: _above(entry, by_id) for id_, entry in by_id.items()}
    for circle in islice(circles_in(above), _MOST_CIRCLES):
        ours = [place for place, id_ in enumerate(circle) if by_id[id_].path in scene.paths]
        if not ours:
            continue
        first = min(ours, key=lambda place: by_id[circle[place]].path)
        turned = [*circle[first:], *circle[:first], circle[first]]
        entry = by_id[turned[0]]
        relation = above[turned[0]][turned[1]]
        place = scene.at(entry, relation, getattr(entry.front_matter, relation).index(turned[1]))
        hint = "each may build on older ones alone: take one of these relations away"
        yield rule.finding(entry.path, f"builds on itself: {' -> '.join(turned)}", place=place, hint=hint)


def _above(entry: Entry, by_id: Mapping[str, Entry]) -> dict[str, str]:
    """What an entry builds on, with the relation that says so."""
    matter = entry.front_matter
    return {target: name for name in reversed(_UPWARDS) for target in getattr(matter, name) if target in by_id}


def circles_in(above: Mapping[str, Mapping[str, str]]) -> Iterator[Sequence[str]]:
    """Circles in a graph, one for each edge that closes one; every node is walked from once."""
    done: set[str] = set()
    for start in sorted(above):
        path: dict[str, None] = {}
        walk = [(start, iter(above[start]))] if start not in done else []
        path |= dict.fromkeys(id_ for id_, _ in walk)
        while walk:
            node, targets = walk[-1]
            target = next((each for each in targets if each not in done), None)
            if target is None:
                walk.pop()
                done.add(node)
                del path[node]
            elif target in path:
                names = list(path)
                yield names[names.index(target) :]
            else:
                path[target] = None
                walk.append((target, iter(above[target])))


def held_elsewhere(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Pending results that stand in a follow-up."""
    for held in held_results(scene.journal):
        if held.entry.path in scene.paths:
            id_, by = held.entry.id, held.holders[-1].id
            said = f"its result is pending here and stands in {by}"
            hint = f"say so here: `journal update {id_}`, or `journal link {id_} --related {by}`"
            yield rule.finding(held.entry.path, said, place=(held.line, 1), hint=hint)


def _by_id(scene: Scene) -> dict[str, Entry]:
    return {entry.id: entry for entry in scene.journal.entries}
