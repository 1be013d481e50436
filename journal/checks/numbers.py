"""Rules about numbers that authors wrote by hand: is it the right run's, and do they agree with one another."""

from __future__ import annotations

import re
from math import ceil, floor
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.checks.written import agreement, arithmetic, asked, direction, naming, ownership, shares
from journal.checks.written.ownership import WHOLE
from journal.document.lines import plain
from journal.errors import ExpressionError, SourceError
from journal.model.expression import Call, Statistic
from journal.model.finding import Severity
from journal.model.window import Window
from journal.stats.evaluation import estimate_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from journal.checks.interface import Scene
    from journal.checks.written.arithmetic import Interval, Unfounded
    from journal.checks.written.direction import Turned
    from journal.checks.written.ownership import Stray
    from journal.checks.written.reading import Writing
    from journal.checks.written.shares import Contradiction
    from journal.model.entry import Entry
    from journal.model.finding import Finding
    from journal.sources.open_run import OpenRun

# A line of dashes below a table's headings, and three digits: what is not there need not be read.
_TABLE_RULE = re.compile(rb"[\r\n][ \t>]*+\|?[ \t]*+:?-++:?[ \t]*+\|")
_ENOUGH_DIGITS = re.compile(rb"[0-9][.,]?[0-9][.,]?[0-9]")
# What the line of headings holds if a column compares others, whatever stands around it.
_COMPARING = re.compile(
    r"ratio|trend|delta|change|diff|speed-?up|gain|improvement|reduction|vs|versus|relative|[Δ\u00d7]|(?<!\w)x",
    re.IGNORECASE,
)
# What stands around a number that was another one before, in a table and in a sentence.
_WAS = re.compile(rb"wa(?:s|\xc5\xbf)", re.IGNORECASE)
_ARROW = re.compile("→|⇒|->".encode())
_NAMED = {"max": "maximum", "min": "minimum", "std": "standard deviation"}


def _with_tables(scene: Scene, is_worth_reading: Callable[[Entry, bytes], bool]) -> Iterator[tuple[Entry, Writing]]:
    """The entries in which a table may stand, or a value is cited, and in which there may be something to find.

    Reading takes most of the time of a check, so whatever surely finds nothing is left out.
    """
    for entry in scene.entries:
        raw = scene.raw(entry)
        if (entry.citations or _TABLE_RULE.search(raw)) and is_worth_reading(entry, raw):
            writing = scene.writing(entry)
            if writing is not None:
                yield entry, writing


def _may_compare(entry: Entry, raw: bytes) -> bool:  # noqa: ARG001 - like the others
    """Whether the headings of a table may say that a column compares others."""
    lines = (_line_above(raw, rule.start()) for rule in _TABLE_RULE.finditer(raw))
    return any(_COMPARING.search(line) or ("/" in line and arithmetic.comparing(line.split("|"))) for line in lines)


def _line_above(raw: bytes, end: int) -> str:
    """The line that a line end ends, given where that or its last character stands."""
    end -= raw[end - 1 : end + 1] == b"\r\n"
    return plain(raw[max(raw.rfind(b"\n", 0, end), raw.rfind(b"\r", 0, end)) + 1 : end])


def _may_disagree(entry: Entry, raw: bytes) -> bool:
    """Whether numbers may be said to be of one thing: of a metric that is asked for, or by what they were before."""
    changes = _ARROW.search(raw) is not None and _WAS.search(raw) is not None
    return bool(entry.blocks or entry.citations) or changes


def _may_share(entry: Entry, raw: bytes) -> bool:  # noqa: ARG001
    return b"%" in raw


class _Runs:
    """The runs of an entry: their names, and their statistics, each worked out once."""

    def __init__(self, entry: Entry, scene: Scene) -> None:
        self._refs = {ref.id: ref for ref in entry.front_matter.runs}
        self._scene = scene
        self._opened: dict[str, OpenRun | None] = {}

    def names(self) -> naming.Names:
        """What the runs are called: by handle, id, label, display name, and by the role that only one has."""
        roles = [ref.role for ref in self._refs.values()]
        forms = {key: {ref.handle, ref.id, ref.label, *self._listed(key)} - {None} for key, ref in self._refs.items()}
        alone = {key: [ref.role] for key, ref in self._refs.items() if ref.role and roles.count(ref.role) == 1}
        return naming.Names({key: [str(form) for form in names] for key, names in forms.items()}, alone)

    def _listed(self, key: str) -> tuple[str | None, ...]:
        try:
            head = self._scene.sources.find(key)
        except SourceError:
            return ()
        return head.id, head.name

    def handle(self, key: str) -> str:
        """What the entry calls a run."""
        return self._refs[key].handle if key in self._refs else key

    def others(self, key: str) -> list[str]:
        """The runs that can be had, but for one."""
        return [other for other in self._refs if other != key and self.open(other) is not None]

    def metrics(self) -> set[str]:
        """The metrics of every run that can be had."""
        opened = [self.open(key) for key in self._refs]
        return {name for run in opened if run is not None for name in run.metric_names}

    def open(self, key: str) -> OpenRun | None:
        """A run, or None if it cannot be had: nothing is said of it then."""
        if key not in self._opened:
            try:
                self._opened[key] = self._scene.sources.open(key)
                _ = self._opened[key].metric_names  # type: ignore[union-attr]
            except SourceError:
                self._opened[key] = None
        return self._opened[key]

    def value(self, key: str, metric: str, statistic: str, window: Window) -> float | None:
        """A statistic of a run, or None where there is none."""
        values = self._scene.shared.values
        asked = (key, metric, statistic, None if window is WHOLE else window)
        if asked not in values:
            values[asked] = self._work_out(key, metric, statistic, window)
        return values[asked]

    def _work_out(self, key: str, metric: str, statistic: str, window: Window) -> float | None:
        run = self.open(key)
        if run is None or metric not in run.metric_names:
            return None
        try:
            return estimate_on(run, Call(statistic=Statistic(name=statistic), metric=metric, window=window)).value
        except (ExpressionError, SourceError):
            return None


