"""Whether a run and the commits of an entry belong together: the judgement itself, out of what is known of both.

Pure: what git says of them comes in as ties. A commit's sha is what decides, for a run cannot have recorded a commit
that was not there; clocks decide only where there is no sha. Nothing is proven while the tree may have been another.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from journal.model.capture import TIMELY
from journal.model.revision import CommitVerdict, Judgement
from journal.model.span import span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from journal.model.revision import Code

SKEW = timedelta(minutes=1)
"""Two clocks that differ by no more say the same."""

_MOST_NAMED = 3

PROVEN, CONSISTENT, CONTRADICTED, UNKNOWN = CommitVerdict
_WEAKEST = (CONTRADICTED, UNKNOWN, CONSISTENT, PROVEN)


class Bond(Enum):
    """How what a run ran stands to one commit of an entry; the nearest first."""

    SAME = "same"
    """It is the run's commit."""
    CONTAINED = "contained"
    """The run's commit is made of it."""
    COPIED = "copied"
    """The run's commit is made of another one that makes the same change: a cherry-pick, or what a rebase left."""
    ALIKE = "alike"
    """The run's commit is not made of it, but has its files as it left them, as after a squash."""
    UNCOMMITTED = "uncommitted"
    """The run had its files as it left them, by changes that were not committed yet."""
    CUT = "cut"
    """The clone is too shallow to tell."""
    UNDONE = "undone"
    """The run's commit is made of it, and of one that says it undoes it; its files were changed since."""
    GONE = "gone"
    """The run's commit is made of it, but its files are as they were before it."""
    LATER = "later"
    """It was made on top of the run's commit."""
    APART = "apart"
    """The run's commit is on another line of work."""
    CLOCK = "clock"
    """No commit of the run is known here: clocks alone tell."""


_HELD = frozenset({Bond.SAME, Bond.CONTAINED, Bond.COPIED, Bond.ALIKE, Bond.UNCOMMITTED})
_LACKED = frozenset({Bond.LATER, Bond.APART, Bond.GONE})
_UNTOLD = frozenset({Bond.CUT, Bond.UNDONE})


class Tie(NamedTuple):
    """How what a run ran stands to one commit of an entry.

    Attributes:
        sha: The commit.
        bond: How they stand to each other.
        authored: When the commit was first made; None where it is not here.
        committed: When it got its present form.
        next: The first commit made on top of it on a branch, with its time.
        via: The commit that makes the same change, for a copy; the one that undoes it.
        files: The files that it changes, as far as somebody asked.
        lost: Those of them that are as they were before it, where others are as it left them.
        exact: Of uncommitted changes, whether they are just its own.
        replaced: Whether it took the place of the one that the entry is about, and makes another change.
    """

    sha: str
    bond: Bond
    authored: datetime | None = None
    committed: datetime | None = None
    next: tuple[str, datetime] | None = None
    via: str | None = None
    files: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    exact: bool = False
    replaced: bool = False

    @property
    def short(self) -> str:
        """The first seven digits."""
        return self.sha[:7]


class Part(NamedTuple):
    """What one part of a run ran, and why its commit cannot be looked up, if so.

    Attributes:
        code: What is known of it.
        ties: How it stands to each commit of the entry that is here.
        absent: In words, why its commit is not to be had; None where it is here, or none was recorded.
        committed: When its commit got its present form; None where it is not here.
    """

    code: Code
    ties: tuple[Tie, ...]
    absent: str | None = None
    committed: datetime | None = None


class _Said(NamedTuple):
    verdict: CommitVerdict
    reasons: list[str]


def judge(parts: Sequence[Part], *, compared: bool) -> Judgement:
    """Whether a run and the commits of an entry belong together; a run is worth what its weakest part is.

    Args:
        parts: The parts of the run, each with its ties to the same commits, of which there is at least one.
        compared: Whether the entry only compares with the run, as with a baseline. Such a run need not contain the
            change: what is judged is whether it is known what it ran.
    """
    said = [_baseline(part) if compared else _claimed(part) for part in parts]
    verdict = min((each.verdict for each in said), key=_WEAKEST.index)
    if all(each == said[0] for each in said):
        return Judgement(verdict=verdict, reasons=tuple(said[0].reasons))
    told = dict.fromkeys(reason for each in _weakest_first(said, verdict) for reason in each)
    return Judgement(verdict=verdict, reasons=tuple(told))


