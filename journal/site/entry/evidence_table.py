"""The evidence below a block: where each number came from, so that it can be found again in its run's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import CellState
from journal.model.run_page import page_of
from journal.model.wording import counted
from journal.site import anchors
from journal.site.entry.boxed import Row, boxed, fold, number
from journal.site.entry.scored import sides
from journal.site.markup import SHORT_SUM, badge, code, outside, timed
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.model.evidence import (
        BlockEvidence,
        CallEvidence,
        CellEvidence,
        Evidence,
        PredictionEvidence,
        RunEvidence,
    )
    from journal.model.run import Origin
    from journal.site.contents import Committed
    from journal.site.entry.leads import Leads

FACTS = (
    *("value", "run", "metric", "statistic", "window", "steps used", "rows", "non-finite rows", "source SHA-256"),
    *("expression", "made of"),
)
"""What is told of a number. The card that opens beside one reads it from here by these names."""
CELLS = ("row", "column", *FACTS)
AGAIN = "journal-again"
"""The class of what a page has told before."""
_STORED = {"config", "summary"}
SOURCES = ("run", "read from", "size", "SHA-256", "commit", "commit verdict", "started", "SDK")


class EvidenceTables:
    """The evidence of one entry, as tables that open on a click.

    Args:
        evidence: What its numbers rest on.
        leads: Where its runs, metrics and commits lead.
        filled: The commit that recorded it, where git knows.
    """

    def __init__(self, evidence: Evidence, leads: Leads, filled: Committed | None = None) -> None:
        self._evidence, self._leads, self._filled = evidence, leads, filled
        self._told: set[str] = set()

    def of_block(self, name: str) -> str:
        """A block's evidence as HTML; nothing for a block without any."""
        block = self._evidence.blocks.get(name)
        if block is None or not (block.cells or self._known(block.runs)):
            return ""
        rows = [
            Row([plain(cell.row), plain(cell.column), *self._facts(cell, block.runs)], anchors.cell(name, number))
            for number, cell in enumerate(block.cells)
        ]
        told = [_counted(block.cells)] if block.cells else []
        return self._fold("Evidence", told, name, boxed_cells(f"Evidence of {name}", CELLS, rows), block.runs)

    def of_values(self, cited: Sequence[tuple[str, str, BlockEvidence]]) -> str:
        """The evidence of cited values as HTML; nothing where there are none.

        Args:
            cited: Of each the anchor, the text that is cited, and the evidence.
        """
        rows = [
            Row([plain(text), *self._facts(cell, block.runs)], anchor)
            for anchor, text, block in cited
            for cell in block.cells
        ]
        if not rows:
            return ""
        label = "cited values"
        table = boxed_cells(f"Evidence of {label}", ("cited as", *FACTS), rows)
        runs = [reference for _, _, block in cited for reference in block.runs]
        return self._fold("Cited values", [counted(len(rows), "number")], label, table, runs)

    def of_predictions(self, predictions: Iterable[PredictionEvidence | None]) -> str:
        """The evidence of an entry's predictions, in the order of the front matter; nothing where none is measured."""
        cells = [
            (anchors.prediction(place, side), cell)
            for place, found in enumerate(predictions)
            if found is not None
            for side, cell in sides(found).items()
        ]
        if not cells:
            return ""
        runs = [call.run for _, cell in cells for call in cell.calls if call.run is not None]
        sums = {run: known.origin.sha256 for run, known in self._known(runs).items()}
        rows = [Row([plain(cell.row), plain(cell.column), *self._facts(cell, sums)], place) for place, cell in cells]
        table = boxed_cells("Evidence of predictions", ("prediction", *CELLS[1:]), rows)
        return self._fold(
            "Evidence of predictions", [_counted([cell for _, cell in cells])], "predictions", table, runs
        )

    def _fold(self, word: str, told: Sequence[str], name: str, cells: str, references: Iterable[str]) -> str:
        runs = self._known(references)
        summary = " from ".join([*told, *([counted(len(runs), "run")] if runs else [])])
        parts = (cells, self._sources(runs, name), self._recorded())
        return fold("journal-evidence", f"{word}: {summary}", *parts, searched=False)

    def _known(self, references: Iterable[str]) -> dict[str, RunEvidence]:
        """The runs behind references, each once, as far as the evidence knows them."""
        known = self._evidence.runs
        return {reference: known[reference] for reference in references if reference in known}

    def _recorded(self) -> str:
        """Since when the evidence has been in the repository."""
        if self._filled is None:
            return ""
        commit, time = self._leads.commit(self._filled.sha), timed(self._filled.at)
        return f'<p class="journal-recorded">Recorded in commit {commit}, {time}.</p>'

    def _facts(self, cell: CellEvidence, sums: Mapping[str, str]) -> list[str]:
        """What `FACTS` names; empty what is not known of it."""
        value = plain(recorded_value(cell))
        runs = list(dict.fromkeys(call.run for call in _calls(cell) if call.run is not None))
        metrics = dict.fromkeys(map(self._metric, _measured(cell)))
        return [
            value if cell.state is CellState.VALUE else f"<em>{value}</em>",
            ", ".join(map(self._leads.run, runs)),
            ", ".join(metrics),
            plain(cell.statistic or ""),
            plain(_window(cell)),
            _steps(cell),
            number(cell.n),
            number(cell.nonfinite),
            ", ".join(self._sums(runs, sums)),
            code(cell.expression),
            "<br>".join([*_tested(cell), *self._made_of(cell, sums)]),
        ]

    def _sums(self, runs: Sequence[str], sums: Mapping[str, str]) -> Iterator[str]:
        """What the runs were read from; of several it is told whose is whose."""
        for run in runs:
            if run in sums:
                whose = f"{self._leads.run(run)} " if len(runs) > 1 else ""
                yield whose + code(sums[run][:SHORT_SUM])

    def _made_of(self, cell: CellEvidence, sums: Mapping[str, str]) -> Iterator[str]:
        """Each call of arithmetic with its value and rows; the last one of a run also with what that was read from."""
        last = {part.run: place for place, part in enumerate(cell.parts)}
        for place, part in enumerate(cell.parts):
            value = repr(part.value) if part.value is not None else part.text or part.state.value
            rows = [] if part.n is None else [counted(part.n, "row"), *filter(None, [_steps(part)])]
            whose = ""
            if part.run is not None and part.run in sums and last[part.run] == place:
                read = f"{self._leads.run(part.run)}, SHA-256 {code(sums[part.run][:SHORT_SUM])}"
                whose = f'<span class="journal-read">; {read}</span>'
            used = f" ({', '.join(rows)})" if rows else ""
            yield f"{code(part.expression)} = {plain(value + used)}{whose}"

    def _metric(self, call: CallEvidence) -> str:
        return plain(call.metric or "") if call.statistic in _STORED else self._leads.metric(call.metric or "")

    def _sources(self, runs: Mapping[str, RunEvidence], name: str) -> str:
        """What the numbers of some runs were read from; paper tells of each run once."""
        if not runs:
            return ""
        rows = [
            Row(self._source(reference, run), style=AGAIN if reference in self._told else "")
            for reference, run in runs.items()
        ]
        self._told |= runs.keys()
        named = range(1, len(SOURCES))
        return boxed(f"Sources of {name}", SOURCES, rows, right={2}, named=named, style="journal-sources")

    def _source(self, reference: str, run: RunEvidence) -> list[str]:
        judged = self._evidence.verdicts.get(reference)
        return [
            self._leads.run(reference),
            _place(run),
            _size(run),
            _sum(run.origin),
            self._leads.recorded_commit(run),
            "" if judged is None else badge(judged.verdict.value),
            timed(run.started) if run.started else "",
            plain(run.sdk or ""),
        ]


