"""Which of the findings of a check count: those that are selected, that no entry asks to ignore, and that are new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from journal.checks.selection import UNREACHABLE, Selection, Split, codes, recorded, require_known, split
from journal.cli.checking import check

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from journal.cli.checking import Told
    from journal.config import Reach
    from journal.model.finding import FindingKey, FindingShape


_ELSEWHERE = "name a file in the setting `baseline` of `[check]`"


class Weighed(NamedTuple):
    """A check, and what of it counts.

    Attributes:
        told: All that was found.
        split: What counts, by whether the baseline holds it.
        ignored: How many more there are that entries ask to ignore.
        baseline: The file of the baseline.
    """

    told: Told
    split: Split
    ignored: int
    baseline: Path

    @property
    def findings(self) -> list[FindingShape]:
        """What is to be told."""
        return self.split.new

    def count(self, severity: str) -> int:
        """How many of them are of one severity."""
        return sum(finding["severity"] == severity for finding in self.findings)

    def is_wrong(self, *, strict: bool) -> bool:
        """Whether something is wrong, by warnings too if `strict`; that nobody could look is no more than that."""
        fails = {"error", "warning"} if strict else {"error"}
        return any(found["severity"] in fails and found["code"] != UNREACHABLE for found in self.findings)

    @property
    def fixable(self) -> int:
        """How many of them come with a fix."""
        return sum(finding["fix"] is not None for finding in self.findings)


class Wanted(NamedTuple):
    """What the command line asks to be checked.

    Attributes:
        references: The entries; all of them if none is named.
        select: The rules that count, in place of what is configured.
        ignore: More rules that do not.
        anew: Whether what nobody touched since the last check is looked at as well.
        read_only: Whether nothing is written, not even what can be thrown away.
        reach: What was said of the network; None leaves it to the settings.
    """

    references: Sequence[str] = ()
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    anew: bool = False
    read_only: bool = False
    reach: Reach | None = None

    @property
    def is_all(self) -> bool:
        """Whether all that is configured is looked for everywhere."""
        return not (self.references or self.select or self.ignore)


def weigh(wanted: Wanted) -> Weighed:
    """Check entries, and keep what counts.

    Raises:
        UsageError: A rule is named that there is not.
        JournalError: There is no journal, no such entry, or its settings or its baseline are wrong.
    """
    select, ignore = codes(wanted.select), codes(wanted.ignore)
    if select or ignore:
        from journal.checks.check import BY_CODE

        require_known([*select, *ignore], list(BY_CODE))
    told = check(wanted.references, anew=wanted.anew, read_only=wanted.read_only, reach=wanted.reach)
    selection = _selection(told.settings, select, ignore)
    taken = [finding for finding in told.findings if selection.takes(finding)]
    counting = [finding for finding in taken if finding["ignored"] is None]
    baseline = told.root / told.settings["baseline"]
    parts = split(counting, _bytes(baseline), baseline)
    # Nothing is gone where nobody looked for it.
    gone = [each for each in parts.gone if wanted.is_all and not told.unreached and selection.takes(each)]
    return Weighed(told, parts._replace(gone=gone), len(taken) - len(counting), baseline)


def _selection(settings: dict[str, Any], select: tuple[str, ...], ignore: tuple[str, ...]) -> Selection:
    """What is configured and what was asked for, as one."""
    configured = () if select else tuple(settings["ignore"])
    return Selection(select or tuple(settings["select"]), (*configured, *ignore), settings["per_entry"])


def _bytes(path: Path) -> bytes | None:
    from journal.document import store
    from journal.errors import ConfigError, EntryNotFound

    if path.is_dir():
        raise ConfigError("is a folder, and no baseline of findings", path=path, hint=_ELSEWHERE)
    try:
        return store.read(path).raw
    except EntryNotFound:
        return None


def write_baseline(weighed: Weighed) -> int:
    """Write down what counts as known; returns how many findings that is.

    What could not be looked for, since a source was out of reach, stays written down.

    Raises:
        NotWritable: The disk refuses.
    """
    from journal.document import store

    found: list[FindingKey] = [*weighed.split.new, *weighed.split.known]
    if weighed.told.unreached:
        gone = split([*weighed.split.new, *weighed.split.known], _bytes(weighed.baseline), weighed.baseline).gone
        found += [each for each in gone for _ in range(each["count"])]
    store.save(weighed.baseline, recorded(found), inside=weighed.told.root)
    return len(found)
