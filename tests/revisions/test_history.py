from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
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


def built(repo: GitRepo, commits: list[tuple[list[int], tuple[int | None, ...]]]) -> None:
    """A history in which branches meet at random, made by one git process."""
    lines = []
    for number, (back, contents) in enumerate(commits, start=1):
        parents = list(dict.fromkeys(number - step for step in back if number - step > 0))
        lines += [
            *("commit refs/heads/main", f"mark :{number}", f"committer Ada <ada@example.org> {10**9 + number} +0000"),
            *("data 0", *([] if parents else ["deleteall"])),
            *[f"{'from' if first else 'merge'} :{parent}" for first, parent in _first(parents)],
        ]
        for name, content in zip(NAMES, contents, strict=True):
            if content == 0:
                lines.append(f"D {name}")
            elif content is not None:
                # Unlike the others', so that no file is taken for another one renamed.
                text = f"{name} {content}\n" * 3
                lines += [f"M 100644 inline {name}", f"data {len(text)}", text]
        lines.append("")
    repo.git("fast-import", "--quiet", "--force", given="\n".join(lines))


def _first(parents: list[int]) -> list[tuple[bool, int]]:
    return [(place == 0, parent) for place, parent in enumerate(parents)]


def simplified_by_git(repo: GitRepo, name: str) -> dict[str, set[str]]:
    """The commits that git lists for one file, with those before them."""
    listed = repo.git("rev-list", "--full-history", "--simplify-merges", "--parents", "main", "--", name)
    return {sha: set(parents) for sha, *parents in map(str.split, listed.splitlines())}


@settings(max_examples=60, deadline=None)
@given(commits=COMMITS)
def test_each_file_has_the_history_that_git_tells_of_it_alone(
    commits: list[tuple[list[int], tuple[int | None, ...]]],
) -> None:
    with TemporaryDirectory() as folder:
        repo = GitRepo(Path(folder)).init()
        built(repo, commits)
        repository = Repository.find(repo.root)
        for name in NAMES:
            found = [version for version in repository.versions(Path(name)) if version.path == name]

            assert {v.sha: {sha for sha, _ in v.parents} for v in found} == simplified_by_git(repo, name)
            seen: set[str] = set()
            for version in reversed(found):
                assert seen.issuperset(sha for sha, _ in version.parents)
                seen.add(version.sha)
