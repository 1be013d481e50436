"""Many commits at once: revisions and ranges, and what each commit changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitrepo import GitRepo, asked_of_git
from journal.errors import AmbiguousRevision, RevisionError, UnknownRevision
from journal.model.revision import Change, FileChange
from journal.revisions import Repository, command, names

LINES = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo").init()


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Repository, list[str]]]:
    """Seven commits on main, tagged v0 to v6, and the shas of all, the oldest first."""
    repo = GitRepo(tmp_path_factory.mktemp("line")).init()
    shas = []
    for number in range(7):
        repo.write("f", f"{number}\n")
        shas.append(repo.commit(f"step {number}"))
        repo.git("tag", f"v{number}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(repo.root))
        yield Repository.find(repo.root), shas


def reader(repo: GitRepo) -> Repository:
    return Repository.find(repo.root)


def shas_of(repository: Repository, *revisions: str) -> list[str]:
    return [commit.sha for commit in repository.commits(revisions)]


# which commits


def test_commits_come_in_the_order_asked_and_each_once(line: tuple[Repository, list[str]]) -> None:
    repository, shas = line

    assert shas_of(repository, "v3", shas[1][:9], "HEAD", shas[3], "main~3") == [shas[3], shas[1], shas[6]]
    assert repository.commits(()) == ()
    assert repository.commits(("v2",)) == (repository.commit("v2"),)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("v2..v5", [3, 4, 5]),
        ("v4..", [5, 6]),
        ("v5..HEAD", [6]),
        ("HEAD~3..HEAD~1", [4, 5]),
        ("HEAD^{/step 1}..v3", [2, 3]),
        ("main@{0}~2..main", [5, 6]),
    ],
)
def test_a_range_is_what_its_end_has_and_its_start_lacks(
    line: tuple[Repository, list[str]], asked: str, expected: list[int]
) -> None:
    repository, shas = line

    assert shas_of(repository, asked) == [shas[number] for number in expected]


def test_a_start_that_is_left_out_is_head(repo: GitRepo) -> None:
    repo.commit("first")
    repo.git("branch", "later")
    repo.git("switch", "--quiet", "later")
    second = repo.commit("second")
    repo.git("switch", "--quiet", "main")

    assert shas_of(reader(repo), "..later") == [second]


def test_ranges_and_single_commits_mix_and_overlap(line: tuple[Repository, list[str]]) -> None:
    repository, shas = line

    assert shas_of(repository, "v5", "v3..v6", "v0", "v2..v4") == [shas[n] for n in (5, 4, 6, 0, 3)]


def test_two_dots_within_braces_are_no_range(repo: GitRepo) -> None:
    repo.commit("other")
    sha = repo.commit("from a..b on")
    repo.commit("last")

    assert shas_of(reader(repo), "HEAD^{/a..b}") == [sha]


def test_a_range_over_a_merge_has_both_sides_and_parents_come_first(repo: GitRepo) -> None:
    base = repo.commit("base", date="2026-03-01T00:00:00Z")
    repo.git("switch", "--quiet", "-c", "side")
    side = [repo.commit(f"side {number}", date="2026-02-01T00:00:00Z") for number in range(2)]
    repo.git("switch", "--quiet", "main")
    main = repo.commit("main", date="2026-01-01T00:00:00Z")
    repo.git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
    merge = repo.git("rev-parse", "HEAD")

    found = shas_of(reader(repo), f"{base}..")

    assert set(found) == {*side, main, merge}
    assert found.index(side[0]) < found.index(side[1]) < found.index(merge) == 3


@pytest.mark.parametrize("asked", ["v3..v3", "v5..v2", "..", "v1...v3", "v0....v1", "v1..nosuch", "nosuch..v1"])
def test_a_range_without_commits_or_of_another_kind_is_refused(line: tuple[Repository, list[str]], asked: str) -> None:
    with pytest.raises(UnknownRevision) as caught:
        line[0].commits(["v1", asked])

    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_the_hint_for_an_empty_range_is_a_command_that_answers(line: tuple[Repository, list[str]]) -> None:
    repository, _ = line

    with pytest.raises(UnknownRevision) as caught:
        repository.commits(["v5..v2"])

    _, told, _ = str(caught.value.hint).split("`")
    assert GitRepo(repository.root).git(*told.split()[1:], "--format=%s") == "step 5\nstep 4\nstep 3"


@pytest.mark.parametrize("asked", ["--all", "v1..--all", "--output=x..v1", "v1..v2\n", "v1..\0", "x" * 2000, ""])
def test_what_cannot_be_a_revision_does_not_reach_git_as_part_of_a_list(
    line: tuple[Repository, list[str]], monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setattr(command, "run", lambda *_, **__: pytest.fail("git was called"))

    with pytest.raises(UnknownRevision, match="is not a revision"):
        line[0].commits(["v1", asked])


def test_too_many_commits_are_refused_in_one_line(
    line: tuple[Repository, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    repository, shas = line
    monkeypatch.setattr(names, "MOST_COMMITS", 4)

    assert shas_of(repository, "v2..v6") == shas[3:]
    for asked in (["v1..v6"], ["v0", "v2..v6"], shas[:5]):
        with pytest.raises(RevisionError, match="more than 4 commits") as caught:
            repository.commits(asked)
        assert "shorter range" in str(caught.value)


def test_an_abbreviation_that_is_also_a_branch_is_ambiguous_in_a_list_too(repo: GitRepo) -> None:
    first, second = repo.commit("first"), repo.commit("second")
    repo.git("branch", first[:7], second)

    with pytest.raises(AmbiguousRevision):
        reader(repo).commits([second, first[:7]])
    assert shas_of(reader(repo), first) == [first]


def test_few_processes_read_many_commits(line: tuple[Repository, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    calls = asked_of_git(monkeypatch)

    line[0].commits(["v0", "v1", "main~4", line[1][3], "v3..v6"])

    assert [call[0] for call in calls] == ["cat-file", "rev-list", "diff-tree"]


# what they say


def test_a_commit_knows_when_it_was_made_anew(repo: GitRepo) -> None:
    repo.git(
        "commit",
        "--quiet",
        "--allow-empty",
        "-m",
        "x",
        "--date=2026-01-01T10:00:00+08:00",
        date="2026-01-02T03:00:00+01:00",
    )

    commit = reader(repo).commit("HEAD")

    assert commit.authored.isoformat() == "2026-01-01T10:00:00+08:00"
    assert commit.committed is not None
    assert commit.committed.isoformat() == "2026-01-02T03:00:00+01:00"


def test_each_file_says_what_was_done_to_it_and_names_its_contents(repo: GitRepo) -> None:
    for path in ("gone", "kept", "moved", "retyped", "script"):
        repo.write(path, f"{path}\n{LINES}")
    repo.commit("first")
    before = reader(repo).files_at("HEAD")
    (repo.root / "gone").unlink()
    repo.write("kept", f"kept\n{LINES}more\n")
    repo.write("new", b"\0")
    repo.git("mv", "moved", "there")
    repo.write("there", f"moved\n{LINES}more\n")
    (repo.root / "retyped").unlink()
    (repo.root / "retyped").symlink_to("kept")
    (repo.root / "script").chmod(0o755)
    repo.commit("second")
    after = reader(repo).files_at("HEAD")

    files = {file.path: file for file in reader(repo).commit("HEAD").files}

    assert files == {
        "gone": FileChange(path="gone", added=0, removed=21, change=Change.DELETED, old_blob=before["gone"]),
        "kept": FileChange(path="kept", added=1, removed=0, blob=after["kept"], old_blob=before["kept"]),
        "new": FileChange(path="new", change=Change.ADDED, blob=after["new"]),
        "there": FileChange(
            path="there",
            old_path="moved",
            added=1,
            removed=0,
            change=Change.RENAMED,
            blob=after["there"],
            old_blob=before["moved"],
        ),
        "retyped": FileChange(
            path="retyped",
            added=1,
            removed=21,
            change=Change.RETYPED,
            blob=after["retyped"],
            old_blob=before["retyped"],
        ),
        "script": FileChange(
            path="script", added=0, removed=0, blob=after["script"], old_blob=before["script"], executable=True
        ),
    }


def test_a_copy_is_a_file_of_its_own(repo: GitRepo) -> None:
    repo.write("one", LINES)
    repo.commit("first")
    repo.write("one", LINES + "more\n")
    repo.write("two", LINES)
    repo.commit("copy")

    assert [(file.path, file.old_path, file.change, file.added) for file in reader(repo).commit("HEAD").files] == [
        ("one", None, Change.MODIFIED, 1),
        ("two", None, Change.ADDED, 20),
    ]


def test_a_submodule_has_neither_counts_nor_contents(repo: GitRepo) -> None:
    shas = [f"{number}" * 40 for number in (1, 2)]
    for sha in shas:
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{sha},sub")
        repo.git("commit", "--quiet", "-m", sha)
    repo.git("update-index", "--force-remove", "sub")
    repo.git("commit", "--quiet", "-m", "gone")

    for revision, change in (("HEAD~2", Change.ADDED), ("HEAD~1", Change.MODIFIED), ("HEAD", Change.DELETED)):
        assert reader(repo).commit(revision).files == (FileChange(path="sub", change=change, submodule=True),)


def test_a_file_in_place_of_a_submodule_is_a_file(repo: GitRepo) -> None:
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    repo.git("commit", "--quiet", "-m", "submodule")
    repo.git("update-index", "--force-remove", "sub")
    repo.write("sub", "text\n")
    repo.commit("file")

    (file,) = reader(repo).commit("HEAD").files

    assert (file.change, file.submodule, file.old_blob) == (Change.RETYPED, False, None)
    assert reader(repo).blobs([str(file.blob)]) == {file.blob: b"text\n"}


def test_commits_of_every_kind_are_told_apart_in_one_listing(repo: GitRepo) -> None:
    odd = [":100644 a", "1\t2\tx", "dead" * 10, "\nfirst", "-"]
    for path in odd:
        repo.write(path, f"{path}{LINES}")
    repo.commit("first\n\n:100644 100644 a b M\n1\t2\tx\n")
    repo.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", "")
    repo.git("mv", "1\t2\tx", "\n:1")
    repo.git("mv", "-", "beef" * 10)
    repo.commit("moved\n\nbody")
    repo.commit("\n\nempty")
    repo.write("last\n", "a\n")
    repo.commit("last")

    found = reader(repo).commits(["HEAD~4", "HEAD~4.."])

    assert [commit.subject for commit in found] == [
        *("first", "", "moved", "empty", "last"),
    ]
    assert [sorted(file.path for file in commit.files) for commit in found] == [
        *(sorted(odd), [], ["\n:1", "beef" * 10], [], ["last\n"]),
    ]
    assert [file.old_path for file in found[2].files] == ["1\t2\tx", "-"]
    assert found == tuple(reader(repo).commit(commit.sha) for commit in found)


def test_names_that_differ_only_in_bytes_that_are_no_text_keep_their_own_contents(repo: GitRepo) -> None:
    blobs = [repo.git("hash-object", "-w", "--stdin", given=text) for text in ("a\n", "a\nb\n")]
    rows = (
        b"100644 blob " + blob.encode() + b"\tx" + sign + b"\0"
        for blob, sign in zip(blobs, (b"\xe8", b"\xe9"), strict=True)
    )
    sha = repo.git("commit-tree", "-m", "names", repo.git("mktree", "-z", given=b"".join(rows)))

    files = reader(repo).commit(sha).files

    assert [(file.path, file.added, file.blob) for file in files] == [
        ("x\N{REPLACEMENT CHARACTER}", 1, blobs[0]),
        ("x\N{REPLACEMENT CHARACTER}", 2, blobs[1]),
    ]


def test_the_commit_that_cannot_be_read_is_named(repo: GitRepo) -> None:
    shas = []
    for number in range(5):
        repo.write("f", f"{number}\n")
        shas.append(repo.commit(f"{number}"))
    lost = repo.git("rev-parse", f"{shas[3]}:f")
    (repo.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()

    with pytest.raises(RevisionError, match=f"commit {shas[3][:7]} cannot be read"):
        reader(repo).commits([shas[0], f"{shas[0]}.."])
    assert shas_of(reader(repo), *shas[:3]) == shas[:3]


def test_a_range_in_a_shallow_clone_ends_with_an_error_where_the_clone_does(repo: GitRepo, tmp_path: Path) -> None:
    shas = []
    for number in range(4):
        repo.write("f", f"{number}\n")
        shas.append(repo.commit(f"{number}"))
    repo.git("clone", "--quiet", "--depth=3", f"file://{repo.root}", str(tmp_path / "shallow"))
    shallow = Repository.find(tmp_path / "shallow")

    assert shas_of(shallow, f"{shas[1]}..") == shas[2:]
    with pytest.raises(RevisionError, match=f"commit {shas[1][:7]} is where this shallow clone ends"):
        shallow.commits([shas[3], shas[1]])
    with pytest.raises(UnknownRevision, match=shas[0]) as caught:
        shallow.commits([f"{shas[0]}.."])
    assert "unshallow" in str(caught.value.hint)


def test_the_paths_of_a_commit_that_is_not_there_are_an_error(line: tuple[Repository, list[str]]) -> None:
    repository, shas = line

    told = repository.deltas(shas[:2])
    assert [list(told[sha]) for sha in shas[:2]] == [["f"], ["f"]]
    assert told[shas[0]]["f"] == (None, told[shas[1]]["f"][0])
    for missing in ("dead" * 10, "--all", "no sha"):
        with pytest.raises(RevisionError, match="is not in this repository"):
            repository.deltas([shas[2], missing])
