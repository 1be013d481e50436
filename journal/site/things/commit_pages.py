"""The pages of the commits that entries are about or that runs recorded, and the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import Verdict
from journal.model.revision import CommitVerdict
from journal.model.wording import counted
from journal.site import anchors
from journal.site.contents import COMMITS, between, commit_page
from journal.site.contents import RUNS as ALL_RUNS
from journal.site.entry.scored import VALUE
from journal.site.here import Here, badges
from journal.site.markup import SHORT_SHA, UNKNOWN, badge, code, link, page
from journal.site.sheet import Sheet
from journal.site.things import crossing
from journal.site.things.known_commits import known_commits
from journal.site.things.paged_list import PagedList, Row
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.abstract import Abstract, CitedRun, RunAbstract
    from journal.site.contents import Contents
    from journal.site.things.known_commits import KnownCommit, Predicted

ENTRIES = ("date", "entry", "status", "what the commit did")
RUNS = ("run", "name", "state", "started", "work tree", "last step", "entries and their verdicts")
JUDGED = ("entry", "run", "verdict", "why")
PREDICTED = ("entry", "prediction", "verdict", "expected")
LIST = ("commit", "subject", "authored", "entries", "runs", "contradicted")

MOST = 150
"""Rows of each table of a page."""
_TIMING = {True: "preregistered", False: "not preregistered", None: ""}
_CITING = 10  # entries that are named beside a run


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The page of each commit, and the list of all commits by month."""
    base, marks = crossing.marks(contents)
    commits = contents.once(known_commits)
    for commit in commits.values():
        citing = [(run.sum, [marks[each.path] for each in contents.citing.get(run.key, ())]) for run in commit.runs]
        about = [marks[each.path] for each in commit.entries]
        predicted = list(dict.fromkeys(marks[each.of.path] for each in commit.predicted))
        made_of = (base, commit.sha, commit.told, about, predicted, citing)
        yield Sheet(commit_page(commit.sha), made_of, lambda commit=commit: render(commit, contents))  # type: ignore[misc]
    ordered = sorted(commits.values(), key=lambda commit: (-crossing.moment(commit.when), commit.sha))
    yield from _list(ordered).sheets(contents, base)


def render(commit: KnownCommit, contents: Contents) -> bytes:
    """The page of one commit."""
    here = Here(commit_page(commit.sha), contents)
    return page(
        commit.subject or f"Commit {commit.sha[:SHORT_SHA]}",
        crossing.facts(_facts(commit, contents)),
        *_about(commit, here, contents),
        *_predicted(commit, here),
        *_judged(commit, here),
        *_recorded(commit, here, contents),
        listing=True,
    )


def _facts(commit: KnownCommit, contents: Contents) -> dict[str, list[str]]:
    address = contents.links.commit(commit.sha, commit.origin)
    return {
        "Commit": [f"{code(commit.sha)} {crossing.aside(crossing.at_host(address))}" if address else code(commit.sha)],
        "Authored": [crossing.time(commit.authored)] if commit.authored else [],
        "Committed": [crossing.time(commit.committed)] if commit.committed else [],
        "Repository": [crossing.aside("another one, as entries tell")] if commit.origin else [],
        "Known from": [_known(commit)],
    }


def _known(commit: KnownCommit) -> str:
    found = {"entry": commit.naming, "run": len(commit.runs)}
    return " and ".join(counted(number, noun) for noun, number in found.items() if number)


def _about(commit: KnownCommit, here: Here, contents: Contents) -> list[str]:
    if not commit.entries:
        return []
    rows = [
        [
            f"<time>{each.day}</time>",
            here.link(each.title, each.page),
            badges(contents.standing(each)) or UNKNOWN,
            plain(commit.notes.get(each.path, "")),
        ]
        for each in commit.entries[:MOST]
    ]
    left = crossing.more(len(commit.entries) - MOST, "entries", here, {"q": commit.sha[:SHORT_SHA]})
    return ["## Entries about it", crossing.things("Entries about it", ENTRIES, rows), left]


def _predicted(commit: KnownCommit, here: Here) -> list[str]:
    """The predictions that have stood in their entries from this commit on."""
    if not commit.predicted:
        return []
    rows = [_prediction(each, here) for each in commit.predicted[:MOST]]
    left = crossing.more(len(commit.predicted) - MOST, "predictions", here, {"q": commit.sha[:SHORT_SHA]})
    return ["## Predictions committed here", crossing.things("Predictions committed here", PREDICTED, rows), left]