def _weakest_first(said: Sequence[_Said], verdict: CommitVerdict) -> Iterable[list[str]]:
    """The reasons of parts that differ, each with the number of its part; those alone that contradict, if any does."""
    numbered = sorted(enumerate(said, start=1), key=lambda pair: _WEAKEST.index(pair[1].verdict))
    shown = [pair for pair in numbered if verdict is not CONTRADICTED or pair[1].verdict is verdict]
    return ([f"part {number} of {len(said)}: {reason}" for reason in each.reasons] for number, each in shown)


# --- a run that an entry claims ---------------------------------------------------------------------------------------


def _claimed(part: Part) -> _Said:
    """A run that shall have run the change."""
    if any(tie.bond is Bond.CLOCK for tie in part.ties):
        return _by_clock(part)
    held = [tie for tie in part.ties if tie.bond in _HELD]
    lacked = [tie for tie in part.ties if tie.bond in _LACKED]
    untold = [tie for tie in part.ties if tie.bond in _UNTOLD]
    if untold and (held or not lacked):
        return _Said(UNKNOWN, [_unclear(part, tie) for tie in untold[:_MOST_NAMED]])
    if not held:
        return _lacking(part, lacked)
    made_later = [tie for tie in lacked if _made_after(tie, part.code.started)]
    if len(made_later) < len(lacked):
        missing = next(tie for tie in lacked if tie not in made_later)
        return _Said(CONTRADICTED, [f"{_lack(part, missing)}, though it has {_named(tie.short for tie in held)}"])
    tree = _tree(part, held)
    reasons = [_hold(part, tie) for tie in held[:_MOST_NAMED]] + tree.reasons
    if made_later:
        later = _named(tie.short for tie in made_later)
        return _Said(
            min(tree.verdict, CONSISTENT, key=_WEAKEST.index), [*reasons, f"{later} was made after it started"]
        )
    return _Said(_with_clock(part, tree.verdict, reasons), reasons)


def _lacking(part: Part, lacked: Sequence[Tie]) -> _Said:
    """A run whose commit has none of the changes."""
    first = lacked[0]
    behind = all(tie.bond is Bond.LATER for tie in lacked)
    files = {path for tie in lacked for path in tie.files}
    shared = [path for path in part.code.changed if path in files]
    unknown = [path for path in part.code.untracked or () if path in files]
    if behind and (shared or unknown):
        what = f"uncommitted changes to {_named(shared)}" if shared else _unknown(unknown)
        said = f"but {what}, which {first.short} has too, may hold it"
        return _Said(UNKNOWN, [f"{_lack(part, first)}, {said}"])
    reasons = [_lack(part, tie) for tie in lacked[:_MOST_NAMED]]
    if part.code.dirty is None and behind:
        reasons.append("whether it ran uncommitted changes is not known; no record of it speaks for that")
    return _Said(CONTRADICTED, reasons)


def _unclear(part: Part, tie: Tie) -> str:
    """In words, why nobody can tell whether a run has a change."""
    if tie.bond is Bond.CUT:
        return f"this clone is too shallow to tell whether its commit {_short(part)} contains {tie.short}"
    undoing = f"{(tie.via or '')[:7]}, which says it undoes it"
    return f"its commit {_short(part)} contains {tie.short} and {undoing}; the files were changed since"


def _lack(part: Part, tie: Tie) -> str:
    if tie.bond is Bond.GONE:
        return _gone(part, tie)
    if tie.bond is Bond.APART:
        return f"its commit {_short(part)} lacks {tie.short}: it is on another line of work"
    when = ""
    if tie.committed is not None and part.code.started is not None and tie.committed > part.code.started:
        when = f", {span(tie.committed - part.code.started)} after the run started"
    return f"its commit {_short(part)} lacks {tie.short}, which was made on top of it{when}"


def _gone(part: Part, tie: Tie) -> str:
    """In words, that a change does not stand any more in what a run ran."""
    if tie.via is not None and part.code.commit == tie.via:
        return f"it ran {_short(part)}, which undoes {tie.short}"
    if tie.via is not None:
        return f"its commit {_short(part)} contains {tie.short}, and {tie.via[:7]}, which undoes it"
    if part.code.dirty:
        return f"its files are as they were before {tie.short}, whose change is not in its tree"
    return f"its commit {_short(part)} contains {tie.short}, but its files are as they were before that"


