"""What changed in the numbers of entries between two trees of files."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from journal.model.evidence_change import BlockChange, CellChange, EntryChange, Fate, VerdictChange
from journal.tables.places import placed
from journal.tables.version import blocks, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.config import Config
    from journal.model.evidence import BlockEvidence, CellEvidence, Evidence, PredictionEvidence
    from journal.tables.version import Told, Version

    Versions = Mapping[str, Version]

T = TypeVar("T")


def changes(before: Versions, after: Versions, config: Config) -> tuple[EntryChange, ...]:
    """The entries in which a number, a state or a verdict changed, or that came, went or were renamed.

    Args:
        before: What may have changed, as it was, by path.
        after: The same as it is now.
        config: The journal.
    """
    then = {path: told(version, config) for path, version in before.items()}
    now = {path: told(version, config) for path, version in after.items()}
    former = _renamed({path: then[path] for path in then.keys() - now}, {path: now[path] for path in now.keys() - then})
    found = [_entry(path, then.get(former.get(path, path)), each, former.get(path)) for path, each in now.items()]
    gone = then.keys() - now.keys() - set(former.values())
    found += [_entry(path, then[path], None, None) for path in gone]
    return tuple(sorted(filter(None, found), key=lambda change: change.path.split("/")))


def _renamed(gone: Mapping[str, Told], new: Mapping[str, Told]) -> dict[str, str]:
    """The former path of each entry that has another one now: moved under its id, or written at the same moment."""
    found: dict[str, str] = {}
    for alike in (_by_id, _by_birth):
        left = [path for path in sorted(gone) if path not in found.values()]
        for path in sorted(new):
            matching = [was for was in left if alike(gone[was], new[path])]
            if path not in found and len(matching) == 1:
                found[path] = matching[0]
                left.remove(matching[0])
    return found


def _by_id(one: Told, other: Told) -> bool:
    return one.id == other.id


def _by_birth(one: Told, other: Told) -> bool:
    if one.entry is None or other.entry is None:
        return False
    then, now = one.entry, other.entry
    if then.front_matter.created != now.front_matter.created:
        return False
    same_words = then.title == now.title or (bool(then.sections) and then.sections == now.sections)
    return same_words or bool({each.recorded for each in then.blocks} & {each.recorded for each in now.blocks} - {None})


def _entry(path: str, then: Told | None, now: Told | None, former: str | None) -> EntryChange | None:
    """What changed in an entry; None for nothing."""
    one = now or then
    assert one is not None  # noqa: S101  (one of the two is there)
    fate = _fate(is_before=then is not None, is_after=now is not None)
    change = Fate.RENAMED if former is not None else fate
    problems = [f"then: {said}" for said in (then.problems if then else ())]
    problems += [f"now: {said}" for said in (now.problems if now else ())]
    known = all(each is None or each.evidence is not None for each in (then, now))
    found = EntryChange(
        id=one.id,
        path=path,
        title=one.entry.title if one.entry is not None else one.id,
        change=change,
        former=former,
        blocks=tuple(_blocks(then, now)) if known else (),
        verdicts=tuple(_verdicts(then, now)) if known else (),
        problems=tuple(problems),
    )
    told_of = found.blocks or found.verdicts or found.problems or change is not Fate.CHANGED
    return found if told_of else None


# --- blocks -----------------------------------------------------------------------------------------------------------


def _blocks(then: Told | None, now: Told | None) -> Iterator[BlockChange]:
    one, other = (blocks(each.evidence) if each is not None and each.evidence else {} for each in (then, now))
    before, after = (each.states if each is not None else {} for each in (then, now))
    kinds = {**(then.kinds if then is not None else {}), **(now.kinds if now is not None else {})}
    for name in _in_order(after, other, before, one):
        was, is_ = one.get(name), other.get(name)
        cells = tuple(_cells(name, then, was, now, is_))
        shown = is_ or was
        found = BlockChange(
            name=name,
            kind=shown.kind if shown is not None else kinds[name],
            change=_fate(is_before=name in before or name in one, is_after=name in after or name in other),
            state_before=before.get(name),
            state_after=after.get(name),
            cells=cells,
            reworded=was is not None and is_ is not None and not cells and was.sum != is_.sum,
        )
        if found.cells or found.turned or found.reworded or found.change is not Fate.CHANGED:
            yield found


def _fate(*, is_before: bool, is_after: bool) -> Fate:
    if is_before and is_after:
        return Fate.CHANGED
    return Fate.NEW if is_after else Fate.GONE


def _in_order(*names: Iterable[T]) -> dict[T, None]:
    return dict.fromkeys(name for each in names for name in each)


def _cells(
    name: str, then: Told | None, was: BlockEvidence | None, now: Told | None, is_: BlockEvidence | None
) -> Iterator[CellChange]:
    old, new = (placed(each.cells) if each is not None else {} for each in (was, is_))
    for place in _in_order(new, old):
        one, other = old.get(place), new.get(place)
        found = CellChange(
            row=place[0],
            column=place[1],
            before=then.shown(name, place, one) if then is not None and one is not None else None,
            after=now.shown(name, place, other) if now is not None and other is not None else None,
            value_before=one.value if one is not None else None,
            value_after=other.value if other is not None else None,
        )
        if one is None or other is None or _is_other(one, other, shows_other=found.before != found.after):
            yield found


def _is_other(one: CellEvidence, other: CellEvidence, *, shows_other: bool) -> bool:
    """Whether two cells hold different numbers; more digits of the same number are no difference."""
    if (one.state, one.value, one.text) != (other.state, other.value, other.text):
        return True
    return shows_other and (one.n, one.group, one.test) != (other.n, other.group, other.test)


# --- verdicts ---------------------------------------------------------------------------------------------------------


def _verdicts(then: Told | None, now: Told | None) -> Iterator[VerdictChange]:
    one, other = (each.evidence if each is not None else None for each in (then, now))
    yield from _on_commits(one, other)
    yield from _on_predictions(one.predictions if one else (), other.predictions if other else ())


def _on_commits(then: Evidence | None, now: Evidence | None) -> Iterator[VerdictChange]:
    one, other = (each.verdicts if each is not None else {} for each in (then, now))
    for run in _in_order(other, one):
        was, is_ = one.get(run), other.get(run)
        before, after = (each.verdict.value if each is not None else None for each in (was, is_))
        if before != after:
            reason = is_.reasons[0] if is_ is not None and is_.reasons else None
            yield VerdictChange(on="commit", name=run, before=before, after=after, reason=reason)


def _on_predictions(then: Sequence[PredictionEvidence], now: Sequence[PredictionEvidence]) -> Iterator[VerdictChange]:
    old, new = _by_expectation(then), _by_expectation(now)
    for expect in _in_order(new, old):
        for was, is_ in zip_longest(old.get(expect, ()), new.get(expect, ())):
            shown = is_ or was
            found = VerdictChange(
                on="prediction",
                name=shown.claim,
                before=was.verdict.value if was else None,
                after=is_.verdict.value if is_ else None,
                value_before=was.value if was else None,
                value_after=is_.value if is_ else None,
            )
            if (found.before, found.value_before) != (found.after, found.value_after):
                yield found


def _by_expectation(predictions: Iterable[PredictionEvidence]) -> dict[str, list[PredictionEvidence]]:
    found: dict[str, list[PredictionEvidence]] = {}
    for each in predictions:
        found.setdefault(each.expect, []).append(each)
    return found
