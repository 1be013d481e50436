"""The metrics that entries ask for or that digests hold, with the entries and runs where each appears."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal.site.things.known_commits import newest_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.site.abstract import Abstract, Number, RunAbstract
    from journal.site.contents import Contents


@dataclass
class KnownMetric:
    """One metric.

    Attributes:
        name: Its exact name.
        entries: Entries that ask for it or show numbers of it, newest first.
        runs: Runs whose digest holds it, newest first.
    """

    name: str
    entries: list[Abstract] = field(default_factory=list)
    runs: list[RunAbstract] = field(default_factory=list)

    def numbers(self, entry: Abstract) -> list[Number]:
        """What an entry takes of it."""
        return [number for number in entry.numbers if number.metric == self.name]


def known_metrics(contents: Contents) -> Mapping[str, KnownMetric]:
    """The metrics by name, in the order of the alphabet."""
    found: dict[str, KnownMetric] = {}
    for entry in contents.abstracts:
        for name in dict.fromkeys([*entry.metrics, *(number.metric for number in entry.numbers)]):
            found.setdefault(name, KnownMetric(name)).entries.append(entry)
    for run in newest_runs(contents):
        for name in run.metrics:
            found.setdefault(name, KnownMetric(name)).runs.append(run)
    return dict(sorted(found.items(), key=lambda item: (item[0].casefold(), item[0])))
