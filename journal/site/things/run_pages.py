"""The pages of the runs that evidence keeps a digest of, and the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.wording import counted, listed
from journal.site.charts import figures
from journal.site.contents import COMMITS, RUNS, between, run_page
from journal.site.here import Here
from journal.site.markup import SHORT_SUM, UNKNOWN, at_tracker, badge, clock, code, link, page
from journal.site.sheet import Sheet
from journal.site.things import config_tree, crossing, run_citations
from journal.site.things.known_commits import known_commits, newest_runs
from journal.site.things.paged_list import PagedList, Row
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journal.model.digest import MetricDigest, RunDigest
    from journal.model.evidence import SegmentEvidence
    from journal.model.run import Origin
    from journal.site.abstract import RunAbstract
    from journal.site.contents import Contents
    from journal.site.things.known_commits import KnownCommit

METRICS = ("metric", "rows", "non-finite", "steps", "min", "max", "last")
SEGMENTS = ("part", "read from", "size", "SHA-256", "rows that count")
PROJECT = "project"
LIST = ("run", "name", PROJECT, "state", "started", "commit", "last step", "entries")

_STEPS = 5


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The page of each run, and the list of all runs by month."""
    base, marks = crossing.marks(contents)
    commits = {run.key: commit for commit in contents.once(known_commits).values() for run in commit.runs}
    runs = newest_runs(contents)
    for run in runs:
        commit = commits.get(run.key)
        citing = [marks[each.path] for each in contents.citing.get(run.key, ())]
        made_of = (base, run.sum, commit and (commit.sha, commit.told), citing)
        yield Sheet(run_page(run.key), made_of, lambda run=run, commit=commit: render(run, commit, contents))  # type: ignore[misc]
    yield from _list(runs, commits, contents).sheets(contents, base)


def render(run: RunAbstract, commit: KnownCommit | None, contents: Contents) -> bytes:
    """The page of one run.

    Args:
        run: The run.
        commit: The commit that it recorded, where it recorded one.
        contents: The journal.
    """
    here = Here(run_page(run.key), contents)
    digest = contents.digest(run.key)
    if digest is None:
        return page(crossing.name_of(run), "Its digest cannot be read.", listing=True)
    return page(
        crossing.name_of(run),
        _strip(run),
        crossing.facts(_facts(run, digest, commit, here, contents)),
        *_cited(run.key, here, contents),
        *_section("Metrics", _metrics(digest, here)),
        *_section("Curves", figures.of_run(run.key, here.page, contents)),
        *_section("Config", config_tree.tree(digest.config)),
        *_section("Summary", config_tree.tree(digest.summary)),
        *_section("Parts", _segments(digest)),
        listing=True,
    )


def _section(heading: str, text: str) -> list[str]:
    return [f"## {heading}", text] if text else []


def _strip(run: RunAbstract) -> str:
    words = [badge(run.state), code(run.id), at_tracker(run.address)]
    return f'<div class="journal-strip"><p>{" ".join(word for word in words if word)}</p></div>'


def _facts(
    run: RunAbstract, digest: RunDigest, commit: KnownCommit | None, here: Here, contents: Contents
) -> dict[str, list[str]]:
    project = crossing.project_of(digest.entity, digest.project)
    return {
        "Project": [project] if project != UNKNOWN else [],
        "Started": [f"<time>{clock(digest.started)}</time>"] if digest.started else [],
        "Commit": [_commit(run, commit, here, contents)] if run.commit else [],
        "History": [_history(digest)],
        "Read from": list(_origin(digest.origin)),
        "SDK": [plain(digest.sdk)] if digest.sdk else [],
        "Environment": [_environment(digest)],
        "Left out here": [plain(words) for words in digest.omitted],
    }


def _commit(run: RunAbstract, commit: KnownCommit | None, here: Here, contents: Contents) -> str:
    words = [here.commit(run.commit)]
    if run.dirty is not None:
        words.append(badge("dirty", kind="stale") if run.dirty else crossing.aside("clean work tree"))
    if commit is not None:
        words.append(plain(commit.subject or ""))
        words.append(crossing.aside(crossing.at_host(contents.links.commit(commit.sha, commit.origin))))
    return f'<span class="journal-line">{" ".join(word for word in words if word)}</span>'


