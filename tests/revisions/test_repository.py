import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitrepo import DATE, GitRepo, asked_of_git
from journal.errors import AmbiguousRevision, NotARepository, RevisionError, UnknownRevision
from journal.model import address
from journal.model.revision import Commit
from journal.revisions import Repository, command


@pytest.fixture(scope="module", autouse=True)
def no_settings_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = str(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", home)
        patch.setenv("XDG_CONFIG_HOME", home)
        yield


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo").init()


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    """A repository of 800 commits, enough for two shas that begin with the same four digits."""
    repo = GitRepo(tmp_path_factory.mktemp("crowd")).init()
    commits = (
        f"commit refs/heads/main\ncommitter Ada <ada@example.org> {1_700_000_000 + i} +0000\n"
        f"data <<END\nStep {i}\nEND\nM 100644 inline f\ndata <<END\n{i}\nEND\n"
        for i in range(800)
    )
    repo.git("fast-import", "--quiet", given="\n".join(commits))
    return repo


@pytest.fixture(scope="module")
def twins(crowd: GitRepo) -> tuple[str, str]:
    """Two commits that share exactly their first four digits."""
    shas = sorted(crowd.git("rev-list", "main").split())
    return next((a, b) for a, b in pairwise(shas) if a[:4] == b[:4] and a[4] != b[4])


def reader(repo: GitRepo) -> Repository:
    return Repository.find(repo.root)


def read_everything(repository: Repository) -> object:
    """What each method answers."""
    head = repository.head()
    return (
        head,
        repository.resolve("HEAD"),
        repository.commit("HEAD"),
        repository.commit("HEAD~1"),
        repository.commits_known([str(head), "main", "0000000"]),
        repository.branch(),
        repository.user_name(),
        repository.origin(),
        repository.ignored(repository.root / "kept.txt"),
        repository.ignored(repository.root / "wandb" / "run"),
        list(repository.versions(repository.root / "kept.txt")),
    )


def counted(commit: Commit) -> tuple[tuple[str, str | None, int | None, int | None], ...]:
    """Path, former path and counts of lines of each file that a commit touches."""
    return tuple((each.path, each.old_path, each.added, each.removed) for each in commit.files)


def digest(folder: Path) -> dict[str, tuple[int, str]]:
    """Time of change and sum of each file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(f): (f.stat().st_mtime_ns, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files}


def store_commit(repo: GitRepo, *lines: str, message: str | bytes = "Made by hand\n") -> str:
    """A commit of exactly these header lines."""
    tree = repo.git("mktree")
    text = message.encode() if isinstance(message, str) else message
    stored = "\n".join([f"tree {tree}", *lines]).encode() + b"\n\n" + text
    return repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", given=stored)


# finding the repository


def test_the_repository_is_found_from_its_top_and_from_a_folder_below(repo: GitRepo) -> None:
    repo.write("deep/down/file", "")

    assert reader(repo).root == repo.root.resolve()
    assert Repository.find(repo.root / "deep" / "down").root == repo.root.resolve()


def test_the_top_of_a_repository_may_have_any_name(tmp_path: Path) -> None:
    odd = GitRepo(tmp_path / "a 'b' \"c\" é\nnewline\n").init()

    assert reader(odd).root == odd.root.resolve()


def test_a_link_to_a_repository_leads_to_the_repository(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repo.root)

    assert Repository.find(tmp_path / "link").root == repo.root.resolve()


def test_a_folder_outside_any_repository_gets_the_hint_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="is not inside a git repository") as caught:
        Repository.find(tmp_path)

    assert "git init" in str(caught.value.hint)
    assert caught.value.path == tmp_path


def test_a_folder_that_is_not_there_is_not_a_repository(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="no such folder"):
        Repository.find(tmp_path / "nowhere")


def test_a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    bare = GitRepo(tmp_path / "bare.git").init("--bare")

    with pytest.raises(RevisionError, match="has no git work tree"):
        Repository.find(bare.root)


def test_the_inside_of_a_git_folder_is_no_place_for_a_journal(repo: GitRepo) -> None:
    with pytest.raises(RevisionError, match="has no git work tree"):
        Repository.find(repo.root / ".git")


def test_a_repository_that_claims_another_work_tree_is_refused(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("config", "core.worktree", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()

    with pytest.raises(RevisionError, match="work tree elsewhere") as caught:
        reader(repo)

    assert "core.worktree" in str(caught.value.hint)


def test_a_git_file_that_points_nowhere_is_broken_which_is_not_the_same_as_no_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text(f"gitdir: {tmp_path}/nowhere\n")

    with pytest.raises(RevisionError, match="not a git repository: ") as caught:
        Repository.find(tmp_path)

    assert not isinstance(caught.value, NotARepository)


def test_a_repository_of_another_user_is_refused_with_the_command_that_trusts_it(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(command._ENVIRONMENT, "GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    with pytest.raises(RevisionError, match="belongs to another user") as caught:
        reader(repo)

    assert not isinstance(caught.value, NotARepository)
    assert f"--add safe.directory {repo.root}" in str(caught.value.hint)


def test_a_repository_that_vanishes_after_it_was_found_is_reported(repo: GitRepo) -> None:
    repository = reader(repo)
    (repo.root / ".git").rename(repo.root / "away")

    with pytest.raises(NotARepository):
        repository.head()


def test_a_broken_configuration_is_reported_in_the_words_of_git(repo: GitRepo) -> None:
    repository = reader(repo)
    (repo.root / ".git" / "config").write_text("[core\n")

    with pytest.raises(RevisionError, match="bad config line 1"):
        repository.user_name()
    with pytest.raises(RevisionError, match="bad config line 1"):
        repository.commits_known(["abcd1234"])


@pytest.mark.parametrize("programs", [[], ["env"]], ids=["nothing on the path", "env but no git"])
def test_without_git_on_the_path_the_hint_says_to_install_it(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: list[str]
) -> None:
    repository = reader(repo)
    (tmp_path / "bin").mkdir()
    for program in programs:
        (tmp_path / "bin" / program).symlink_to(shutil.which(program) or pytest.fail(f"no {program} here"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    with pytest.raises(RevisionError, match="git could not be started") as caught:
        repository.head()

    assert "install git" in str(caught.value.hint)


_START = "import sys, pathlib; from journal.revisions import Repository; "


def run_python(code: str, path: str) -> str:
    answer = subprocess.run(
        [sys.executable, "-c", _START + code],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout + answer.stderr.strip().rpartition("\n")[2]


def test_a_machine_without_git_is_told_so_though_gitpython_cannot_even_be_imported(tmp_path: Path) -> None:
    said = run_python("Repository.find(pathlib.Path('.'))", path=str(tmp_path))

    assert said == (
        "journal.errors.RevisionError: git could not be started (install git 2.31 or newer, then try again)"
    )


def test_importing_the_module_does_not_import_gitpython() -> None:
    assert run_python("print('git' in sys.modules)", path=os.environ["PATH"]) == "False\n"


# resolving a revision


def test_a_revision_is_resolved_to_the_full_sha_of_its_commit(repo: GitRepo) -> None:
    first, second = repo.commit("first"), repo.commit("second")
    repo.git("tag", "-a", "-m", "annotated", "v1", first)
    repository = reader(repo)

    for revision in (
        second,
        second[:7],
        second[:7].upper(),
        "HEAD",
        "main",
        "refs/heads/main",
        "@",
    ):
        assert repository.resolve(revision) == second
    for revision in ("v1", "HEAD~1", "HEAD^", repo.git("rev-parse", "v1"), "HEAD^{/first}"):
        assert repository.resolve(revision) == first


@pytest.mark.parametrize(
    "revision",
    [
        *("", "-", "--", "-h", "--output=x", "-Otouch x", "--upload-pack=touch x", "--all", "a\nb", "HEAD\n", "a\0b"),
        *("\t", "\x1b[31m", "\ud800", "x" * 5000),
    ],
)
def test_what_cannot_be_a_revision_never_reaches_git(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, revision: str
) -> None:
    repo.commit("only")
    repository = reader(repo)
    monkeypatch.setattr(command, "run", lambda *_, **__: pytest.fail("git was called"))

    with pytest.raises(UnknownRevision, match="is not a revision") as caught:
        repository.resolve(revision)

    assert len(str(caught.value)) < 1200
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "revision",
    [
        *("nosuch", "dead" * 10, "a" * 50, "HEAD~9", "HEAD@{99}", "@{-1}", "main@{upstream}", " HEAD", "HEAD HEAD"),
        *("^HEAD", "main..HEAD", "main...HEAD", "HEAD^@", "HEAD^!", "HEAD^-", ":file", "HEAD:file", "HEAD^{tree}"),
        *(":/only", "*", "$(touch x)", "HEAD --output=x", "refs/heads/*"),
    ],
)
def test_what_names_no_single_commit_is_unknown(repo: GitRepo, revision: str) -> None:
    repo.write("file", "text")
    repo.commit("only")

    with pytest.raises(UnknownRevision, match="no commit answers to") as caught:
        reader(repo).resolve(revision)

    assert "git fetch" in str(caught.value.hint)


def test_a_blob_is_not_a_commit(repo: GitRepo) -> None:
    repo.write("file", "text")
    repo.commit("only")

    with pytest.raises(UnknownRevision):
        reader(repo).resolve(repo.git("rev-parse", "HEAD:file"))


def test_in_an_empty_repository_the_hint_says_that_nothing_is_committed(repo: GitRepo) -> None:
    with pytest.raises(UnknownRevision) as caught:
        reader(repo).resolve("HEAD")

    assert caught.value.hint == "nothing is committed here yet"


def test_a_mistyped_sha_gets_the_commits_that_begin_like_it(repo: GitRepo) -> None:
    sha = repo.commit("Clamp the logits")
    repo.git("config", "core.abbrev", "40")
    wrong = sha[:6] + ("0" if sha[6] != "0" else "1")

    with pytest.raises(UnknownRevision) as caught:
        reader(repo).resolve(wrong)

    assert caught.value.hint == f"did you mean {sha[:7]} Clamp the logits?"


def test_an_abbreviation_of_two_commits_is_ambiguous_and_both_are_listed(
    crowd: GitRepo, twins: tuple[str, str]
) -> None:
    with pytest.raises(AmbiguousRevision, match="2 commits") as caught:
        reader(crowd).resolve(twins[0][:4])

    for sha in twins:
        assert f"{sha[:7]} {crowd.git('show', '--no-patch', '--format=%s', sha)}" in str(caught.value.hint)


def test_a_long_list_of_candidates_is_cut(crowd: GitRepo) -> None:
    shas = crowd.git("rev-list", "main").split()

    hint = reader(crowd)._names.ambiguous("main", shas).hint

    assert hint is not None
    assert hint.count("; ") == 10
    assert hint.endswith("; …")


def test_a_blob_that_begins_like_a_commit_does_not_make_it_ambiguous(crowd: GitRepo) -> None:
    sha = crowd.git("rev-parse", "main")
    texts = (f"{i}".encode() for i in range(10**7))
    twin = next(t for t in texts if hashlib.sha1(b"blob %d\0%b" % (len(t), t)).hexdigest()[:4] == sha[:4])  # noqa: S324
    crowd.git("hash-object", "-w", "--stdin", given=twin)

    assert reader(crowd).resolve(sha[:4]) == sha
    assert reader(crowd).commits_known([sha[:4]]) == {sha[:4]: sha}


def test_a_branch_called_like_another_commit_is_ambiguous(repo: GitRepo) -> None:
    first, second = repo.commit("first"), repo.commit("second")
    repo.git("branch", first[:7], second)
    repo.git("branch", second[:7], second)

    with pytest.raises(AmbiguousRevision, match="2 commits"):
        reader(repo).resolve(first[:7])
    assert reader(repo).resolve(second[:7]) == second
    assert reader(repo).resolve(first) == first


def test_a_branch_called_like_no_commit_is_a_branch(repo: GitRepo) -> None:
    sha = repo.commit("only")
    repo.git("branch", "deadbeef")

    assert reader(repo).resolve("deadbeef") == sha


def test_control_signs_of_a_subject_do_not_reach_a_hint(repo: GitRepo) -> None:
    sha = repo.commit("\x1b]0;title\x07 red")

    with pytest.raises(UnknownRevision) as caught:
        reader(repo).resolve(sha[:8] + ("0" if sha[8] != "0" else "1"))

    assert str(caught.value).isprintable()
    assert "]0;title" in str(caught.value)


# reading a commit


def test_a_commit_is_read_with_message_author_date_and_parent(repo: GitRepo) -> None:
    parent = repo.commit("root")
    sha = repo.commit(
        "Clamp the\nlogits\n\nThey grew.\n\n- twice\n\nSee: 1\n",
        author="Grace Hopper <g@example.org>",
        date="2026-02-21T19:01:15+05:30",
    )

    commit = reader(repo).commit(sha[:8])

    assert commit.sha == sha
    assert commit.subject == "Clamp the logits"
    assert commit.body == "They grew.\n\n- twice\n\nSee: 1"
    assert commit.author == "Grace Hopper"
    assert commit.authored == datetime.fromisoformat("2026-02-21T19:01:15+05:30")
    assert commit.authored.utcoffset() == timedelta(hours=5, minutes=30)
    assert commit.parents == (parent,)
    assert commit.files == ()


@pytest.mark.parametrize(
    "date",
    [
        *(DATE, "2026-02-21T19:01:15-02:30", "2026-02-21T19:01:15+00:00"),
        *("1970-01-02T00:00:00-12:00", "2099-12-31T23:59:59+14:00"),
    ],
)
def test_the_author_date_keeps_its_offset(repo: GitRepo, date: str) -> None:
    assert reader(repo).commit(repo.commit("dated", date=date)).authored.isoformat() == date


def test_a_root_commit_is_compared_with_nothing(repo: GitRepo) -> None:
    repo.write("one", "a\nb\n")
    repo.write("two", "")
    repo.commit("root\n\nparent of all that follows")

    commit = reader(repo).commit("HEAD")

    assert commit.parents == ()
    assert counted(commit) == (("one", None, 2, 0), ("two", None, 0, 0))


def test_lines_are_counted_and_binary_files_have_no_count(repo: GitRepo) -> None:
    repo.write("text", "a\nb\nc\n")
    repo.write("gone", "a\n")
    repo.write("bytes", b"\0\1")
    repo.commit("root")
    repo.write("text", "a\nB\nc\nd\n")
    repo.write("bytes", b"\0\2")
    (repo.root / "gone").unlink()
    repo.commit("change")

    assert counted(reader(repo).commit("HEAD")) == (
        ("bytes", None, None, None),
        ("gone", None, 0, 1),
        ("text", None, 2, 1),
    )


def test_a_rename_keeps_the_old_path(repo: GitRepo) -> None:
    lines = "".join(f"{i}\n" for i in range(20))
    repo.write("a\told", lines)
    repo.write("bytes", b"\0" * 100)
    repo.commit("root")
    repo.git("mv", "a\told", "b\nnew")
    repo.git("mv", "bytes", "moved")
    repo.write("b\nnew", lines + "more\n")
    repo.commit("rename")

    assert counted(reader(repo).commit("HEAD")) == (
        ("b\nnew", "a\told", 1, 0),
        ("moved", "bytes", None, None),
    )


def test_a_merge_is_compared_with_its_first_parent(repo: GitRepo) -> None:
    repo.commit("root")
    repo.git("switch", "--quiet", "-c", "side")
    repo.write("side", "s\n")
    side = repo.commit("side")
    repo.git("switch", "--quiet", "main")
    repo.write("main", "m\n")
    main = repo.commit("main")
    repo.git("merge", "--quiet", "-m", "merge", "side")

    commit = reader(repo).commit("HEAD")

    assert commit.parents == (main, side)
    assert counted(commit) == (("side", None, 1, 0),)


def test_a_change_of_mode_and_a_submodule_are_files_touched(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner").init()
    repo.write("script", "a\n")
    repo.write(".gitmodules", '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n\tignore = all\n')
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{inner.commit('one')},sub")
    repo.git("commit", "--quiet", "-m", "root")
    repo.git("add", ".gitmodules", "script")
    repo.git("update-index", "--chmod=+x", "script")
    repo.git("update-index", "--cacheinfo", f"160000,{inner.commit('two')},sub")
    repo.git("commit", "--quiet", "-m", "change")

    files = {file.path: (file.added, file.removed) for file in reader(repo).commit("HEAD").files}

    assert files == {".gitmodules": (4, 0), "script": (1, 0), "sub": (None, None)}


def test_a_commit_without_message_author_or_change_is_read(repo: GitRepo) -> None:
    sha = store_commit(repo, "author  <> 0 +0000", "committer  <> 0 +0000", message="")

    commit = reader(repo).commit(sha)

    assert (commit.subject, commit.body, commit.author, commit.files) == ("", "", "", ())
    assert commit.authored.timestamp() == 0


@pytest.mark.parametrize("date", ["", "soon", "1 +9999", "99999999999999 +0000"])
def test_an_author_date_that_is_no_date_is_an_error_not_a_guess(repo: GitRepo, date: str) -> None:
    sha = store_commit(repo, f"author Ada <a@b> {date}", "committer Ada <a@b> 1 +0000")

    with pytest.raises(RevisionError, match="an author date that is no date"):
        reader(repo).commit(sha)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "a b",
            "'single'",
            '"double"',
            "back\\slash",
            "new\nline",
            "\nfirst",
            "last\n",
            "tab\there",
            "-dash",
            "--option",
        ),
        *(
            "é",
            "\N{SNOWMAN}",
            "e\u0301",
            "a => b",
            "{a => b}",
            ":(top)x",
            "*",
            "\x1b[31m",
            "\x7f",
            "~",
            "1\t2\tx",
            "a" * 200,
        ),
    ],
)
def test_a_file_name_comes_back_as_it_is(repo: GitRepo, name: str) -> None:
    repo.write(f"d/{name}", "a\n")
    repo.commit("root")

    assert counted(reader(repo).commit("HEAD")) == ((f"d/{name}", None, 1, 0),)


_NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1, max_size=20)


@settings(max_examples=30, deadline=None)
@given(names=st.sets(_NAMES.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=6))
def test_any_set_of_names_comes_back(crowd: GitRepo, names: set[str]) -> None:
    blob = crowd.git("hash-object", "-w", "--stdin", given="a\nb\n")
    tree = crowd.git("mktree", "-z", given="".join(f"100644 blob {blob}\t{name}\0" for name in names))
    sha = crowd.git("commit-tree", "-m", "names", tree)

    files = reader(crowd).commit(sha).files

    assert {file.path for file in files} == names
    assert {(file.old_path, file.added, file.removed) for file in files} == {(None, 2, 0)}


def test_a_name_that_is_not_utf_8_is_shown_with_replacement_characters(repo: GitRepo) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", given="a\n").encode()
    tree = repo.git("mktree", "-z", given=b"100644 blob " + blob + b"\tcaf\xe9\0")
    sha = repo.git("commit-tree", "-m", "names", tree)

    assert [file.path for file in reader(repo).commit(sha).files] == ["caf\N{REPLACEMENT CHARACTER}"]


def test_a_message_in_another_encoding_is_read_as_text(repo: GitRepo) -> None:
    tree = repo.git("mktree")
    stored = (
        f"tree {tree}\nauthor Zoë <z@b> 1 +0000\ncommitter Zoë <z@b> 1 +0000\nencoding ISO-8859-1\n\nCafé\n\nthé\n"
    ).encode("latin-1")
    sha = repo.git("hash-object", "-t", "commit", "-w", "--stdin", given=stored)
    repo.git("config", "i18n.logOutputEncoding", "ISO-8859-1")

    commit = reader(repo).commit(sha)

    assert (commit.subject, commit.body, commit.author) == ("Café", "thé", "Zoë")


def test_a_message_that_lies_about_its_encoding_is_still_read(repo: GitRepo) -> None:
    sha = store_commit(repo, "author A <a@b> 1 +0000", "committer A <a@b> 1 +0000", message=b"caf\xe9\n\n\xff\n")

    commit = reader(repo).commit(sha)

    assert (commit.subject, commit.body) == ("caf\N{REPLACEMENT CHARACTER}", "\N{REPLACEMENT CHARACTER}")


def test_settings_of_the_repository_do_not_change_what_is_read(repo: GitRepo) -> None:
    lines = "".join(f"{i}\n" for i in range(20))
    repo.write("a", lines)
    repo.write("c", lines[::-1])
    repo.write("notes", "x\n")
    repo.commit("root")
    for old, new in (("a", "b"), ("c", "d")):
        repo.git("mv", old, new)
        repo.write(new, (repo.root / new).read_text() + "more\n")  # not the same, so git has to compare
    repo.write("notes", "x\ny\n")
    repo.commit("rename\n\nbody")
    before = reader(repo).commit("HEAD")
    for name, value in {
        "diff.renames": "false",
        "diff.renameLimit": "1",
        "diff.noprefix": "true",
        "diff.relative": "true",
        "diff.orderFile": "order",
        "diff.ignoreSubmodules": "all",
        "color.ui": "always",
        "log.date": "relative",
        "log.showRoot": "false",
        "log.mailmap": "true",
        "core.abbrev": "4",
        "core.attributesFile": str(repo.root / "attributes"),
        "core.quotePath": "true",
        "format.pretty": "oneline",
        "notes.displayRef": "*",
    }.items():
        repo.git("config", name, value)
    repo.write("order", "notes\n")
    repo.write("attributes", "* -diff\n")
    repo.write(".mailmap", "Someone Else <ada@example.org>\n")
    repo.git("notes", "add", "-m", "a note")

    assert reader(repo).commit("HEAD") == before


def test_a_replaced_commit_is_read_as_it_was_made(repo: GitRepo) -> None:
    first, second = repo.commit("first"), repo.commit("second")
    repo.git("replace", "--force", second, first)
    (repo.root / ".git" / "info").mkdir(exist_ok=True)
    (repo.root / ".git" / "info" / "grafts").write_text(second + "\n")

    commit = reader(repo).commit(second)

    assert (commit.subject, commit.parents) == ("second", (first,))


def test_a_forged_cache_of_commits_is_not_believed(repo: GitRepo) -> None:
    for text in ("a\n", "b\n", "a\nb\n"):
        repo.write("f", text)
        repo.commit(text)
    tree, other = (bytes.fromhex(repo.git("rev-parse", f"{commit}^{{tree}}")) for commit in ("HEAD", "HEAD~2"))
    repo.git("commit-graph", "write", "--reachable")
    cache = repo.root / ".git" / "objects" / "info" / "commit-graph"
    cache.chmod(0o644)
    cache.write_bytes(cache.read_bytes().replace(tree, other))

    assert counted(reader(repo).commit("HEAD")) == (("f", None, 1, 0),)
    assert "1\t1\tf" in repo.git("show", "--numstat", "HEAD")  # plain git does believe it


def test_a_worktree_answers_for_itself(repo: GitRepo, tmp_path: Path) -> None:
    first, second = repo.commit("first"), repo.commit("second")
    repo.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "tree"), first)

    tree = Repository.find(tmp_path / "tree")

    assert tree.root == (tmp_path / "tree").resolve()
    assert (tree.head(), tree.branch()) == (first, "side")
    assert tree.commit("main").sha == second


def test_a_sha256_repository_is_read_like_any_other(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "long").init("--object-format=sha256")
    repo.write("f", "a\n")
    sha = repo.commit("long")
    repository = reader(repo)

    assert len(sha) == 64
    assert counted(repository.commit(sha[:9])) == (("f", None, 1, 0),)
    assert repository.commits_known([sha, sha[:40]]) == {sha: sha, sha[:40]: sha}


# incomplete clones


@pytest.fixture
def shallow(crowd: GitRepo, tmp_path: Path) -> GitRepo:
    crowd.git("clone", "--quiet", "--depth=2", f"file://{crowd.root}", str(tmp_path / "shallow"))
    return GitRepo(tmp_path / "shallow")


def test_a_shallow_clone_answers_for_what_it_holds(crowd: GitRepo, shallow: GitRepo) -> None:
    assert reader(shallow).commit("HEAD") == reader(crowd).commit("main")


def test_the_end_of_a_shallow_clone_is_not_taken_for_a_root(crowd: GitRepo, shallow: GitRepo) -> None:
    end = crowd.git("rev-parse", "main~1")

    with pytest.raises(RevisionError, match="where this shallow clone ends") as caught:
        reader(shallow).commit(end)

    assert "git fetch --unshallow" in str(caught.value.hint)
    assert reader(shallow).commits_known([end]) == {end: end}


def test_a_commit_beyond_a_shallow_clone_is_unknown_and_the_hint_says_why(crowd: GitRepo, shallow: GitRepo) -> None:
    with pytest.raises(UnknownRevision) as caught:
        reader(shallow).resolve(crowd.git("rev-parse", "main~5"))

    assert caught.value.hint == "this clone is shallow: run `git fetch --unshallow`"


def test_a_partial_clone_is_not_completed_behind_the_users_back(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("f", "a\n")
    sha = repo.commit("root")
    repo.git("config", "uploadpack.allowFilter", "true")
    part, canary = GitRepo(tmp_path / "part"), tmp_path / "canary"
    repo.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{repo.root}", str(part.root))
    part.git("config", "remote.origin.uploadpack", f"touch {canary}; git-upload-pack")
    part.git("config", "protocol.file.allow", "always")
    repository = reader(part)

    with pytest.raises(RevisionError, match="cannot be read") as caught:
        repository.commit("HEAD")
    known = repository.commits_known([sha, "dead" * 10, sha[:7]])

    assert f"git show {sha[:7]}" in str(caught.value.hint)
    assert known == {sha: sha, "dead" * 10: None, sha[:7]: sha}
    assert not canary.exists()
    part.git("show", "--numstat", "HEAD")
    assert canary.exists()  # plain git does run it


def test_a_damaged_repository_is_reported(repo: GitRepo) -> None:
    repo.write("f", "a\n")
    repo.commit("root")
    tree = repo.git("rev-parse", "HEAD^{tree}")
    (repo.root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()

    with pytest.raises(RevisionError, match="cannot be read") as caught:
        reader(repo).commit("HEAD")

    assert "git fsck" in str(caught.value.hint)


# many commits at once


def test_known_commits_are_told_from_unknown_ones_in_the_order_asked(repo: GitRepo) -> None:
    repo.write("f", "a\n")
    first, second = repo.commit("first"), repo.commit("second")
    repo.git("tag", "-a", "-m", "annotated", "v1")
    blob, tag = repo.git("rev-parse", "HEAD:f"), repo.git("rev-parse", "v1")
    asked = [
        second,
        first[:7],
        second[:8].upper(),
        "dead" * 10,
        "main",
        blob,
        tag,
        "",
        "-x",
        "--batch",
        "a b\n",
        first[:3],
    ]

    known = reader(repo).commits_known(asked)

    assert list(known) == asked
    assert {name: sha for name, sha in known.items() if sha} == {
        second: second,
        first[:7]: first,
        second[:8].upper(): second,
    }


def test_only_shas_reach_git_and_one_process_answers_for_all(crowd: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    shas = crowd.git("rev-list", "main").split()
    repository = reader(crowd)
    calls = asked_of_git(monkeypatch)

    assert repository.commits_known([*shas, shas[0][:10].upper(), "--textconv", "-x\n"]) == {
        **{sha: sha for sha in shas},
        shas[0][:10].upper(): shas[0],
        "--textconv": None,
        "-x\n": None,
    }
    assert len(calls) == 1
    assert repository.commits_known(["--textconv", "HEAD"]) == {"--textconv": None, "HEAD": None}
    assert len(calls) == 1


def test_an_ambiguous_abbreviation_is_not_known(crowd: GitRepo, twins: tuple[str, str]) -> None:
    assert reader(crowd).commits_known([twins[0][:4], twins[1][:5]]) == {twins[0][:4]: None, twins[1][:5]: twins[1]}


def test_a_branch_called_like_a_sha_does_not_stand_in_for_the_commit(repo: GitRepo) -> None:
    first, second = repo.commit("first"), repo.commit("second")
    repo.git("branch", first[:7], second)
    repo.git("branch", "deadbeef", second)

    assert reader(repo).commits_known([first[:7], "deadbeef"]) == {first[:7]: first, "deadbeef": None}


# where the repository stands


def test_an_empty_repository_has_a_branch_but_no_head(repo: GitRepo) -> None:
    assert (reader(repo).head(), reader(repo).branch()) == (None, "main")
    assert reader(repo).commits_known(["abcd1234"]) == {"abcd1234": None}


def test_a_detached_head_has_no_branch(repo: GitRepo) -> None:
    sha = repo.commit("first")
    repo.commit("second")
    repo.git("checkout", "--quiet", "--detach", sha)

    assert (reader(repo).head(), reader(repo).branch()) == (sha, None)


def test_a_branch_keeps_its_name_though_a_tag_is_called_the_same(repo: GitRepo) -> None:
    repo.commit("first")
    repo.git("switch", "--quiet", "-c", "try/é")
    repo.git("tag", "try/é")

    assert reader(repo).branch() == "try/é"


@pytest.mark.parametrize(("name", "expected"), [("Zoë Q", "Zoë Q"), ("", None), ("  ", None), ("a\nb", "a\nb")])
def test_the_user_is_who_git_says(repo: GitRepo, name: str, expected: str | None) -> None:
    repo.git("config", "user.name", name)

    assert reader(repo).user_name() == expected


def test_without_a_name_or_a_remote_there_is_none(repo: GitRepo) -> None:
    assert (reader(repo).user_name(), reader(repo).origin()) == (None, None)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/lab/repo.git", "https://example.org/lab/repo.git"),
        ("https://ada:secret@example.org/lab/repo", "https://example.org/lab/repo"),
        ("https://ghp_token@example.org:8443/lab/repo", "https://example.org:8443/lab/repo"),
        ("https://ada:se@cret@example.org/lab/repo", "https://example.org/lab/repo"),
        ("https://example.org/lab/repo?private_token=secret#secret", "https://example.org/lab/repo"),
        ("https://ada:sec/ret@example.org/lab/repo", None),
        ("https://ada:123/ret@example.org/lab/repo", None),
        ("https://ada:123?ret@example.org/lab/repo", None),
        ("https://[bad/lab/repo", None),
        ("https://ada:secret/lab/repo", None),
        ("https://[::1]:80/lab/repo", "https://[::1]:80/lab/repo"),
        ("ssh://git@example.org:22/lab/repo.git", "ssh://example.org:22/lab/repo.git"),
        ("git@example.org:lab/repo.git", "example.org:lab/repo.git"),
        ("ada:secret@example.org:lab/repo.git", "example.org:lab/repo.git"),
        ("ada:sec/ret@example.org:lab/repo.git", None),
        ("example.org:repo", "example.org:repo"),
        ("[::1]:lab/repo", "[::1]:lab/repo"),
        ("/srv/git/me@here/repo.git", "/srv/git/me@here/repo.git"),
        ("../repo", "../repo"),
        ("file:///srv/git/repo", "file:///srv/git/repo"),
        ("ext::ssh -i key ada:secret@example.org %S lab/repo", None),
        ("vault::https://ada:secret@example.org/repo", None),
        ("", None),
    ],
)
def test_the_origin_is_told_without_its_secrets(repo: GitRepo, address: str, expected: str | None) -> None:
    repo.git("config", "remote.origin.url", address)

    assert reader(repo).origin() == expected


_SECRETS = st.text("ABCDEFGHJK0123456789-_~!$&'()*+,;=:@/?#%[]", min_size=1, max_size=20)


@given(user=st.text("ABC0123456789-", min_size=1), password=_SECRETS, scheme=st.sampled_from(["https", "ssh", "git"]))
def test_no_password_survives_whatever_its_signs(user: str, password: str, scheme: str) -> None:
    url = address.without_secrets(f"{scheme}://{user}:{password}@example.org/lab/repo.git")
    short = address.without_secrets(f"{user}:{password}@example.org:lab/repo.git")

    assert url in {None, f"{scheme}://example.org/lab/repo.git"}
    assert short in {None, "example.org:lab/repo.git"}


def test_a_second_address_of_the_origin_is_left_out(repo: GitRepo) -> None:
    repo.git("config", "--add", "remote.origin.url", "https://one.example.org/repo")
    repo.git("config", "--add", "remote.origin.url", "https://two.example.org/repo")

    assert reader(repo).origin() == "https://one.example.org/repo"


def test_a_rewriting_rule_does_not_put_a_token_into_the_origin(repo: GitRepo) -> None:
    repo.git("config", "remote.origin.url", "https://example.org/repo")
    repo.git("config", "url.https://token@example.org/.insteadOf", "https://example.org/")

    assert reader(repo).origin() == "https://example.org/repo"


# what git ignores


def test_an_ignored_path_is_told_from_one_that_is_not(repo: GitRepo, tmp_path: Path) -> None:
    repo.write(".gitignore", "wandb/\n*.log\n!kept.log\n/-dash\nboth/\n")
    repo.write("tracked.log", "")
    repo.write("both/tracked", "")
    repo.git("add", "--force", "tracked.log", "both/tracked")
    repository = reader(repo)
    (repo.root / "link").symlink_to(tmp_path)

    ignored = [
        path
        for path in (
            *(
                "wandb/run",
                "wandb",
                "wandb/",
                "a.log",
                "deep/a.log",
                "-dash",
                "kept.log",
                "tracked.log",
                "both/a",
                "both",
            ),
            *(
                ".",
                "",
                "..",
                "../a.log",
                "deep/../a.log",
                "link",
                "link/a.log",
                "*.log",
                ":(bad)a",
                "new\n.log",
            ),
        )
        if repository.ignored(Path(path))
    ]

    assert ignored == ["wandb/run", "a.log", "deep/a.log", "-dash", "both/a", "deep/../a.log", "*.log", "new\n.log"]
    assert repository.ignored(repo.root / "a.log")
    assert not repository.ignored(tmp_path / "a.log")


def test_a_path_that_git_cannot_look_at_is_an_error(repo: GitRepo) -> None:
    repo.write(".gitignore", "*.log\n")
    repo.write(".git/index", "broken")

    with pytest.raises(RevisionError, match="git cannot answer: "):
        reader(repo).ignored(Path("a.log"))


# reading runs nothing and writes nothing


@pytest.fixture
def hostile(tmp_path: Path) -> GitRepo:
    """A repository whose files name a diff driver and a filter that its configuration may define."""
    repo = GitRepo(tmp_path / "hostile").init()
    repo.write(".gitattributes", "* diff=evil filter=evil\n")
    repo.write(".gitignore", "wandb/\n")
    repo.write("kept.txt", "a\n")
    repo.commit("root")
    repo.write("kept.txt", "a\nb\n")
    repo.commit("change")
    stored = repo.git("cat-file", "commit", "HEAD").replace("\n\n", f"\ngpgsig {_SIGNATURE}\n\n", 1)
    signed = repo.git("hash-object", "-t", "commit", "-w", "--stdin", given=stored + "\n")
    repo.git("reset", "--quiet", "--hard", signed)
    repo.write("kept.txt", "a\nB\n")
    return repo


_SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----"


@pytest.mark.parametrize(
    ("setting", "control"),
    [
        ("core.fsmonitor", ["status"]),
        ("core.hooksPath", ["checkout", "--quiet"]),
        ("diff.external", ["diff", "HEAD~1", "HEAD"]),
        ("diff.evil.command", ["diff", "HEAD~1", "HEAD"]),
        ("diff.evil.textconv", ["show", "HEAD"]),
        ("filter.evil.clean", ["status"]),
        ("filter.evil.process", ["diff"]),
        ("gpg.program", ["log", "--show-signature"]),
    ],
)
def test_no_program_named_in_the_configuration_is_run(
    hostile: GitRepo, tmp_path: Path, setting: str, control: list[str]
) -> None:
    canary, hooks = tmp_path / "canary", tmp_path / "hooks"
    hooks.mkdir()
    script = hooks / "post-checkout"
    script.write_text(f"#!/bin/sh\ntouch '{canary}'\n")
    script.chmod(0o755)
    hostile.git("config", setting, str(hooks if setting == "core.hooksPath" else script))
    hostile.git("config", "log.showSignature", "true")
    with contextlib.suppress(AssertionError):  # some end badly without the program's answer
        hostile.git(*control)
    assert canary.exists(), "plain git runs it, so this test can fail"
    canary.unlink()
    before = digest(hostile.root)

    read_everything(reader(hostile))

    assert not canary.exists()
    assert digest(hostile.root) == before


def test_a_repository_planted_in_a_run_folder_is_not_entered(hostile: GitRepo, tmp_path: Path) -> None:
    planted = GitRepo(hostile.root / "wandb" / "run").init()
    planted.write("x", "")
    planted.git("config", "core.fsmonitor", f"touch '{tmp_path}/canary'; false")
    planted.git("status")
    assert (tmp_path / "canary").exists(), "plain git runs it, so this test can fail"
    (tmp_path / "canary").unlink()
    before = digest(hostile.root)

    read_everything(reader(hostile))

    assert reader(hostile).ignored(planted.root / "x")
    assert not (tmp_path / "canary").exists()
    assert digest(hostile.root) == before


def test_reading_leaves_no_trace_even_where_git_would_like_to_refresh_its_index(repo: GitRepo) -> None:
    repo.write("kept.txt", "a\n")
    repo.commit("root")
    repo.commit("second")
    os.utime(repo.root / "kept.txt", (1, 1))
    before = digest(repo.root)

    read_everything(reader(repo))
    for revision in ("--output=x", "-Otouch x", "--upload-pack=touch x", "HEAD --output=x"):
        with pytest.raises(UnknownRevision):
            reader(repo).commit(revision)

    assert digest(repo.root) == before
    repo.git("status")
    assert digest(repo.root) != before  # plain git does refresh it


def test_variables_meant_for_git_do_not_matter(
    repo: GitRepo, hostile: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write("kept.txt", "a\n")
    repo.commit("root")
    repo.commit("second")
    repo.git("config", "user.name", "Ada")
    expected = read_everything(reader(repo))
    other = str(hostile.root / ".git")
    for name, value in {
        "GIT_DIR": other,
        "GIT_WORK_TREE": str(hostile.root),
        "GIT_COMMON_DIR": other,
        "GIT_INDEX_FILE": f"{other}/index",
        "GIT_OBJECT_DIRECTORY": f"{other}/objects",
        "GIT_NAMESPACE": "elsewhere",
        "GIT_CEILING_DIRECTORIES": str(repo.root.parent),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "user.name",
        "GIT_CONFIG_VALUE_0": "Mallory",
        "GIT_CONFIG_PARAMETERS": "'user.name=Mallory'",
        "GIT_EXTERNAL_DIFF": f"touch {tmp_path}/canary",
        "GIT_TRACE": f"{tmp_path}/canary",
        "GIT_OPTIONAL_LOCKS": "1",
        "GIT_LITERAL_PATHSPECS": "0",
        "GIT_ALLOW_PROTOCOL": "file:ext",
        "GIT_DEFAULT_HASH": "sha256",
        "GIT_EXEC_PATH": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)

    assert read_everything(reader(repo)) == expected
    assert not (tmp_path / "canary").exists()
    assert dict(os.environ) == before