def _prediction(each: Predicted, here: Here) -> list[str]:
    of, place, claim = each
    # What it came to has evidence to lead to; before that, its entry.
    at = "" if claim.value is None else anchors.prediction(place, VALUE)
    return [
        here.link(of.title, of.page),
        here.link(claim.claim, of.page, anchor=at),
        f"{badge(claim.verdict or Verdict.OPEN.value)} {_TIMING[claim.preregistered]}".rstrip(),
        code(claim.expect),
    ]


def _judged(commit: KnownCommit, here: Here) -> list[str]:
    """Whether the runs of those entries belong to their commits: the contradicted first."""
    found = judged(commit)
    if not found:
        return []
    rows = [
        [
            here.link(each.title, each.page),
            here.run(run.key, code(run.handle)),
            badge(run.verdict or ""),
            "; ".join(map(plain, run.reasons)),
        ]
        for each, run in found[:MOST]
    ]
    against = sum(_is_contradicted(run) for _, run in found)
    told = f"{counted(against, 'run')} of them {'contradicts' if against == 1 else 'contradict'} the entry's commits."
    words = f'<p class="journal-left">{told}</p>' if against else ""
    left = crossing.more(len(found) - MOST, "runs", here, {"q": commit.sha[:SHORT_SHA]})
    return ["## Runs of these entries", words, crossing.things("Runs of these entries", JUDGED, rows), left]


def judged(commit: KnownCommit) -> list[tuple[Abstract, CitedRun]]:
    """Each run, on which there is a verdict, of the entries about a commit; first those that contradict it."""
    found = [(each, run) for each in commit.entries for run in each.runs if run.verdict is not None]
    return sorted(found, key=lambda pair: not _is_contradicted(pair[1]))


def _is_contradicted(run: CitedRun) -> bool:
    return run.verdict == CommitVerdict.CONTRADICTED.value


def _recorded(commit: KnownCommit, here: Here, contents: Contents) -> list[str]:
    if not commit.runs:
        return []
    rows = [_run(run, here, contents) for run in commit.runs[:MOST]]
    left = crossing.more(len(commit.runs) - MOST, "runs", here, {"q": commit.sha[:SHORT_SHA]})
    return ["## Runs that recorded it", crossing.things("Runs that recorded it", RUNS, rows, right=(5,)), left]


def _run(run: RunAbstract, here: Here, contents: Contents) -> list[str]:
    return [
        here.run(run.key, code(run.id)),
        plain(run.name or "") or UNKNOWN,
        badge(run.state),
        crossing.time(run.started),
        {True: badge("dirty", kind="stale"), False: "clean", None: UNKNOWN}[run.dirty],
        UNKNOWN if run.last_step is None else str(run.last_step),
        "<br>".join(_citing(run.key, here, contents)),
    ]


def _citing(key: str, here: Here, contents: Contents) -> Iterator[str]:
    """The entries that cite a run, each with its verdict on it."""
    citing = contents.citing.get(key, ())
    for each in citing[:_CITING]:
        verdicts = dict.fromkeys(run.verdict for run in each.runs if run.key == key and run.verdict)
        yield " ".join([here.link(each.title, each.page), *map(badge, verdicts)])
    if len(citing) > _CITING:
        yield f"and {len(citing) - _CITING:,} more"


def _list(commits: list[KnownCommit]) -> PagedList[KnownCommit]:
    def cells(commit: KnownCommit, here: Here) -> list[str]:
        against = sum(_is_contradicted(run) for _, run in judged(commit))
        return [
            here.commit(commit.sha),
            plain(commit.subject or "") or UNKNOWN,
            crossing.time(commit.authored),
            str(commit.naming),
            str(len(commit.runs)),
            f'<span class="journal-against">{against}</span>' if against else "0",
        ]

    rows = [Row(crossing.month(commit.when), _row_made_of(commit), commit) for commit in commits]
    also = f"The commits that entries are about, and those that {link('runs', between(COMMITS, ALL_RUNS))} recorded."
    empty = "No commits yet: name them in the front matter of entries, or fill tables from runs that recorded theirs."
    return PagedList("Commits", "commits", LIST, (3, 4, 5), rows, cells, also, empty)


def _row_made_of(commit: KnownCommit) -> tuple[object, ...]:
    against = sum(_is_contradicted(run) for _, run in judged(commit))
    return commit.sha, commit.told[:2], commit.naming, len(commit.runs), against