def _hold(part: Part, tie: Tie) -> str:
    if tie.bond is Bond.COPIED:
        via = (tie.via or "")[:7]
        copy = f"it ran {via}" if part.code.commit == tie.via else f"its commit {_short(part)} contains {via}"
        return f"{copy}, which has the same patch id as {tie.short}"
    words = {
        Bond.SAME: f"it ran {tie.short}",
        Bond.CONTAINED: f"its commit {_short(part)} contains {tie.short}",
        Bond.ALIKE: f"its commit {_short(part)} is not made of {tie.short}, but has its files just as that left them",
    }
    if tie.bond in words:
        return words[tie.bond]
    if tie.exact:
        return f"it ran {_short(part)} with just the change of {tie.short}, which was committed afterwards"
    return f"it ran {_short(part)} with uncommitted changes, by which the files of {tie.short} were as that left them"


def _with_clock(part: Part, verdict: CommitVerdict, reasons: list[str]) -> CommitVerdict:
    """The verdict, unless the clocks say that the run is older than its own commit; the reason is added."""
    started, committed = part.code.started, part.committed
    if started is None or committed is None or started >= committed - SKEW:
        return verdict
    reasons.append(f"by the clocks it started {span(committed - started)} before its commit was made")
    return min(verdict, CONSISTENT, key=_WEAKEST.index)


def _made_after(tie: Tie, started: datetime | None) -> bool:
    """Whether a commit was surely made after a run started; it may have been rewritten since."""
    return started is not None and tie.authored is not None and tie.authored > started


# --- the tree ---------------------------------------------------------------------------------------------------------


def _tree(part: Part, held: Sequence[Tie]) -> _Said:
    """What the state of the tree leaves of a verdict, where the run has the change."""
    code = part.code
    uncommitted = [tie for tie in held if tie.bond is Bond.UNCOMMITTED]
    doubt = _missing_files(held) or (_doubt_of_patch(code, uncommitted) if uncommitted else _doubt(code, held))
    if doubt is not None:
        return _Said(CONSISTENT, [doubt])
    if uncommitted:
        return _Said(_bound(held), [f"nothing else differed, captured {_apart(code)}"])
    if code.captured is None:
        return _Said(_bound(held), ["its tracked files were clean: code was saved with it, and no patch"])
    return _Said(_bound(held), [f"its tree was clean, captured {_apart(code)}"])


def _missing_files(held: Sequence[Tie]) -> str | None:
    """In words, that a part of a change is not there."""
    tie = next((tie for tie in held if tie.lost), None)
    return None if tie is None else f"not all of {tie.short} is there: as before it are {_named(tie.lost)}"


def _doubt(code: Code, held: Sequence[Tie]) -> str | None:
    """In words, why the tree is not known to have been just the commit."""
    late = _untimely(code)
    if late is not None:
        return late
    if code.recorded is not None:
        return f"its tracker recorded {code.recorded[:7]}, and {(code.commit or 'none')[:7]} was captured"
    if code.dirty is None:
        return "whether its tree was clean is not known"
    return _dirt(code, held) if code.dirty else _doubt_of_unknown(code)


def _doubt_of_unknown(code: Code) -> str | None:
    """In words, why files that git did not know leave a doubt where tracked files were clean."""
    if code.untracked:
        return f"its tracked files were clean, but {_unknown(code.untracked)} may have taken part"
    if code.untracked is None and code.captured is not None:
        return "its tracked files were clean; files that git does not know could not be listed"
    return None


def _doubt_of_patch(code: Code, uncommitted: Sequence[Tie]) -> str | None:
    """In words, why uncommitted changes are not known to have been all that differed."""
    late = _untimely(code)
    if late is not None:
        return late
    if not all(tie.exact for tie in uncommitted):
        return "more was not committed than its change"
    if code.captured is None or code.untracked is None:
        return "files that git did not know are not recorded"
    return f"{_unknown(code.untracked)} may have taken part" if code.untracked else None


def _bound(held: Iterable[Tie]) -> CommitVerdict:
    """What can be proven at most: a copy of a change stands on other ground than the change itself."""
    weak = any(tie.bond in {Bond.COPIED, Bond.ALIKE} or tie.replaced for tie in held)
    return CONSISTENT if weak else PROVEN


def _dirt(code: Code, held: Sequence[Tie]) -> str:
    if not code.changed:
        return "its tree had uncommitted changes"
    shared = [path for path in code.changed if any(path in tie.files for tie in held)]
    said = f"its tree had uncommitted changes to {_named(code.changed)}"
    if not any(tie.files for tie in held):
        return said
    also = f"{_named(shared)} is changed by the commit too" if shared else "none is changed by the commit"
    return f"{said}; {also}"


