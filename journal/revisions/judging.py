"""Whether a run and the commits of an entry belong together: the judgement itself, out of what is known of both.

Pure: what git says of them comes in as ties. Whether a change was there is told by the files that the run ran and by
its commit's sha; clocks decide only where there is no sha. Nothing is proven while the tree may have been another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.revision import Judgement
from journal.model.span import span
from journal.revisions import clocks
from journal.revisions.ties import (
    CONSISTENT,
    CONTRADICTED,
    HELD,
    LACKED,
    MOST_NAMED,
    UNKNOWN,
    UNTOLD,
    Bond,
    Said,
    named,
    short,
    unknown,
    weakest,
    weakness,
)
from journal.revisions.trees import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from journal.model.revision import CommitVerdict
    from journal.revisions.ties import Part, Tie


def judge(parts: Sequence[Part], *, compared: bool) -> Judgement:
    """Whether a run and the commits of an entry belong together; a run is worth what its weakest part is.

    Args:
        parts: The parts of the run, each with its ties to the same commits, of which there is at least one.
        compared: Whether the entry only compares with the run, as with a baseline. Such a run need not contain the
            change: what is judged is whether it is known what it ran.
    """
    said = [_baseline(part) if compared else _claimed(part) for part in parts]
    verdict = weakest(*(each.verdict for each in said))
    if all(each == said[0] for each in said):
        return Judgement(verdict=verdict, reasons=tuple(said[0].reasons))
    told = dict.fromkeys(reason for each in _weakest_first(said, verdict) for reason in each)
    return Judgement(verdict=verdict, reasons=tuple(told))


def _weakest_first(said: Sequence[Said], verdict: CommitVerdict) -> Iterable[list[str]]:
    """The reasons of parts that differ, each with the number of its part; those alone that contradict, if any does."""
    numbered = sorted(enumerate(said, start=1), key=lambda pair: weakness(pair[1].verdict))
    shown = [pair for pair in numbered if verdict is not CONTRADICTED or pair[1].verdict is verdict]
    return ([f"part {number} of {len(said)}: {reason}" for reason in each.reasons] for number, each in shown)


# --- a run that an entry claims ---------------------------------------------------------------------------------------


def _claimed(part: Part) -> Said:
    """A run that shall have run the change."""
    if any(tie.bond is Bond.CLOCK for tie in part.ties):
        return clocks.claimed(part)
    held = [tie for tie in part.ties if tie.bond in HELD]
    lacked = [tie for tie in part.ties if tie.bond in LACKED]
    untold = [tie for tie in part.ties if tie.bond in UNTOLD]
    if untold and (held or not lacked):
        return Said(UNKNOWN, [_unclear(part, tie) for tie in untold[:MOST_NAMED]])
    if not held:
        return _lacking(part, lacked)
    made_later = [tie for tie in lacked if _made_after(tie, part.code.started)]
    if len(made_later) < len(lacked):
        missing = next(tie for tie in lacked if tie not in made_later)
        return Said(CONTRADICTED, [f"{_lack(part, missing)}, though it has {named(tie.short for tie in held)}"])
    state = tree(part, held)
    reasons = [_hold(part, tie) for tie in held[:MOST_NAMED]] + state.reasons
    if made_later:
        later = named(tie.short for tie in made_later)
        return Said(weakest(state.verdict, CONSISTENT), [*reasons, f"{later} was made after it started"])
    return Said(_with_clock(part, state.verdict, reasons), reasons)


def _lacking(part: Part, lacked: Sequence[Tie]) -> Said:
    """A run whose commit has none of the changes."""
    first = lacked[0]
    behind = all(tie.bond is Bond.LATER for tie in lacked)
    files = {path for tie in lacked for path in tie.files}
    shared = [path for path in part.code.changed if path in files]
    there = [path for path in part.code.untracked or () if path in files]
    if behind and (shared or there):
        what = f"uncommitted changes to {named(shared)}" if shared else unknown(there)
        said = f"but {what}, which {first.short} has too, may hold it"
        return Said(UNKNOWN, [f"{_lack(part, first)}, {said}"])
    reasons = [_lack(part, tie) for tie in lacked[:MOST_NAMED]]
    if part.code.dirty is None and behind:
        reasons.append("whether it ran uncommitted changes is not known, and no record speaks for that")
    return Said(CONTRADICTED, reasons)


def _unclear(part: Part, tie: Tie) -> str:
    """In words, why nobody can tell whether a run has a change."""
    if tie.bond is Bond.CUT:
        return f"this clone is too shallow to tell whether its commit {short(part)} contains {tie.short}"
    undoing = f"{(tie.via or '')[:7]}, which says it undoes it"
    return f"its commit {short(part)} contains {tie.short} and {undoing} (the files were changed since)"


def _lack(part: Part, tie: Tie) -> str:
    if tie.bond is Bond.GONE:
        return _gone(part, tie)
    if tie.bond is Bond.APART:
        return f"its commit {short(part)} lacks {tie.short}: it is on another line of work"
    when = ""
    if tie.committed is not None and part.code.started is not None and tie.committed > part.code.started:
        when = f", {span(tie.committed - part.code.started)} after the run started"
    return f"its commit {short(part)} lacks {tie.short}, which was made on top of it{when}"


def _gone(part: Part, tie: Tie) -> str:
    """In words, that a change does not stand any more in what a run ran."""
    if tie.via is not None and part.code.commit == tie.via:
        return f"it ran {short(part)}, which undoes {tie.short}"
    if tie.via is not None:
        return f"its commit {short(part)} contains {tie.short}, and {tie.via[:7]}, which undoes it"
    if part.code.dirty:
        return f"its files are as they were before {tie.short}, whose change is not in its tree"
    return f"its commit {short(part)} contains {tie.short}, but its files are as they were before that"


def _hold(part: Part, tie: Tie) -> str:
    if tie.bond is Bond.COPIED:
        via = (tie.via or "")[:7]
        copy = f"it ran {via}" if part.code.commit == tie.via else f"its commit {short(part)} contains {via}"
        return f"{copy}, which has the same patch id as {tie.short}"
    words = {
        Bond.SAME: f"it ran {tie.short}",
        Bond.CONTAINED: f"its commit {short(part)} contains {tie.short}",
        Bond.ALIKE: f"its commit {short(part)} is not made of {tie.short}, but has its files just as that left them",
    }
    if tie.bond in words:
        return words[tie.bond]
    if tie.exact:
        return f"it ran {short(part)} with just the change of {tie.short}, which was committed afterwards"
    return f"it ran {short(part)} with uncommitted changes, by which the files of {tie.short} were as that left them"


def _with_clock(part: Part, verdict: CommitVerdict, reasons: list[str]) -> CommitVerdict:
    """The verdict, unless the clocks say that the run is older than its own commit; the reason is added."""
    started, committed = part.code.started, part.committed
    if started is None or committed is None or started >= committed - clocks.SKEW:
        return verdict
    reasons.append(f"by the clocks it started {span(committed - started)} before its commit was made")
    return weakest(verdict, CONSISTENT)


def _made_after(tie: Tie, started: datetime | None) -> bool:
    """Whether a commit was surely made after a run started; it may have been rewritten since."""
    return started is not None and tie.authored is not None and tie.authored > started


# --- a run that an entry compares with --------------------------------------------------------------------------------


def _baseline(part: Part) -> Said:
    """A run that is the matter of another entry: it may lack the change, or have it and differ by its configuration."""
    if any(tie.bond is Bond.CLOCK for tie in part.ties):
        return clocks.compared(part)
    held = [tie for tie in part.ties if tie.bond in HELD]
    untold = [tie for tie in part.ties if tie.bond in UNTOLD]
    if untold:
        return Said(UNKNOWN, [_unclear(part, untold[0])])
    state = tree(part, held)
    reasons = [_compared(part, held), *state.reasons]
    return Said(_with_clock(part, state.verdict, reasons), reasons)


def _compared(part: Part, held: Sequence[Tie]) -> str:
    ran = _hold(part, held[0]) if held else f"it ran {short(part)}"
    if len(held) == len(part.ties):
        return ran
    lacked = named(tie.short for tie in part.ties if tie not in held)
    return f"{ran}, which lacks {lacked}: fine for a run to compare with"
