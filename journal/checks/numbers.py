"""Rules about numbers that authors wrote by hand: is it the right run's, and do they agree with one another."""

from __future__ import annotations

import re
from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.checks.written import agreement, arithmetic, naming, ownership, reading
from journal.document import document
from journal.document.lines import plain
from journal.errors import ExpressionError, SourceError
from journal.model.expression import Call, Statistic, calls
from journal.model.finding import Severity
from journal.model.window import Window
from journal.stats.expression import parse
from journal.stats.statistics import estimate
from journal.stats.windows import Reach, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene
    from journal.checks.written.arithmetic import Contradiction, Interval, Unfounded
    from journal.checks.written.ownership import Stray
    from journal.checks.written.reading import Writing
    from journal.model.entry import CitedValue, Entry
    from journal.model.expression import Expression
    from journal.model.finding import Finding
    from journal.model.run import Column
    from journal.sources.open_run import OpenRun

# A line of dashes below a table's headings, and three digits: what is not there need not be read.
_TABLE_RULE = re.compile(rb"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*\|", re.MULTILINE)
_ENOUGH_DIGITS = re.compile(rb"[0-9][.,]?[0-9][.,]?[0-9]")
_NAMED = {"max": "maximum", "min": "minimum", "std": "standard deviation"}
_METRIC = re.compile(r"[A-Za-z_][\w.-]*/[\w./-]*\w")


@lru_cache(maxsize=1024)
def _read(raw: bytes, path: str) -> Writing:
    return reading.read(_authors_text(raw, path))


def _authors_text(raw: bytes, path: str) -> str:
    """A file without its front matter and the text of its blocks, line for line."""
    found = document.parse(raw, path)
    pieces = [plain(piece, errors="replace") for piece in found.pieces]
    pieces[0] = _bare(found.pieces[0][: found.start]) + plain(found.pieces[0][found.start :])
    for place, slot in enumerate(found.slots):
        if slot.is_block:
            pieces[2 * place + 1] = _bare(found.pieces[2 * place + 1])
    return "".join(pieces)


def _bare(raw: bytes) -> str:
    """The line ends alone."""
    return "\n" * plain(raw).count("\n")


def _writing(entry: Entry, scene: Scene) -> Writing:
    return _read(scene.raw(entry), entry.path)


def _with_tables(scene: Scene) -> Iterator[tuple[Entry, Writing]]:
    """The entries in which a table may stand, or a value is cited."""
    for entry in scene.entries:
        if entry.citations or _TABLE_RULE.search(scene.raw(entry)):
            yield entry, _writing(entry, scene)


class _Runs:
    """The runs of an entry: their names, and their statistics, each worked out once."""

    def __init__(self, entry: Entry, scene: Scene) -> None:
        self._refs = {ref.id: ref for ref in entry.front_matter.runs}
        self._scene = scene
        self._opened: dict[str, OpenRun | None] = {}
        self._columns: dict[tuple[str, str], Column | None] = {}
        self._values: dict[tuple[str, str, str, Window], float | None] = {}

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
        asked = (key, metric, statistic, window)
        if asked not in self._values:
            self._values[asked] = self._work_out(*asked)
        return self._values[asked]

    def _work_out(self, key: str, metric: str, statistic: str, window: Window) -> float | None:
        column = self._column(key, metric)
        if column is None or not column.steps.len():
            return None
        within = resolve(window, Reach(int(column.steps[0]), int(column.steps[-1])))
        try:
            return estimate(column, Statistic(name=statistic), within).value
        except ExpressionError:
            return None

    def _column(self, key: str, metric: str) -> Column | None:
        if (key, metric) not in self._columns:
            run = self.open(key)
            try:
                self._columns[key, metric] = run.column(metric) if run is not None else None
            except SourceError:
                self._columns[key, metric] = None
        return self._columns[key, metric]


def _of_another_run(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        several = len({ref.id for ref in entry.front_matter.runs}) > 1
        if several and _ENOUGH_DIGITS.search(scene.raw(entry)):
            yield from _strays(rule, scene, entry)


def _strays(rule: Rule, scene: Scene, entry: Entry) -> Iterator[Finding]:
    runs = _Runs(entry, scene)
    writing = _writing(entry, scene)
    found = [found for found in ownership.candidates(writing, runs.names()) if runs.open(found.run) is not None]
    if not found:
        return
    metrics = naming.Metrics(runs.metrics())
    specs = "\n".join([*(block.spec for block in entry.blocks), *(cited.expression for cited in entry.citations)])
    for candidate in found:
        stray = ownership.stray(
            candidate, runs.others(candidate.run), metrics, sorted(metrics.within(specs)), runs.value
        )
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
    for entry, writing in _with_tables(scene):
        for table in writing.tables:
            for found in arithmetic.unfounded(table):
                yield _unfounded(rule, entry, found)


def _unfounded(rule: Rule, entry: Entry, found: Unfounded) -> Finding:
    number = found.number
    return rule.finding(
        entry.path,
        f"{number.text}{number.unit} under {found.heading!r} does not follow from {found.left.text} and "
        f"{found.right.text}: {found.expected:.{number.decimals}f}{number.unit}",
        place=(number.line, number.column),
        hint="work it out again, or let a table block with `compare:` do it",
    )


def _two_values(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, writing in _with_tables(scene):
        cited = list(_expressions(entry))
        names = {call.metric for _, expression in cited for call in calls(expression)}
        names.update(name for block in entry.blocks for name in _METRIC.findall(block.spec))
        metrics = naming.Metrics(name for name in names if name is not None)
        runs = _Runs(entry, scene)
        for found in agreement.disagreements(writing, cited, runs.names(), metrics):
            number, other = found.number, found.other
            what = found.what if found.run is None else f"{found.what} of {runs.handle(found.run)}"
            yield rule.finding(
                entry.path,
                f"{what} is {number.text} here and {other.text} on line {other.line}",
                place=(number.line, number.column),
                hint="correct the wrong one, or cite both: `journal cite EXPR --run REF`",
            )


def _expressions(entry: Entry) -> Iterator[tuple[CitedValue, Expression]]:
    """The cited values with their expressions; one that is none is spoken of where cited values are filled."""
    for cited in entry.citations:
        try:
            yield cited, parse(cited.expression)
        except ExpressionError:
            continue


def _two_totals(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, writing in _with_tables(scene):
        for table in writing.tables:
            for found in arithmetic.contradictions(table):
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
    Rule("NUM001", Severity.WARNING, "a number of another run", _of_another_run),
    Rule("NUM002", Severity.WARNING, "a ratio that does not follow from its cells", _ratio_of_others),
    Rule("NUM003", Severity.WARNING, "two different values for the same expression", _two_values),
    Rule("NUM004", Severity.WARNING, "shares that are not of one total", _two_totals),
)