def boxed_cells(label: str, head: Sequence[str], rows: Sequence[Row]) -> str:
    """The evidence of numbers, a row each; nothing for none."""
    right = {head.index(name) for name in ("value", "steps used", "rows", "non-finite rows")}
    named = range(1, len(head))
    return boxed(label, head, rows, right=right, named=named, style="journal-cells") if rows else ""


def _counted(cells: Sequence[CellEvidence]) -> str:
    """How many numbers there are; where there is none, what there is."""
    numbers = sum(cell.value is not None for cell in cells)
    values = sum(cell.state is CellState.VALUE for cell in cells)
    if numbers or values:
        return counted(numbers, "number") if numbers else counted(values, "value")
    return "no number yet" if any(cell.state is CellState.PENDING for cell in cells) else "no number"


def recorded_value(cell: CellEvidence) -> str:
    """What was recorded, at full precision."""
    return repr(cell.value) if cell.value is not None else cell.text or cell.state.value


def _calls(cell: CellEvidence) -> Sequence[CallEvidence]:
    """What a number is made of: itself, where it is of one call."""
    return cell.parts or (cell,)


def _measured(cell: CellEvidence) -> list[CallEvidence]:
    """What of it is of a metric; of what is made of several without the keys by which runs were told apart."""
    found = [call for call in _calls(cell) if call.metric is not None]
    return [call for call in found if call.statistic not in _STORED] or found


def _window(call: CallEvidence) -> str:
    """The window that was asked for, and what it came to where that is said in other words."""
    asked = call.window or ""
    return f"{asked} ({call.steps})" if call.steps is not None and call.steps != asked else asked


def _steps(call: CallEvidence) -> str:
    if call.first_step is None or call.last_step is None:
        return ""
    return f"{call.first_step}..{call.last_step}"


def _tested(cell: CellEvidence) -> Iterator[str]:
    """How a group scatters, and what a test found."""
    if (group := cell.group) is not None:
        spread = [f"mean of {counted(group.n, 'run')}"]
        spread += [f"standard deviation {group.std!r}"] if group.std is not None else []
        spread += [f"{group.low!r} to {group.high!r}"] if group.low is not None and group.high is not None else []
        spread += [group.interval] if group.interval else []
        yield plain(", ".join(spread))
    if (test := cell.test) is not None:
        pairs = "pair" if test.paired else "run"
        yield plain(f"{test.name}, {counted(test.n, pairs)}" + ("" if test.p is None else f", p = {test.p!r}"))


def _place(run: RunEvidence) -> str:
    """Where a run was read from, when a server gave it, and what is otherwise where it also lies."""
    words = [_at(run.origin)]
    if run.origin.fetched is not None:
        words.append(f"fetched {timed(run.origin.fetched)}")
    if run.elsewhere is not None:
        words.append(f"also {_at(run.elsewhere.origin)}: {plain('; '.join(run.elsewhere.unlike) or 'the same')}")
    return "<br>".join(words)


def _at(origin: Origin) -> str:
    """A file, or a run on a server, with a link to its page where that is known."""
    return outside(code(origin.path), page_of(origin))


def _size(run: RunEvidence) -> str:
    """How much was read: of a run that is no file of its own, its rows, for the sum is of a text about them."""
    return counted(run.rows, "row") if run.origin.is_online or run.origin.extract else counted(run.origin.bytes, "byte")


def _sum(origin: Origin) -> str:
    """The sum in full, and of what it is where that is no file."""
    shown = f'<code class="journal-sum">{plain(origin.sha256)}</code>'
    if origin.extract:
        return f"{shown}<br>of the values in it"
    return f"{shown}<br>of what the server says of it" if origin.is_online else shown
