"""The runs of one entry: each opened once, remembered from the evidence when out of reach."""

from __future__ import annotations

from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.errors import BlockError, RunNotFound, SourceError, SourceUnavailable
from journal.model.entry import RunRef
from journal.model.evidence import BlockEvidence, CallEvidence, Evidence, RunEvidence, SegmentEvidence
from journal.model.run import RunHead
from journal.model.table import AxisItem
from journal.sources.reference import answering
from journal.stats.windows import Reach
from journal.tables import continuity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Protocol

    from journal.model.entry import Entry
    from journal.model.revision import Code, Judgement
    from journal.model.run import Elsewhere
    from journal.sources.open_run import OpenRun

    class Opener(Protocol):
        """What opens a run by its reference."""

        def open(self, reference: str) -> OpenRun:
            """The run, or RunNotFound, or SourceUnavailable."""
            ...


class RunBook:
    """What an entry's handles stand for, and what is known about each.

    Args:
        entry: The entry.
        opener: Opens runs by reference; None reads nothing, so that evidence alone speaks.
        old: The evidence of the last fill.
        anew: Whether the run at hand takes the place of the same run that was read in another place.

    Attributes:
        verdicts: Whether runs belong to the commits of the entry, by run reference; what was recorded, until somebody
            looks.
    """

    def __init__(self, entry: Entry, opener: Opener | None, old: Evidence, *, anew: bool = False) -> None:
        self._entry = entry
        self._anew = anew
        self._refs = {ref.handle: ref for ref in entry.front_matter.runs}
        self._opener = opener
        self._old = old
        self._before: BlockEvidence | None = None
        self._own: dict[_Asked, CallEvidence] = {}
        self._known_as: dict[str, str | None] = {}
        self._by_run: dict[str, dict[_Asked, CallEvidence]] = {}
        self._now: dict[str, RunEvidence | None] = {}
        self._opened: dict[str, OpenRun | None] = {}
        self._missing: dict[str, SourceError] = {}
        self.verdicts: Mapping[str, Judgement] = old.verdicts

    def axis(self, items: Sequence[AxisItem] | None) -> tuple[AxisItem, ...]:
        """The axis of runs: the items given, or every run of the entry.

        Raises:
            BlockError: A handle that the front matter does not know, or gives to two runs.
        """
        chosen = tuple(AxisItem(value=handle) for handle in self._refs) if items is None else tuple(items)
        handles = [ref.handle for ref in self._entry.front_matter.runs]
        for item in chosen:
            if handles.count(item.value) > 1:
                raise BlockError(f"two runs are called {item.value!r}", hint="give each run its own `as:`")
            if item.value not in self._refs:
                known = ", ".join(self._refs) or "none yet"
                raise BlockError(f"no run {item.value!r} in this entry", hint=f"runs in its front matter: {known}")
        return chosen

    @property
    def entry(self) -> Entry:
        """The entry."""
        return self._entry

    @property
    def recorded(self) -> Evidence:
        """The evidence of the last fill."""
        return self._old

    @property
    def looks(self) -> bool:
        """Whether runs are looked up at all, or evidence alone speaks."""
        return self._opener is not None

    @property
    def handles(self) -> tuple[str, ...]:
        """Every handle of the entry."""
        return tuple(self._refs)

    def ref(self, handle: str) -> RunRef:
        """The run that a handle stands for; what is no handle is a run reference itself, as in a cited value."""
        return self._refs.get(handle) or RunRef(id=handle)

    def open(self, handle: str) -> OpenRun | None:
        """The run behind a handle, read; None if it cannot be had here.

        Raises:
            SourceError: It is there but cannot be read, or the reference is ambiguous.
        """
        reference = self.ref(handle).id
        if reference not in self._opened:
            self._opened[reference] = self._try(reference)
        return self._opened[reference]

    def code(self, handle: str) -> tuple[Code, ...] | None:
        """What each part of a run ran; None if it cannot be had here. Its history is not read for it.

        Raises:
            SourceError: It is there but cannot be read, or the reference is ambiguous.
        """
        reference = self.ref(handle).id
        if reference in self._opened or self._opener is None:
            opened = self._opened.get(reference)
            return None if opened is None else opened.code
        try:
            return self._opener.open(reference).code
        except (RunNotFound, SourceUnavailable):
            return None

    def verdict(self, handle: str) -> Judgement | None:
        """Whether a run belongs to the commits of the entry, as far as that was looked at, now or at the last fill."""
        return self.verdicts.get(self.ref(handle).id)

    def opened(self) -> dict[str, str]:
        """The runs that were opened so far and are at hand: for each reference, a name to open it by."""
        names = {self.ref(handle).id: handle for handle in self._refs}
        return {names.get(reference, reference): reference for reference, run in self._opened.items() if run}

    def _try(self, reference: str) -> OpenRun | None:
        if self._opener is None:
            return None
        try:
            opened = self._opener.open(reference)
            _ = opened.origin  # first of all, so that whatever is read from here on is read from these bytes
            _ = opened.segments  # a server gives the rows now, or not at all
            _ = opened.run  # now, so that what is wrong with it is known from here on
        except (RunNotFound, SourceUnavailable) as error:
            self._missing[reference] = error
            return None
        return opened

    def unavailable(self, handle: str) -> bool:
        """Whether the run could not be looked for, as opposed to not being there."""
        return isinstance(self._missing.get(self.ref(handle).id), SourceUnavailable)

    def absence(self, handle: str) -> str:
        """In words, that a run is out of reach; why, `missing` says."""
        return f"run {self.named(handle)} is out of reach"

    @property
    def missing(self) -> dict[str, SourceError]:
        """Why runs are out of reach, by reference: those that could not be looked for, or that the evidence knows."""
        return {
            reference: error
            for reference, error in self._missing.items()
            if isinstance(error, SourceUnavailable) or self.known_as(reference) is not None
        }

    def named(self, handle: str) -> str:
        """A run's handle and, where it says more, its reference."""
        reference = self.ref(handle).id
        return handle if handle == reference else f"{handle} ({reference})"

    def turn_to(self, before: BlockEvidence | None) -> None:
        """Let what a block itself was filled with go before what other blocks were."""
        self._before = before
        self._own = _first_of(_calls(before)) if before is not None else {}

    @property
    def before(self) -> BlockEvidence | None:
        """What the block itself was last filled with."""
        return self._before

    def known_as(self, handle: str) -> str | None:
        """The reference under which the evidence holds the run, however the entry spells it now."""
        reference = self.ref(handle).id
        if reference not in self._known_as:
            self._known_as[reference] = self._look_up(reference)
        return self._known_as[reference]

    def _look_up(self, reference: str) -> str | None:
        if reference in self._old.runs:
            return reference
        heads = {key: _head(run) for key, run in self._old.runs.items()}
        named = answering(reference, heads.values())
        found = {
            key: self._old.runs[key].origin.sha256
            for key, head in heads.items()
            if head in named or _lies_at(self._old.runs[key], reference)
        }
        return next(iter(found)) if len(set(found.values())) == 1 else None

    def known(self, handle: str) -> RunEvidence | None:
        """What the last fill saw of the run."""
        key = self.known_as(handle)
        return self._old.runs[key] if key is not None else None

    def recall(self, handle: str, asked: CallEvidence) -> CallEvidence | None:
        """What the last fill found for the same call of this very run, whatever its handle was then."""
        key = self.known_as(handle)
        if key is None:
            return None
        wanted = ask(asked.model_copy(update={"run": key}))
        found = self._own.get(wanted) or self._shared(key).get(wanted)
        moved = found is not None and asked.window == "matched" and found.steps != asked.steps
        return None if moved else found

    def _shared(self, key: str) -> Mapping[_Asked, CallEvidence]:
        """Calls of all blocks that were filled from the bytes that the evidence of the run tells of."""
        if key not in self._by_run:
            blocks = (*self._old.blocks.values(), *self._old.citations.values())
            same = (block for block in blocks if block.runs.get(key) == self._old.runs[key].origin.sha256)
            predicted = (call for prediction in self._old.predictions for call in prediction.parts)
            self._by_run[key] = _first_of(chain(chain.from_iterable(map(_calls, same)), predicted))
        return self._by_run[key]

    def reach(self, handle: str) -> Reach | None:
        """The first and the last step of a run, now or at the last fill; None before its first row."""
        opened = self.open(handle)
        run = opened if opened is not None else self.known(handle)
        if run is None or run.first_step is None or run.last_step is None:
            return None
        return Reach(run.first_step, run.last_step)

    def evidence(self, handle: str) -> RunEvidence | None:
        """The run as it is now, or as the last fill saw it."""
        reference = self.ref(handle).id
        if reference not in self._now:
            opened = self.open(handle)
            self._now[reference] = self.known(handle) if opened is None else self._evidence_of(opened, handle)
        return self._now[reference]

    def _evidence_of(self, opened: OpenRun, handle: str) -> RunEvidence:
        then = self.known(handle)
        if then is not None and self._stands_for(then, opened):
            return then
        shared = opened.run.model_dump(include=set(RunEvidence.model_fields) - {"problems", "segments", "elsewhere"})
        shared["first_step"] = opened.first_step
        parts = tuple(SegmentEvidence(origin=part.origin, kept=part.kept) for part in opened.segments)
        now = RunEvidence(
            **shared,
            origin=opened.origin,
            problems=opened.run.problem_count,
            segments=parts if len(parts) > 1 else None,
            elsewhere=continuity.told_elsewhere(_elsewhere(opened), then, opened),
        )
        if then is not None and then.origin.sha256 == now.origin.sha256:
            # The same bytes in another folder, or fetched anew, are the same evidence.
            origin = now.origin.model_copy(update={"path": then.origin.path, "fetched": then.origin.fetched})
            found = now.segments and continuity.where_they_were(now.segments, then.segments)
            return now.model_copy(update={"origin": origin, "segments": found})
        return now

    def objection(self, handle: str) -> str | None:
        """In words, why the run that is at hand must not take the place of the one that the evidence holds."""
        return self._of_both(handle, continuity.objection)

    def growth(self, handle: str) -> str | None:
        """In words, how the bytes of a run are not those of the last fill; None where they are, or cannot be had."""
        return None if self.stands(handle) else self._of_both(handle, continuity.growth)

    def stands(self, handle: str) -> bool:
        """Whether what is recorded of a run is what counts, though it is now read in another place."""
        then, opened = self.known(handle), self.open(handle)
        return then is not None and opened is not None and self._stands_for(then, opened)

    def _stands_for(self, then: RunEvidence, opened: OpenRun) -> bool:
        return not self._anew and continuity.is_same_in_another_place(then, opened)

    def is_in_another_place(self, handle: str) -> bool:
        """Whether a run was read from a folder when it was recorded, and is now from a server, or the other way."""
        then, opened = self.known(handle), self.open(handle)
        return then is not None and opened is not None and continuity.in_another_place(then, opened)

    def others(self, handle: str) -> str | None:
        """In words, that the rows of a run on a server are not those of the last fill, where its numbers show that."""
        return self._of_both(handle, continuity.others)

    def overtaken(self, handle: str) -> str | None:
        """In words, that rows which counted at the last fill no longer do."""
        said = self._of_both(handle, continuity.overtaken)
        return said and f"{said}: see `journal runs show {self.ref(handle).id}`"

    def _of_both(self, handle: str, say: Callable[[RunEvidence, OpenRun, str], str | None]) -> str | None:
        """What there is to say of a run as the evidence has it, beside the run at hand."""
        then, opened = self.known(handle), self.open(handle)
        return None if then is None or opened is None else say(then, opened, self.named(handle))


