"""Contents of files by their object names, and the files of a folder."""

from pathlib import Path

import pytest

from gitrepo import GitRepo, asked_of_git
from journal.errors import RevisionError, UnknownRevision
from journal.revisions import Repository, objects


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo").init()


def reader(repo: GitRepo) -> Repository:
    return Repository.find(repo.root)


def stored(repo: GitRepo, content: bytes) -> str:
    return repo.git("hash-object", "-w", "--stdin", given=content)


# contents


@pytest.mark.parametrize("content", [b"", b"a", b"\n", b"a\r\n\xff\0\n\n", b"x blob 3\nabc\n", b"e6 missing\n"])
def test_contents_come_back_byte_for_byte(repo: GitRepo, content: bytes) -> None:
    asked = [stored(repo, b"before"), stored(repo, content), stored(repo, b"after")]

    assert reader(repo).blobs(asked) == dict(zip(asked, (b"before", content, b"after"), strict=True))


def test_a_file_larger_than_asked_for_is_none_and_at_the_limit_it_is_read(repo: GitRepo) -> None:
    asked = [stored(repo, b"x" * size) for size in (9, 10, 11)]

    assert reader(repo).blobs(asked, largest=10) == {asked[0]: b"x" * 9, asked[1]: b"x" * 10, asked[2]: None}


def test_what_is_no_file_or_no_full_name_is_none(repo: GitRepo) -> None:
    repo.write("f", "a\n")
    commit = repo.commit("first")
    blob, tree = repo.git("rev-parse", "HEAD:f"), repo.git("rev-parse", "HEAD^{tree}")
    asked = [blob[:9], blob.upper(), commit, tree, "0" * 40, "HEAD:f", "", "-x", "--batch", f"{blob}\n{blob}", "\0"]

    assert reader(repo).blobs([*asked, blob, blob]) == {**dict.fromkeys(asked), blob: b"a\n"}
    assert reader(repo).blobs([]) == {}


def test_contents_take_two_processes_however_many_there_are(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [stored(repo, b"%d" % number) for number in range(20)]
    repository = reader(repo)
    calls = asked_of_git(monkeypatch)

    assert None not in repository.blobs(asked).values()
    assert len(calls) == 2

    monkeypatch.setattr(objects, "_LARGEST_CHUNK", 8)
    assert repository.blobs(asked) == {name: b"%d" % number for number, name in enumerate(asked)}
    assert len(calls) == 2 + 1 + 4, "the sizes, and thirty bytes, at most eight at a time"


def test_a_link_is_where_it_leads(repo: GitRepo) -> None:
    (repo.root / "link").symlink_to("../elsewhere")
    repo.commit("link")
    found = reader(repo).files_at("HEAD")

    assert reader(repo).blobs(found.values()) == {found["link"]: b"../elsewhere"}


# the files of a folder


def test_the_files_of_a_folder_are_found_with_all_below_it(repo: GitRepo) -> None:
    for path in ("lab/a.py", "lab/deep/b.py", "lab2/c.py", "d.py"):
        repo.write(path, path)
    repo.commit("first")
    below = Repository.find(repo.root / "lab" / "deep")
    every = {path: repo.git("rev-parse", f"HEAD:{path}") for path in ("d.py", "lab/a.py", "lab/deep/b.py", "lab2/c.py")}

    for folder in ("lab", "lab/", "/lab"):
        assert list(below.files_at("HEAD", folder)) == ["lab/a.py", "lab/deep/b.py"]
    for folder in ("", ".", "/"):
        assert below.files_at("main", folder) == every


@pytest.mark.parametrize(
    "folder", ["nowhere", "d.py", "LAB", "\0", "x" * 9000, "--name-only", "-d", "*", ":(top)", ":/"]
)
def test_a_folder_that_a_commit_does_not_have_holds_no_files(repo: GitRepo, folder: str) -> None:
    repo.write("lab/a.py", "")
    repo.write("d.py", "")
    repo.commit("first")

    assert reader(repo).files_at("HEAD", folder) == {}


@pytest.mark.parametrize(
    "folder", ["*", "[l]ab", "two words", "é 雪", "-d", ":(top)x", 'quo"te\\', "tab\t", "line\nfeed"]
)
def test_any_name_of_a_folder_is_taken_as_it_is(repo: GitRepo, folder: str) -> None:
    repo.write("lab/a.py", "")
    repo.write(f"{folder}/file\n", "")
    repo.commit("first")

    assert list(reader(repo).files_at("HEAD", folder)) == [f"{folder}/file\n"]


def test_a_folder_is_that_of_the_commit_not_that_on_disk(repo: GitRepo) -> None:
    repo.write("lab/a.py", "1")
    repo.commit("first")
    repo.write("lab/a.py", "2")
    repo.write("lab/b.py", "2")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lab/sub")
    repo.git("commit", "--quiet", "-m", "a submodule")
    found = reader(repo).files_at("HEAD", "lab")

    assert reader(repo).blobs(found.values()) == {found["lab/a.py"]: b"1"}
    with pytest.raises(UnknownRevision):
        reader(repo).files_at("HEAD:lab", "lab")


def test_a_folder_that_is_lost_is_an_error_not_an_empty_one(repo: GitRepo) -> None:
    repo.write("lab/a.py", "1")
    repo.commit("first")
    lost = repo.git("rev-parse", "HEAD:lab")
    (repo.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()

    with pytest.raises(RevisionError, match="cannot be read"):
        reader(repo).files_at("HEAD", "lab")
