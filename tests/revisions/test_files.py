from pathlib import Path

import pytest

from gitrepo import GitRepo, asked_of_git
from journal.errors import RevisionError
from journal.model.revision import FileVersion
from journal.revisions import Repository, files

TEXT = "".join(f"line {number} of a file that is long enough to be known again\n" for number in range(20))


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = str(tmp_path_factory.mktemp("home"))
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("XDG_CONFIG_HOME", home)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo").init()


def versions(repo: GitRepo, path: str = "entry.md") -> list[FileVersion]:
    return list(Repository.find(repo.root).versions(Path(path)))


def told(repo: GitRepo, path: str = "entry.md") -> list[tuple[str, str, bytes | None]]:
    return [(version.sha, version.path, version.raw) for version in versions(repo, path)]


def test_versions_come_newest_first_with_bytes_dates_and_what_came_before(repo: GitRepo) -> None:
    repo.write("entry.md", "one\n")
    first = repo.commit("first", date="2026-02-20T10:00:00+08:00")
    repo.write("other.md", "not this one\n")
    repo.commit("elsewhere")
    repo.write("entry.md", b"two\r\n\xff\0")
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "-m", "second", "--date=2026-02-21T10:00:00+08:00", date="2026-02-22T10:00:00+01:00")
    second = repo.git("rev-parse", "HEAD")

    newest, oldest = versions(repo)

    assert (newest.sha, newest.raw, newest.parents) == (second, b"two\r\n\xff\0", ((first, "entry.md"),))
    assert newest.authored.isoformat() == "2026-02-21T10:00:00+08:00"
    assert newest.committed.isoformat() == "2026-02-22T10:00:00+01:00"
    assert (oldest.sha, oldest.raw, oldest.parents, oldest.cut) == (first, b"one\n", (), False)
    assert newest.parents == (oldest.key,)