_Asked = tuple[str | None, ...]


def _elsewhere(opened: OpenRun) -> Elsewhere | None:
    """The run in its other place; None also where it cannot be read there: that hinders nobody here."""
    try:
        return opened.elsewhere
    except SourceError:
        return None


def _first_of(calls: Iterable[CallEvidence]) -> dict[_Asked, CallEvidence]:
    """Of the calls that ask the same, the first."""
    found: dict[_Asked, CallEvidence] = {}
    for call in calls:
        found.setdefault(ask(call), call)
    return found


def ask(call: CallEvidence) -> _Asked:
    """What a call asks for, but for the handle: run, metric, statistic, window."""
    return call.run, call.metric, call.statistic, call.window


def _calls(block: BlockEvidence) -> Iterator[CallEvidence]:
    for cell in block.cells:
        yield from cell.calls


def _head(run: RunEvidence) -> RunHead:
    """A remembered run as a listing would show it."""
    shared = run.model_dump(include=set(RunHead.model_fields) - {"segments"})
    return RunHead(**shared, place=str(PurePosixPath(run.origin.path).parent))


def _lies_at(run: RunEvidence, reference: str) -> bool:
    """Whether a path names the folder or the log that a remembered run was read from."""
    path = PurePosixPath(run.origin.path)
    given = PurePosixPath(reference)
    return len(given.parts) > 1 and given in {path, path.parent}
