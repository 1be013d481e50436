"""What the rest of the site says of an entry or a run, in plain values: small, kept, and quick to read again.

A page of many entries is made of these alone. Every text is raw, as an author or a run gave it.
"""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    """Somebody who wrote."""

    name: str
    kind: str | None = None
    """`human` or `agent`, where that is known."""


class Commit(NamedTuple):
    """A commit that an entry is about."""

    sha: str
    """In full where the evidence has it, else as written."""
    note: str | None = None
    """What it did, in the entry's words."""
    origin: str | None = None
    """The repository that it lies in, where that is another one."""
    subject: str | None = None
    """First line of its message, where the evidence has it."""
    authored: str | None = None
    """ISO 8601, where the evidence has it."""


class CitedRun(NamedTuple):
    """A run that an entry is about."""

    reference: str
    """As the front matter has it."""
    handle: str
    role: str | None = None
    label: str | None = None
    key: str | None = None
    """Name of its digest's file without the suffix, which its page is called by; None before the first fill."""
    verdict: str | None = None
    """Whether it belongs to the entry's commits: a commit verdict."""
    reasons: tuple[str, ...] = ()
    """Why that was found."""
    sha256: str | None = None
    """Sum of the bytes that its numbers were taken from; None before the first fill."""

    @property
    def id(self) -> str:
        """Its reference, by the name that it has in the front matter."""
        return self.reference


class Number(NamedTuple):
    """A number that an entry shows, and one run and metric that it was taken from."""

    anchor: str
    """Where its evidence stands on the entry's page."""
    key: str | None
    """The run, as in `CitedRun.key`."""
    handle: str
    """What the entry calls the run."""
    metric: str
    statistic: str
    """`mean`, `p99`, ...; never `config` or `summary`."""
    window: str
    """As it was asked for, in the words of expressions; `all` without one."""
    expression: str
    value: float | None
    """At full precision; None where there is none."""
    rows: int | None
    """Rows used."""
    alone: bool
    """Whether this is all the number is made of; else it is a part of one."""
    first: int | None = None
    """Step of the first row used."""
    last: int | None = None
    """Step of the last row used."""


class Plot(NamedTuple):
    """A plot block that was filled."""

    block: str
    """Its name."""
    metrics: tuple[str, ...]
    metric_labels: tuple[str, ...]
    """What the block calls each."""
    runs: tuple[str, ...]
    """Handles."""
    run_labels: tuple[str, ...]
    """What the block calls each."""
    window: str
    """As it was asked for; `all` without one."""
    scale: str
    """`linear` or `log`."""
    smooth: float
    """Weight of the exponential moving average; 0 without one."""


class Attention(NamedTuple):
    """A block or cited value that somebody should look at."""

    state: str
    """A `BlockState`."""
    anchor: str
    """Where it stands on the entry's page; empty where that is nowhere."""
    name: str
    kind: str
    message: str


class Claim(NamedTuple):
    """A prediction."""

    claim: str
    expect: str
    verdict: str | None = None
    """None where it was never scored."""
    value: float | None = None
    preregistered: bool | None = None
    commit: str | None = None
    """Full sha of the first commit from which on it has stood in the entry, where that is known."""
    committed: str | None = None
    """When that commit was made, ISO 8601."""


class Event(NamedTuple):
    """An update of an entry."""

    at: str
    """As it is told on pages, `2026-02-21 19:01 +08:00`."""
    moment: float
    """Seconds since 1970, to order by."""
    anchor: str
    """Where its words stand on the entry's page; empty where they do not."""
    by: str | None = None
    status: str | None = None
    outcome: str | None = None
    section: str | None = None


class Amendment(NamedTuple):
    """A correction."""

    was: str
    now: str | None = None
    reason: str | None = None
    by: str | None = None
    at: str | None = None


class Verdict(NamedTuple):
    """A review."""

    by: str
    kind: str | None
    verdict: str
    at: str | None = None
    overtaken: bool = False
    """Whether the evidence has changed since."""


class Abstract(NamedTuple):
    """One entry."""

    id: str
    path: str
    """Its file, relative to the journal."""
    page: str
    """Its page in the generated folder, `entries/….md`."""
    sum: str
    """Sum of the entry's and its evidence's bytes."""
    title: str
    day: str
    """`2026-02-21`, where it was written."""
    created: str
    """As it is told on pages."""
    moment: float
    """Seconds since 1970, to order by."""
    status: str | None = None
    outcome: str | None = None
    review: str | None = None
    """`verified` or `disputed`, where its reviews come to that."""
    authors: tuple[Person, ...] = ()
    tags: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    results_of: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    invalidates: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    commits: tuple[Commit, ...] = ()
    runs: tuple[CitedRun, ...] = ()
    metrics: tuple[str, ...] = ()
    """Every metric that its promises ask for, sorted, also before they are filled."""
    numbers: tuple[Number, ...] = ()
    attention: tuple[Attention, ...] = ()
    predictions: tuple[Claim, ...] = ()
    steps: tuple[str, ...] = ()
    """What it leaves to be done, in plain words."""
    updates: tuple[Event, ...] = ()
    corrections: tuple[Amendment, ...] = ()
    reviews: tuple[Verdict, ...] = ()
    summary: str = ""
    """Its first words, plain, at most `SUMMARY` characters."""
    words: str = ""
    """Its terms for the search, as `search_words.of` gives them: a line each for title, names, first words and text."""
    targets: tuple[str, ...] = ()
    """What its text links to, as files of this journal might be named, each once."""
    names: tuple[str, ...] = ()
    """What in its file looks like the id of an entry, each once: whom it may name in its words."""
    plots: tuple[Plot, ...] = ()
    """Its plot blocks, in the order of the text."""
    not_utf8: int | None = None
    """The first line of its file that is not UTF-8, where there is one."""
    problem: str | None = None
    """Why its numbers cannot be traced, if they cannot."""
    shas: tuple[str, ...] = ()
    """Commits that its page names beside its own: of its runs and predictions, and what its own became; sorted."""
    taken_from: str | None = None
    """The file that it was taken in from, as it was named relative to the journal."""

    @property
    def front_matter(self) -> Abstract:
        """Itself: it has relations, runs and corrections by the names of the front matter."""
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the runs that it is about or takes numbers from, each once."""
        found = [run.key for run in self.runs] + [number.key for number in self.numbers]
        return tuple(dict.fromkeys(key for key in found if key is not None))

    @property
    def touched(self) -> float:
        """When it was written or last updated, in seconds since 1970."""
        return max([self.moment, *(update.moment for update in self.updates)])


SUMMARY = 240
"""Characters of an entry's first words that are kept."""


class RunAbstract(NamedTuple):
    """One run that evidence keeps a digest of."""

    key: str
    """Name of the digest's file without the suffix."""
    sum: str
    """Sum of the digest's bytes."""
    id: str
    entity: str | None
    project: str | None
    name: str | None
    state: str
    started: str | None
    """ISO 8601 in UTC."""
    commit: str | None
    dirty: bool | None
    rows: int
    last_step: int | None
    metrics: tuple[str, ...]
    """The metrics that the digest holds, sorted."""
    address: str | None
    """Its page at the tracker, where that can be known."""
    lone: tuple[str, ...] = ()
    """Those of the metrics of which the run logged one row: a dot is no curve."""