def test_what_was_never_committed_has_no_versions(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("entry.md", "one\n")
    assert versions(repo) == []
    repo.write("other.md", "one\n")
    repo.git("add", "other.md")
    repo.git("commit", "--quiet", "-m", "first")

    assert versions(repo) == []
    assert versions(repo, str(tmp_path / "outside.md")) == []


def test_a_renamed_file_is_followed_to_its_former_names(repo: GitRepo) -> None:
    repo.write("first.md", TEXT)
    written = repo.commit("write")
    repo.git("mv", "first.md", "second.md")
    moved = repo.commit("move")
    repo.git("mv", "second.md", "third.md")
    repo.write("third.md", TEXT + "and more\n")
    mended = repo.commit("move and mend")

    assert told(repo, "third.md") == [
        (mended, "third.md", (TEXT + "and more\n").encode()),
        (moved, "second.md", TEXT.encode()),
        (written, "first.md", TEXT.encode()),
    ]
    chain = versions(repo, "third.md")
    assert [version.parents for version in chain] == [(chain[1].key,), (chain[2].key,), ()]


def test_a_file_that_is_renamed_there_and_back_hangs_together(repo: GitRepo) -> None:
    repo.write("here.md", TEXT)
    first = repo.commit("write")
    repo.git("mv", "here.md", "there.md")
    repo.commit("there")
    repo.git("mv", "there.md", "here.md")
    last = repo.commit("back")

    found = {version.key: version for version in versions(repo, "here.md")}
    line = [(last, "here.md")]
    while found[line[-1]].parents:
        line += found[line[-1]].parents

    assert [path for _, path in line] == ["here.md", "there.md", "here.md"]
    assert line[-1] == (first, "here.md")


def test_both_sides_of_a_merge_count_and_the_merge_where_it_took_neither(repo: GitRepo) -> None:
    repo.write("entry.md", TEXT)
    base = repo.commit("base")
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("entry.md", TEXT + "from the side\n")
    side = repo.commit("side")
    repo.git("checkout", "--quiet", "main")
    repo.write("entry.md", "from main\n" + TEXT)
    main = repo.commit("main")
    repo.git("merge", "--quiet", "side", "-m", "merge")
    merge = repo.git("rev-parse", "HEAD")

    found = versions(repo)

    assert found[0].sha == merge
    assert {version.sha for version in found[1:3]} == {side, main}
    assert found[0].parents == ((main, "entry.md"), (side, "entry.md"))
    assert [version.parents for version in found[1:]] == [((base, "entry.md"),)] * 2 + [()]
    assert found[0].raw == ("from main\n" + TEXT + "from the side\n").encode()


def test_a_file_that_both_sides_of_a_merge_renamed_has_its_former_name_once(repo: GitRepo) -> None:
    repo.write("entry.md", TEXT)
    base = repo.commit("base")
    repo.git("mv", "entry.md", "new.md")
    repo.git("checkout", "--quiet", "-b", "side")
    side = repo.commit("side")
    repo.git("checkout", "--quiet", "main")
    repo.git("mv", "entry.md", "new.md")
    repo.write("new.md", "from main\n" + TEXT)
    main = repo.commit("main")
    repo.git("merge", "--quiet", "side", "-m", "merge")

    found = versions(repo, "new.md")

    assert sorted((version.sha, version.path) for version in found[-3:]) == sorted(
        [(side, "new.md"), (main, "new.md"), (base, "entry.md")]
    )
    assert len({version.key for version in found}) == len(found)
    assert [version.parents for version in found if version.sha in {side, main}] == [((base, "entry.md"),)] * 2


def test_a_merge_that_took_one_side_as_it_was_is_no_version(repo: GitRepo) -> None:
    repo.write("other.md", "0\n")
    repo.commit("base")
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("entry.md", "one\n")
    side = repo.commit("side")
    repo.git("checkout", "--quiet", "main")
    repo.write("other.md", "1\n")
    repo.commit("main")
    repo.git("merge", "--quiet", "side", "-m", "merge")

    assert told(repo) == [(side, "entry.md", b"one\n")]


def test_a_file_deleted_and_made_again_has_a_version_without_bytes_between(repo: GitRepo) -> None:
    repo.write("entry.md", "one\n")
    first = repo.commit("write")
    repo.git("rm", "--quiet", "entry.md")
    gone = repo.commit("delete")
    repo.write("entry.md", "something else\n")
    again = repo.commit("again")

    assert told(repo) == [
        (again, "entry.md", b"something else\n"),
        (gone, "entry.md", None),
        (first, "entry.md", b"one\n"),
    ]
    assert versions(repo)[0].parents == ((gone, "entry.md"),)


@pytest.mark.parametrize(
    "name",
    [
        "two words.md",
        "é 雪.md",
        "-leading.md",
        "*.md",
        "[ab]?.md",
        ":(top)entry.md",
        'quo"te\\.md',
        "a missing",
        "tab\t.md",
        "two\nlines.md",
        ":100644 000000 a b M",
    ],
)
def test_any_name_is_taken_as_it_is(repo: GitRepo, name: str) -> None:
    for folder in ("", "deep/"):
        repo.write(f"{folder}entry.md", "another file\n")
        repo.write(f"{folder}a.md", "another file\n")
        repo.write(f"{folder}{name}", "this one\n")
    first = repo.commit("first")
    for folder in ("", "deep/"):
        repo.write(f"{folder}entry.md", "changed\n")
        repo.write(f"{folder}a.md", "changed\n")
    repo.commit("second")

    assert told(repo, name) == [(first, name, b"this one\n")]
    assert told(repo, f"deep/{name}") == [(first, f"deep/{name}", b"this one\n")]


def test_a_file_is_found_by_its_whole_path_from_a_folder_below_and_through_a_link(repo: GitRepo) -> None:
    place = repo.write("lab/journal/entries/entry.md", "one\n")
    first = repo.commit("first")
    below = Repository.find(repo.root / "lab" / "journal")
    (repo.root / "link").symlink_to(repo.root / "lab")

    for path in (place, repo.root / "link" / "journal" / "entries" / "entry.md"):
        assert [(version.sha, version.path) for version in below.versions(path)] == [
            (first, "lab/journal/entries/entry.md")
        ]


def test_the_end_of_a_shallow_clone_is_marked(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("entry.md", "one\n")
    repo.commit("first")
    repo.write("other.md", "one\n")
    boundary = repo.commit("second")
    repo.write("entry.md", "two\n")
    repo.write("young.md", "one\n")
    last = repo.commit("third")
    repo.git("clone", "--quiet", "--depth=2", f"file://{repo.root}", str(tmp_path / "shallow"))
    shallow = GitRepo(tmp_path / "shallow")

    assert [(version.sha, version.raw, version.cut) for version in versions(shallow)] == [
        (last, b"two\n", False),
        (boundary, b"one\n", True),
    ]
    assert [(version.sha, version.cut) for version in versions(shallow, "young.md")] == [(last, False)]


def test_what_a_partial_clone_lacks_is_an_error_not_a_deletion(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("entry.md", "one\n")
    repo.commit("first")
    repo.write("entry.md", "two\n")
    repo.commit("second")
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "--quiet", "--filter=blob:none", f"file://{repo.root}", str(tmp_path / "partial"))

    with pytest.raises(RevisionError, match=r"could not fetch|is not in this repository"):
        versions(GitRepo(tmp_path / "partial"))


def test_a_version_whose_bytes_are_lost_is_an_error_not_a_deletion(repo: GitRepo) -> None:
    repo.write("entry.md", "one\n")
    repo.commit("first")
    lost = repo.git("rev-parse", "HEAD:entry.md")
    (repo.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()

    with pytest.raises(RevisionError, match=r"entry\.md of commit .* is not in this repository"):
        versions(repo)


def test_bytes_are_read_in_parts_and_no_further_than_asked(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        repo.write("entry.md", f"{number}" * 10)
        repo.commit(f"{number}")
    monkeypatch.setattr(files, "LARGEST_CHUNK", 25)
    calls = asked_of_git(monkeypatch)
    lazy = Repository.find(repo.root).versions(Path("entry.md"))

    def reads() -> int:
        return sum(any(argument.startswith("--batch=") for argument in call) for call in calls)

    assert [next(lazy).raw, next(lazy).raw] == [b"5" * 10, b"4" * 10]
    assert reads() == 1
    assert [version.raw for version in lazy] == [f"{number}".encode() * 10 for number in (3, 2, 1, 0)]
    assert reads() == 3
    assert len(calls) < 15, "what came before is only asked for at the first version"


def test_a_version_too_large_to_be_read_has_no_bytes(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("entry.md", "x" * 100)
    large = repo.commit("large")
    repo.write("entry.md", "x")
    small = repo.commit("small")
    monkeypatch.setattr(files, "LARGEST_VERSION", 99)

    assert told(repo) == [(small, "entry.md", b"x"), (large, "entry.md", None)]


def test_settings_that_follow_or_sign_do_not_change_the_versions(repo: GitRepo) -> None:
    repo.write("entry.md", TEXT)
    repo.commit("first")
    repo.git("mv", "entry.md", "later.md")
    repo.commit("second")
    expected = told(repo, "later.md")
    for name in ("log.follow", "log.showSignature", "log.showRoot"):
        repo.git("config", name, "true")
    repo.git("config", "diff.renames", "false")
    repo.git("config", "diff.external", "false")

    assert len(expected) == 2
    assert told(repo, "later.md") == expected


def test_all_files_of_a_folder_cost_one_look_and_one_reading_each(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        repo.write(f"entries/{number}.md", f"{number}\n" * 40)
        repo.commit(f"{number}")
    repository = Repository.find(repo.root)
    calls = asked_of_git(monkeypatch)
    found = [list(repository.versions(Path(f"entries/{number}.md"))) for number in range(5)]

    assert [[version.raw for version in each] for each in found] == [[f"{n}\n".encode() * 40] for n in range(5)]
    assert sorted(call[0] for call in calls) == sorted(
        [
            *("rev-parse", "rev-list", "diff-tree", "cat-file"),  # HEAD, the commits, what they changed, sizes
            *["cat-file"] * 5,
            *("rev-parse", "diff-tree"),  # whether the clone is shallow, former names
        ]
    )


def test_a_file_that_is_renamed_out_of_another_folder_is_followed(repo: GitRepo) -> None:
    repo.write("drafts/deep/entry.md", TEXT)
    repo.write("drafts/other.md", "0\n")
    written = repo.commit("write")
    repo.write("drafts/other.md", "1\n")
    repo.commit("elsewhere")
    repo.write("entries/neighbour.md", "2\n")
    repo.git("mv", "drafts/deep/entry.md", "entries/entry.md")
    moved = repo.commit("move")

    found = versions(repo, "entries/entry.md")

    assert [version.key for version in found] == [(moved, "entries/entry.md"), (written, "drafts/deep/entry.md")]
    assert found[0].parents == (found[1].key,)


def test_a_file_that_became_a_folder_is_gone_there(repo: GitRepo) -> None:
    repo.write("entries/entry.md", "one\n")
    first = repo.commit("first")
    (repo.root / "entries" / "entry.md").unlink()
    repo.write("entries/entry.md/deep", "one\n" * 9)
    second = repo.commit("second")

    assert told(repo, "entries/entry.md") == [
        (second, "entries/entry.md", None),
        (first, "entries/entry.md", b"one\n"),
    ]


def test_what_one_file_of_a_folder_lost_does_not_matter_to_another(repo: GitRepo) -> None:
    repo.write("entries/lost.md", "one\n")
    repo.write("entries/kept.md", "two\n")
    first = repo.commit("first")
    lost = repo.git("rev-parse", "HEAD:entries/lost.md")
    (repo.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()

    assert told(repo, "entries/kept.md") == [(first, "entries/kept.md", b"two\n")]
    with pytest.raises(RevisionError, match=r"entries/lost\.md of commit"):
        versions(repo, "entries/lost.md")
