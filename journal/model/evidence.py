"""Evidence: where every number of an entry came from, at full precision."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from operator import not_
from typing import Any, Literal

from pydantic import Field

from journal.model.base import Finite, Frozen, Natural
from journal.model.comparison import Difference
from journal.model.revision import Judgement
from journal.model.run import Elsewhere, Origin, RunState


class BlockState(StrEnum):
    """How a block stands to what it promises."""

    FRESH = "fresh"
    """Text, evidence and source agree."""
    PENDING = "pending"
    """A run or a metric is not there yet."""
    STALE = "stale"
    """Never filled, or asked for something else since it was filled."""
    DRIFTED = "drifted"
    """The source gives another value than the evidence."""
    EDITED = "edited"
    """The tool's text was changed by hand."""
    UNVERIFIABLE = "unverifiable"
    """The source is out of reach; text and evidence still agree."""


class CellState(StrEnum):
    """What a cell has to show."""

    VALUE = "value"
    """A number."""
    PENDING = "pending"
    """Its run or its metric does not exist yet."""
    NO_ROWS = "no data"
    """Run and metric are there, the window holds no finite row."""


class Estimate(Frozen):
    """One statistic of one metric over one window of one run, or what arithmetic makes of several."""

    value: float | None
    """The number, or None where there is none: no finite row was left, or what was stored is text."""
    n: int
    """Rows used; of arithmetic, those of its parts together."""
    nonfinite: int
    """Rows in the window that were left out as NaN or infinite; of arithmetic, of its parts together."""
    first_step: int | None = None
    """Step of the first row used; of arithmetic, the earliest."""
    last_step: int | None = None
    """Step of the last row used; of arithmetic, the latest."""
    text: str | None = None
    """What stands in place of a number: text from `config` or `summary`, or NaN or an infinity at a step."""

    @property
    def window(self) -> tuple[int, int] | None:
        """Steps of the first and last row used, or None where no row was."""
        return None if self.first_step is None or self.last_step is None else (self.first_step, self.last_step)


class CallEvidence(Frozen):
    """One call: one statistic of one metric over one window of one run."""

    expression: str
    """What is asked for, as an expression."""
    run: str | None = None
    """The run reference behind the handle; None for arithmetic and for groups."""
    metric: str | None = None
    """The metric, or the key of `config` or `summary`; None for arithmetic and for groups."""
    statistic: str | None = None
    """The statistic; None for arithmetic and for groups."""
    window: str | None = None
    """The window that was asked for; None for arithmetic and for groups."""
    steps: str | None = None
    """What the window came to on this run: the steps of it that the run has reached."""
    state: CellState
    """What there is to show."""
    value: Finite | None = None
    """The number at full precision."""
    text: str | None = None
    """What stands in place of a number: text from `config` or `summary`, or NaN or an infinity at a step."""
    n: Natural | None = None
    """Rows used."""
    nonfinite: Natural | None = None
    """Rows left out as NaN or infinite."""
    first_step: Natural | None = None
    """Step of the first row used."""
    last_step: Natural | None = None
    """Step of the last row used."""


class GroupEvidence(Frozen):
    """How the runs of a group scatter around their mean."""

    n: Natural
    """Runs with a value."""
    missing: Natural = Field(default=0, exclude_if=not_)
    """Runs of the group without one."""
    std: Finite | None = None
    """Sample standard deviation over the runs; None for one run."""
    low: Finite | None = None
    """Lower end of the interval around the mean."""
    high: Finite | None = None
    """Upper end of the interval around the mean."""
    interval: str | None = None
    """How the interval was made, or why there is none of so few runs, in words; None where nothing is to be said."""


class SignificanceEvidence(Frozen):
    """A statistical test of the difference between two groups of runs."""

    name: str
    """The test, by its usual name."""
    p: Finite | None = None
    """Two-sided p-value; None where there are too few runs for one."""
    n: Natural
    """Pairs of runs, or runs of both groups together where they are not paired."""
    paired: bool
    """Whether the runs were paired."""


class CellEvidence(CallEvidence):
    """One cell of a table, or one value cited in the text."""

    row: str
    """Label of the row; of a cited value, the run as its link gives it."""
    column: str
    """Label of the column; of a cited value, nothing."""
    group: GroupEvidence | None = None
    """For the mean over a group of runs: how they scatter."""
    test: SignificanceEvidence | None = None
    """For a test of two groups: which, and what it found."""
    parts: tuple[CallEvidence, ...] = Field(default=(), exclude_if=not_)
    """For arithmetic and groups: every call that the number is made of, in order."""

    @property
    def calls(self) -> tuple[CallEvidence, ...]:
        """The calls that the number is made of: the cell itself, or its parts."""
        if self.parts or self.run is None:
            return self.parts
        return (CallEvidence(**{name: getattr(self, name) for name in CallEvidence.model_fields}),)