def _of_another_run(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        several = len({ref.id for ref in entry.front_matter.runs}) > 1
        if several and _ENOUGH_DIGITS.search(scene.raw(entry)):
            yield from _strays(rule, scene, entry)


def _strays(rule: Rule, scene: Scene, entry: Entry) -> Iterator[Finding]:
    runs = _Runs(entry, scene)
    writing = scene.writing(entry)
    candidates = ownership.candidates(writing, runs.names()) if writing is not None else ()
    found = [found for found in candidates if runs.open(found.run) is not None]
    if not found:
        return
    metrics, cited = naming.Metrics(runs.metrics()), asked.metrics(entry) & runs.metrics()
    for candidate in found:
        stray = ownership.stray(candidate, runs.others(candidate.run), metrics, cited, runs.value)
        if stray is not None:
            yield _stray(rule, entry, runs, stray)


def _stray(rule: Rule, entry: Entry, runs: _Runs, stray: Stray) -> Finding:
    number, of = stray.number, stray.of
    own, other = runs.handle(stray.beside), runs.handle(of.run)
    statistic = _NAMED.get(of.statistic, of.statistic)
    where = "" if of.window == Window() else f" over {of.window}"
    window = None if of.window == Window() else of.window
    call = Call(statistic=Statistic(name=of.statistic), metric=of.metric, window=window)
    return rule.finding(
        entry.path,
        f"{number.text} is {other}'s {statistic} of {of.metric}{where}, "
        f"not {own}'s ({stray.instead:.{number.decimals}f})",
        place=(number.line, number.column),
        hint=f"cite it: `journal cite '{call}' --run {own}`",
    )


def _ratio_of_others(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, writing in _with_tables(scene, _may_compare):
        for table in writing.tables:
            for found in arithmetic.unfounded(table):
                yield _unfounded(rule, entry, found)
            for turned in direction.turned(table):
                yield _turned(rule, entry, turned)


def _unfounded(rule: Rule, entry: Entry, found: Unfounded) -> Finding:
    number = found.number
    return rule.finding(
        entry.path,
        f"{number.text}{number.unit} under {found.heading!r} does not follow from {found.left.text} and "
        f"{found.right.text}: {found.expected:.{number.decimals}f}{number.unit}",
        place=(number.line, number.column),
        hint="work it out again, or let a table block with `compare:` do it",
    )


def _turned(rule: Rule, entry: Entry, found: Turned) -> Finding:
    number = found.number
    return rule.finding(
        entry.path,
        f"{number.text}{number.unit} {found.word} does not follow from {found.left.text} and then {found.right.text}",
        place=(number.line, number.column),
        hint="correct the word or the cells, or let a table block with `compare:` do it",
    )


def _two_values(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, writing in _with_tables(scene, _may_disagree):
        metrics = naming.Metrics(asked.metrics(entry))
        runs = _Runs(entry, scene)
        for found in agreement.disagreements(writing, list(asked.cited(entry)), runs.names(), metrics):
            number, other = found.number, found.other
            what = found.what if found.run is None else f"{found.what} of {runs.handle(found.run)}"
            yield rule.finding(
                entry.path,
                f"{what} is {number.text} here and {other.text} on line {other.line}",
                place=(number.line, number.column),
                hint="correct the wrong one, or cite both: `journal cite EXPR --run REF`",
            )


def _two_totals(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, writing in _with_tables(scene, _may_share):
        for table in writing.tables:
            for found in shares.contradictions(table):
                yield _contradiction(rule, entry, found)


def _contradiction(rule: Rule, entry: Entry, found: Contradiction) -> Finding:
    share, other = found.share, found.other
    said = f"{share.count.text} is {share.percent.text}% of {_total(share.total)}"
    if other is None:
        against = "not of the total beside it"
    else:
        against = f"but {other.count.text} is {other.percent.text}% of {_total(other.total)} on line {other.count.line}"
    return rule.finding(
        entry.path,
        f"{said}, {against}",
        place=(share.count.line, share.count.column),
        hint="say of how many, or let a table block count: `stats: [count(x > 50), share(x > 50)]`",
    )


def _total(total: Interval) -> str:
    low, high = ceil(total.low), floor(total.high)
    return str(low) if low >= high else f"{low} to {high}"


RULES = (
    Rule("NUM001", Severity.WARNING, "a number of another run", _of_another_run, own=True),
    Rule("NUM002", Severity.WARNING, "a ratio that does not follow from its cells", _ratio_of_others, own=True),
    Rule("NUM003", Severity.WARNING, "two different values for the same expression", _two_values, own=True),
    Rule("NUM004", Severity.WARNING, "shares that are not of one total", _two_totals, own=True),
)
