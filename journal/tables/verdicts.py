"""The commit verdicts of one entry: for each of its runs whether it belongs to its commits, as git tells now or did."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import NotARepository, RevisionError, SourceError
from journal.model.address import named
from journal.model.entry import COMPARED_WITH
from journal.model.revision import CommitVerdict
from journal.revisions.verdicts import Judge, claim

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from journal.config import Config
    from journal.model.entry import Entry, FrontMatter
    from journal.model.evidence import CommitEvidence, Evidence
    from journal.model.revision import Code, Judgement
    from journal.revisions import Repository
    from journal.tables.run_book import RunBook


class Verdicts(NamedTuple):
    """What is known of the commits of an entry, and of its runs by them.

    Attributes:
        commits: By what each commit can be found again, by the sha in the front matter.
        runs: The judgements, by the run reference in the front matter.
        shas: The commits of entry and runs, as they are recorded: what all this rests on.
        waits: Whether it also rests on commits that may come yet, as where clocks alone tell.
    """

    commits: Mapping[str, CommitEvidence]
    runs: Mapping[str, Judgement]
    shas: frozenset[str] = frozenset()
    waits: bool = False


def has_pairs(entry: Entry) -> bool:
    """Whether an entry names both commits and runs."""
    return bool(entry.front_matter.commits and entry.front_matter.runs)


def judge_of(repository: Repository, config: Config, known: Mapping[str, CommitEvidence] | None = None) -> Judge:
    """What judges runs for a journal: its repository, the clones that the configuration names, what was recorded."""
    folders = {named(address): config.root / folder for address, folder in config.settings.repositories.items()}

    def clone(origin: str) -> Repository | None:
        folder = folders.get(named(origin))
        with suppress(NotARepository):  # REF001 tells of a clone that is not there
            return None if folder is None else repository.neighbour(folder)
        return None

    return Judge(repository, clone, known or {})


def prepare(matters: Iterable[FrontMatter], repository: Repository, config: Config) -> None:
    """Prepare to fill many entries: what git is asked for each is looked up for all of them together.

    Args:
        matters: Their front matter.
        repository: The git repository that the journal lies in.
        config: The journal.
    """
    with suppress(RevisionError):  # each entry asks again, and goes by what is recorded
        refs = (ref for matter in matters if matter.runs for ref in matter.commits)
        judge_of(repository, config).expect(refs, described=True)


def judged(runs: RunBook, repository: Repository | None, config: Config, *, describe: bool) -> Verdicts:
    """The verdicts on the runs of an entry.

    What was recorded stands where nobody can look: without a repository, where git fails, and for runs that are away.

    Args:
        runs: The entry's runs.
        repository: The git repository that the journal lies in; None where there is none, or nobody shall look.
        config: The journal.
        describe: Whether to look up by what commits can be found again that are not recorded yet.
    """
    entry, old = runs.entry, runs.recorded
    recorded = _recorded(entry, old)
    if repository is None or not entry.front_matter.commits:
        return recorded
    judge = judge_of(repository, config, recorded.commits)
    try:
        return _anew(runs, judge, recorded, describe=describe)
    except RevisionError:
        return recorded  # what git cannot tell is told by the rules about commits


def _recorded(entry: Entry, old: Evidence) -> Verdicts:
    """What is recorded of the commits and runs that the entry names now."""
    names = {ref.sha for ref in entry.front_matter.commits}
    commits = entry.front_matter.commits
    claims = {ref.id: claim(commits, compared=ref.role in COMPARED_WITH) for ref in entry.front_matter.runs if names}
    return Verdicts(
        {name: each for name, each in old.commits.items() if name in names},
        {name: each for name, each in old.verdicts.items() if each.claim == claims.get(name)},
    )


def _anew(runs: RunBook, judge: Judge, recorded: Verdicts, *, describe: bool) -> Verdicts:
    matter = runs.entry.front_matter
    new = [ref for ref in matter.commits if describe and ref.sha not in recorded.commits]
    described = {**recorded.commits, **judge.describe(new)}
    found: dict[str, Judgement] = {}
    shas, waits = {sha for ref in matter.commits for sha in (ref.sha, ref.became) if sha is not None}, False
    for ref in matter.runs:
        code = _code(runs, ref.handle)
        if code is not None:
            now = judge.judge(matter.commits, code, compared=ref.role in COMPARED_WITH)
            own = {each.commit for each in code if each.commit is not None}
            found[ref.id] = _as_recorded(now, recorded.runs.get(ref.id), shas | own, judge)
            shas |= own
            waits |= found[ref.id].verdict is CommitVerdict.UNKNOWN or any(each.commit is None for each in code)
        elif ref.id in recorded.runs:
            found[ref.id] = recorded.runs[ref.id]
    return Verdicts(described, found, frozenset(shas), waits)


def _as_recorded(now: Judgement, then: Judgement | None, shas: Collection[str], judge: Judge) -> Judgement:
    """A judgement, or that of the same case which was recorded where more commits were at hand."""
    if now.verdict is not CommitVerdict.UNKNOWN or then is None or then.ran != now.ran:
        return now
    repository = judge.repository
    return then if repository.is_shallow or any(repository.full(sha) is None for sha in shas) else now


def _code(runs: RunBook, handle: str) -> tuple[Code, ...] | None:
    """What a run ran; None for one that is not at hand, of which other rules tell."""
    try:
        return runs.code(handle)
    except SourceError:
        return None
