from itertools import count
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gitrepo import GitRepo
from journal.revisions import Repository

NAMES = ("entries/a.md", "entries/b.md", "other.md")

# Of each commit: how far back its parents lie, and what it leaves of each file; None leaves it as the first parent
# has it, 0 takes it away.
COMMITS = st.lists(
    st.tuples(
        st.lists(st.integers(1, 4), min_size=1, max_size=3),
        st.tuples(*[st.sampled_from([None, None, None, 0, 1, 2]) for _ in NAMES]),
    ),
    min_size=1,
    max_size=14,
)


History = list[tuple[list[int], tuple[int | None, ...]]]


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    """A repository that takes every history, each on a branch of its own."""
    return GitRepo(tmp_path_factory.mktemp("histories")).init()


_BRANCHES = count()


def has_octopus(commits: History) -> bool:
    """Whether more than two branches meet in one commit."""
    return any(len(set(back)) > 2 for back, _ in commits)


def built(repo: GitRepo, commits: History) -> None:
    """A history in which branches meet at random, checked out; made by one git process.

    Git does not tell us of a parent before which nobody touched the folder, which matters where more than two branches
    meet: see `Repository.versions`. There the folder is as old as the history.
    """
    branch = f"refs/heads/{next(_BRANCHES)}"
    lines = []
    for number, (back, contents) in enumerate(commits, start=1):
        parents = list(dict.fromkeys(number - step for step in back if number - step > 0))
        lines += [
            *([] if parents else [f"reset {branch}", ""]),
            *(f"commit {branch}", f"mark :{number}", f"committer Ada <ada@example.org> {10**9 + number} +0000"),
            "data 0",
            *[f"{'from' if first else 'merge'} :{parent}" for first, parent in _first(parents)],
        ]
        if not parents and has_octopus(commits):
            lines += ["M 100644 inline entries/first.md", "data 0"]
        for name, content in zip(NAMES, contents, strict=True):
            if content == 0:
                lines.append(f"D {name}")
            elif content is not None:
                # Unlike the others', so that no file is taken for another one renamed.
                text = f"{name} {content}\n" * 3
                lines += [f"M 100644 inline {name}", f"data {len(text)}", text]
        lines.append("")
    repo.git("fast-import", "--quiet", "--force", given="\n".join(lines))
    repo.write(".git/HEAD", f"ref: {branch}\n")


def _first(parents: list[int]) -> list[tuple[bool, int]]:
    return [(place == 0, parent) for place, parent in enumerate(parents)]


def simplified_by_git(repo: GitRepo, name: str) -> dict[str, set[str]]:
    """The commits that git lists for one file, with those before them."""
    listed = repo.git("rev-list", "--full-history", "--simplify-merges", "--parents", "HEAD", "--", name)
    return {sha: set(parents) for sha, *parents in map(str.split, listed.splitlines())}


@settings(max_examples=40)
@given(commits=COMMITS)
# A merge is without the file like one side that never had it, and like another that took it away before the third
# brought it back.
@example(
    [
        ([1], (None,) * 3),
        ([2], (1, None, None)),
        ([1], (0, None, None)),
        ([1], (2, None, None)),
        ([4, 2, 1], (0, None, None)),
    ]
)
def test_each_file_has_the_history_that_git_tells_of_it_alone(repo: GitRepo, commits: History) -> None:
    built(repo, commits)
    repository = Repository.find(repo.root)
    for name in NAMES[:2] if has_octopus(commits) else NAMES:
        found = [version for version in repository.versions(Path(name)) if version.path == name]

        assert {v.sha: {sha for sha, _ in v.parents} for v in found} == simplified_by_git(repo, name)
        seen: set[str] = set()
        for version in reversed(found):
            assert seen.issuperset(sha for sha, _ in version.parents)
            seen.add(version.sha)