def _environment(digest: RunDigest) -> str:
    """What the tracker found around the run, in one line."""
    told = digest.environment.items()
    return ", ".join(f"{name.replace('_', ' ')} {crossing.aside(plain(str(each)))}" for name, each in told)


def _history(digest: RunDigest) -> str:
    steps = "" if digest.first_step is None else f", steps {digest.first_step}..{digest.last_step}"
    return f"{counted(digest.rows, 'row')}{steps}"


def _origin(origin: Origin) -> Iterator[str]:
    """Where the numbers were read from: the place, its size and sum, and when a server gave it."""
    yield crossing.source(origin)
    of = "of the values in it" if origin.extract else "of what the server says of it" if origin.is_online else ""
    size = "" if origin.is_online else f"{counted(origin.bytes, 'byte')}, "
    yield f"{size}SHA-256 {code(origin.sha256)} {crossing.aside(of) if of else ''}".rstrip()
    if origin.fetched is not None:
        yield f"fetched <time>{clock(origin.fetched)}</time>"


def _cited(key: str, here: Here, contents: Contents) -> list[str]:
    citing = contents.citing.get(key, ())
    if not citing:
        return ["## Cited by no entry"]
    return [f"## Cited by {counted(len(citing), 'entry')}", run_citations.cards(key, citing, here, contents)]


def _metrics(digest: RunDigest, here: Here) -> str:
    rows = [_metric(name, held, here) for name, held in digest.metrics.items()]
    return crossing.things("Metrics", METRICS, rows, right=(1, 2, 3, 4, 5, 6))


def _metric(name: str, held: MetricDigest, here: Here) -> list[str]:
    return [
        here.metric(name),
        f"{held.n:,}",
        _nonfinite(held),
        f"{held.first_step}..{held.last_step}",
        *map(crossing.number, (held.min, held.max, held.last)),
    ]


def _nonfinite(held: MetricDigest) -> str:
    if not held.nonfinite:
        return "0"
    steps = listed(list(map(str, held.nonfinite_steps)), _STEPS, held.nonfinite)
    return f"{held.nonfinite:,} {crossing.aside(f'at step {steps}')}" if held.nonfinite_steps else f"{held.nonfinite:,}"


def _segments(digest: RunDigest) -> str:
    rows = [_segment(number, part) for number, part in enumerate(digest.segments or (), 1)]
    return crossing.things("Parts", SEGMENTS, rows, right=(0, 2, 4))


def _segment(number: int, part: SegmentEvidence) -> list[str]:
    origin = part.origin
    sum_ = code(origin.sha256[:SHORT_SUM], title=origin.sha256)
    return [str(number), crossing.source(origin), counted(origin.bytes, "byte"), sum_, f"{part.kept:,}"]


def _list(runs: list[RunAbstract], commits: Mapping[str, KnownCommit], contents: Contents) -> PagedList[RunAbstract]:
    cited: Mapping[str, int] = {key: len(found) for key, found in contents.citing.items()}
    projects = {crossing.project_of(run.entity, run.project) for run in runs}
    shared = projects.pop() if len(projects) == 1 else ""
    head = tuple(name for name in LIST if name != PROJECT or not shared)

    def cells(run: RunAbstract, here: Here) -> list[str]:
        return [
            here.run(run.key, code(run.id)),
            plain(run.name or "") or UNKNOWN,
            *([] if shared else [crossing.project_of(run.entity, run.project)]),
            badge(run.state),
            crossing.time(run.started),
            here.commit(run.commit) + (" dirty" if run.dirty else ""),
            UNKNOWN if run.last_step is None else str(run.last_step),
            str(cited.get(run.key, 0)),
        ]

    def told(run: RunAbstract) -> str:
        commit = commits.get(run.key)
        return f"{run.key} {run.sum} {commit and commit.sha} {cited.get(run.key, 0)} {shared}"

    rows = [Row(crossing.month(run.started), told(run), run) for run in runs]
    of = f"All are of the project {shared}. " if shared not in {"", UNKNOWN} else ""
    also = f"{of}Runs by {link('the commits that they recorded', between(RUNS, COMMITS))}."
    empty = "No runs yet: filling the tables of an entry records the runs that it cites."
    return PagedList("Runs", "runs", head, (len(head) - 2, len(head) - 1), rows, cells, also, empty)