class SegmentEvidence(Frozen):
    """One part of a run that lies in several folders."""

    origin: Origin
    """The bytes it was read from."""
    kept: Natural
    """Rows of it that counted."""


class RecordedRun(Frozen):
    """What is kept of a run wherever it is recorded."""

    id: str
    """The tracker's id."""
    entity: str | None = None
    """The tracker's entity."""
    project: str | None = None
    """The tracker's project."""
    name: str | None = None
    """Display name."""
    state: RunState
    """How it had ended."""
    started: datetime | None = None
    """When it started."""
    commit: str | None = None
    """Full sha that the tracker recorded."""
    dirty: bool | None = None
    """Whether the work tree was dirty; None where nobody knows."""
    sdk: str | None = None
    """Version of the SDK that wrote it."""
    rows: Natural
    """Logged points."""
    first_step: Natural | None = None
    """Step of the first row."""
    last_step: Natural | None = None
    """Step of the last row."""
    origin: Origin
    """The bytes that everything was read from."""
    segments: tuple[SegmentEvidence, ...] | None = None
    """The parts of a run that lies in several folders, in the order in which they were joined."""


class RunEvidence(RecordedRun):
    """One run as it was when its numbers were taken."""

    problems: Natural = 0
    """How many things in it could not be read."""
    elsewhere: Elsewhere | None = Field(default=None, exclude_if=not_)
    """The same run on the server, or in a folder, where both were looked at."""


class BlockEvidence(Frozen):
    """One block of an entry."""

    kind: str
    """What it shows."""
    spec: dict[str, Any]
    """What it asked for, with every default filled in."""
    sum: str
    """Sum of the text that was written; of a cited value, of its number at full precision."""
    runs: dict[str, str]
    """The run references it rests on, each with the sum of the bytes that its numbers were read from."""
    cells: tuple[CellEvidence, ...] = ()
    """Its cells, row by row."""
    difference: Difference | None = None
    """What two runs differ in besides numbers, for a block that compares them."""


class Verdict(StrEnum):
    """What became of a prediction."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    OPEN = "open"
    """A run or a metric that it needs is not there yet."""


class PredictionEvidence(Frozen):
    """One prediction, scored."""

    claim: str
    """What was expected, in words."""
    expect: str
    """The same as an expression with a threshold, in its canonical spelling."""
    verdict: Verdict
    """What became of it."""
    value: Finite | None = None
    """What the left side came to, at full precision."""
    threshold: Finite | None = None
    """What the right side came to, at full precision."""
    parts: tuple[CallEvidence, ...] = ()
    """Every call that the two sides are made of, in order."""
    commit: str | None = None
    """Full sha of the first commit from which on the prediction has stood in the entry, if it was preregistered."""
    committed: datetime | None = None
    """When that commit was made."""
    preregistered: bool | None = None
    """Whether that was before every run of it started; None while that cannot be told."""


class CommitEvidence(Frozen):
    """A commit that an entry is about, with what it can be found again by after history was rewritten."""

    sha: str
    """Its full sha."""
    subject: str
    """First line of its message."""
    authored: datetime
    """Author date, which a rebase keeps."""
    patch: str | None = None
    """What `git patch-id --stable` gives for its changes; None for a merge and for a commit without any."""


class Evidence(Frozen):
    """Everything that an entry's numbers rest on."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    entry: str
    """Id of the entry."""
    blocks: dict[str, BlockEvidence] = Field(default_factory=dict)
    """Blocks by name."""
    citations: dict[str, BlockEvidence] = Field(default_factory=dict, exclude_if=not_)
    """Values cited in running text, each a block of one cell, by run and expression."""
    predictions: tuple[PredictionEvidence, ...] = Field(default=(), exclude_if=not_)
    """Predictions, in the order of the front matter."""
    runs: dict[str, RunEvidence] = Field(default_factory=dict)
    """Runs by the reference that the entry gives them."""
    commits: dict[str, CommitEvidence] = Field(default_factory=dict, exclude_if=not_)
    """The commits of its front matter, by the sha that stands there."""
    verdicts: dict[str, Judgement] = Field(default_factory=dict, exclude_if=not_)
    """For each run of its front matter, whether it belongs to those commits; by the reference that stands there."""