def _untimely(code: Code) -> str | None:
    """In words, why what was captured is not what the run began with."""
    if code.captured is None:
        return None
    if code.started is None:
        return "when it started is not known, so what was captured may be of another time"
    if abs(code.captured - code.started) <= TIMELY:
        return None
    return f"its tree was captured only {_apart(code)}, so how it began is not known"


def _apart(code: Code) -> str:
    assert code.captured is not None  # noqa: S101  (its callers looked)
    assert code.started is not None  # noqa: S101  (so did these)
    side = "after" if code.captured >= code.started else "before"
    return f"{span(code.captured - code.started)} {side} it started"


# --- clocks alone -----------------------------------------------------------------------------------------------------


def _by_clock(part: Part) -> _Said:
    """A run whose commit is not known here."""
    why = part.absent or "it recorded no commit"
    started = part.code.started
    dated = [tie for tie in part.ties if tie.authored is not None and tie.committed is not None]
    if started is None or not dated:
        return _Said(UNKNOWN, [why, *([] if started else ["when it started is not known"])])
    after = [tie for tie in dated if tie.authored and tie.authored > started + SKEW]
    if len(after) == len(dated):
        first = min(after, key=lambda tie: tie.authored or started)
        apart = span((first.authored or started) - started)
        return _Said(CONTRADICTED, [f"it started {apart} before {first.short} was made", why])
    if part.absent is not None:
        return _Said(UNKNOWN, [why])
    return _between([tie for tie in dated if tie not in after], started, why)


def _between(before: Sequence[Tie], started: datetime, why: str) -> _Said:
    """A run that recorded no commit, and started when some of the entry's were there."""
    last = max(before, key=lambda tie: tie.committed or started)
    assert last.committed is not None  # noqa: S101  (its caller looked)
    if started < last.committed:
        rewritten = f"{last.short} got its present form only {span(last.committed - started)} after it started"
        return _Said(UNKNOWN, [why, rewritten])
    since = f"it started {span(started - last.committed)} after {last.short}"
    if last.next is not None and last.next[1] <= started:
        return _Said(UNKNOWN, [f"{since}, but {last.next[0][:7]} was made in between", why])
    return _Said(CONSISTENT, [f"{since}, before anything else was committed on top of it", why])


# --- a run that an entry compares with --------------------------------------------------------------------------------


def _baseline(part: Part) -> _Said:
    """A run that is the matter of another entry: it may lack the change, or have it and differ by its configuration."""
    if any(tie.bond is Bond.CLOCK for tie in part.ties):
        return _baseline_by_clock(part)
    held = [tie for tie in part.ties if tie.bond in _HELD]
    untold = [tie for tie in part.ties if tie.bond in _UNTOLD]
    if untold:
        return _Said(UNKNOWN, [_unclear(part, untold[0])])
    tree = _tree(part, held)
    reasons = [_compared(part, held), *tree.reasons]
    return _Said(_with_clock(part, tree.verdict, reasons), reasons)


def _compared(part: Part, held: Sequence[Tie]) -> str:
    ran = _hold(part, held[0]) if held else f"it ran {_short(part)}"
    if len(held) == len(part.ties):
        return ran
    lacked = _named(tie.short for tie in part.ties if tie not in held)
    return f"{ran}, which lacks {lacked}: fine for a run to compare with"


def _baseline_by_clock(part: Part) -> _Said:
    why, started = part.absent or "it recorded no commit", part.code.started
    made = [tie.authored for tie in part.ties if tie.authored is not None]
    if part.absent is None and started is not None and made and started < min(made) - SKEW:
        said = f"it started {span(min(made) - started)} before the change was made: fine for a run to compare with"
        return _Said(CONSISTENT, [said, why])
    return _Said(UNKNOWN, [why])


# --- words ------------------------------------------------------------------------------------------------------------


def _short(part: Part) -> str:
    return (part.code.commit or "")[:7]


def _unknown(files: Sequence[str]) -> str:
    """Files that git did not know, by their number: nobody chose to publish their names."""
    return f"{len(files)} file{'s' if len(files) > 1 else ''} of code that git did not know"


def _named(names: Iterable[str]) -> str:
    """Names in a row, as many as someone may want to read."""
    each = list(dict.fromkeys(names))
    rest = len(each) - _MOST_NAMED
    shown = each if rest <= 0 else [*each[:_MOST_NAMED], f"{rest} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
