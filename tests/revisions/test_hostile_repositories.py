"""Reading a repository runs nothing that it names and writes nothing, whatever it holds and whatever is asked."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asked import ASKED, answers, public_names, takes_text, traces
from gitrepo import GitRepo
from journal.errors import JournalError, RevisionError
from journal.revisions import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = "".join(f"line {number}\n" for number in range(20))
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----"


@pytest.fixture(scope="module", autouse=True)
def no_settings_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep them away from the fixtures of this module, too."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        yield


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    """A repository with something of every kind: the others are copies of it."""
    inner = GitRepo(tmp_path_factory.mktemp("hostile") / "model" / "sub").init()
    inner.write("x", "x\n")
    inner.commit("inner")
    repo = GitRepo(inner.root.parent).init()
    repo.write(".gitattributes", "* diff=evil filter=evil\nlab/kept.txt filter=e=vil\n")
    repo.write(".gitignore", "wandb/\n")
    repo.write(".gitmodules", '[submodule "sub"]\n\tpath = sub\n\turl = ../sub\n')
    for name in ("lab/kept.txt", "lab/old.txt", "café"):
        repo.write(name, f"{name}\n{LINES}")
    repo.git("config", "user.name", "Ada")
    repo.git("config", "remote.origin.url", "ssh://git@example.org/lab/repo.git")
    repo.git("tag", "v1", repo.commit("root\n\nbody"))
    repo.git("mv", "lab/old.txt", "lab/moved.txt")
    repo.write("lab/moved.txt", f"lab/old.txt\n{LINES}more\n")
    repo.write("lab/kept.txt", f"lab/kept.txt\n{LINES}\nmore\n\n")
    repo.write("data.txt", "a\nb\n")
    inner.write("x", "y\n")
    inner.commit("inner again")
    repo.commit("change")
    repo.git("revert", "--no-edit", "HEAD")
    repo.git("revert", "--no-edit", "HEAD")
    stored = repo.git("cat-file", "commit", "HEAD").replace("\n\n", f"\ngpgsig {_SIGNATURE}\n\n", 1)
    repo.git(
        "reset", "--quiet", "--hard", repo.git("hash-object", "-t", "commit", "-w", "--stdin", given=stored + "\n")
    )
    repo.git("notes", "add", "-m", "a note")
    repo.write("lab/kept.txt", "changed, as long as nobody looks\n")
    return repo


@pytest.fixture
def repo(model: GitRepo, tmp_path: Path) -> GitRepo:
    """A copy of the model; its index was not refreshed since."""
    shutil.copytree(model.root, tmp_path / "repo", symlinks=True)
    return GitRepo(tmp_path / "repo")


@pytest.fixture(scope="module")
def shared(model: GitRepo, tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, Path]:
    """One copy of the model for tests that leave it as it is, and a place for canaries."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(model.root, folder / "repo", symlinks=True)
    (folder / "canaries").mkdir()
    (folder / "place").mkdir()
    return Repository.find(folder / "repo"), folder / "canaries"


@pytest.fixture(scope="module")
def expected(shared: tuple[Repository, Path]) -> dict[str, object]:
    """What each method answers in the model."""
    return answers(shared[0].root)


@pytest.fixture
def canaries(tmp_path: Path) -> Path:
    """Where each program that runs, though it should not, leaves a file of its name."""
    (tmp_path / "canaries").mkdir()
    return tmp_path / "canaries"


def seen(canaries: Path) -> set[str]:
    """The programs that ran since the last look."""
    found = {path.name for path in canaries.iterdir()}
    for name in found:
        (canaries / name).unlink()
    return found


def program(canaries: Path, name: str) -> str:
    """A program that leaves a file; as git takes it in most settings: a line for the shell."""
    folder = canaries.parent / "programs"
    folder.mkdir(exist_ok=True)
    script = folder / name
    script.write_text(f"#!/bin/sh\n: > '{canaries}/{name}'\nexit 1\n")
    script.chmod(0o755)
    return str(script)


def set_all(repo: GitRepo, settings: dict[str, str]) -> None:
    """Write settings, quicker than one `git config` each."""
    with (repo.root / ".git" / "config").open("a") as config:
        for name, value in settings.items():
            section, _, key = name.rpartition(".")
            first, dot, rest = section.partition(".")
            told = value.replace("\\", "\\\\").replace('"', '\\"')
            config.write(f'[{first} "{rest}"]\n\t{key} = "{told}"\n' if dot else f'[{first}]\n\t{key} = "{told}"\n')


def test_every_public_method_is_tried() -> None:
    assert set(ASKED) == public_names(), "give each new method of Repository a case in tests/asked.py"


def test_every_method_answers_in_the_model(repo: GitRepo) -> None:
    before = traces(repo.root)

    told = answers(repo.root)

    assert [name for name, answer in told.items() if isinstance(answer, type)] == []
    assert traces(repo.root) == before
    repo.git("status")
    assert traces(repo.root) != before, "plain git refreshes its index, so this test can fail"


# what is asked


TEXTS = {
    "output": "--output={place}/canary",
    "program": "-O{program}",
    "upload-pack": "--upload-pack={program}",
    "option with a commit": "HEAD --output={place}/canary",
    "end of options": "--",
    "stdin": "--stdin",
    "reflog": "@{-1}",
    "date": "HEAD@{yesterday}",
    "pattern": "HEAD^{/(a+)+$}",
    "index": ":0:lab/kept.txt",
    "parents": "HEAD^@",
    "magic": ":(top,glob)**",
    "magic attribute": ":(attr:filter=evil)lab",
    "above": "../../..",
    "line feed": "HEAD\n--output={place}/canary",
    "carriage return": "HEAD\r",
    "NUL": "HEAD\0--all",
    "half a character": "\ud800",
    "byte that is no text": "caf\udce9",
    "shell": "$(touch {place}/canary)`touch {place}/canary`;touch {place}/canary",
    "address": "ext::sh -c 'touch {place}/canary'",
    "empty": "",
    "long": "x" * 5000,
    "very long": "a" * 300_000,
    "long path": "x/" * 5000,
    "hex": "dead" * 10,
    "escape": "\x1b[2J",
}


@pytest.mark.untraced
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_no_text_makes_a_method_run_or_write_anything_or_fail_in_a_way_of_its_own(
    shared: tuple[Repository, Path], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository, canaries = shared
    place = repository.root.parent / "place"
    monkeypatch.chdir(place)
    given = text.replace("{place}", str(place)).replace("{program}", program(canaries, "asked"))
    before = traces(repository.root), traces(place)

    for asked in ASKED.values():
        for ask in asked.with_text:
            with contextlib.suppress(JournalError):
                ask(repository, given)

    assert (traces(repository.root), traces(place)) == before
    assert seen(canaries) == set()


def test_a_method_that_takes_text_is_tried_with_it() -> None:
    taking = {name for name in ASKED if takes_text(name)}

    assert taking >= {"find", "commit", "commits", "blobs", "ignored"}
    assert [name for name in taking if not ASKED[name].with_text] == []


# what the configuration names


PROGRAMS = (
    *("core.fsmonitor", "core.sshCommand", "core.askPass", "core.editor", "core.pager", "core.gitProxy"),
    *("core.alternateRefsCommand", "sequence.editor", "credential.helper", "diff.external", "interactive.diffFilter"),
    *("diff.evil.command", "diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process"),
    *("filter.e=vil.clean", "merge.evil.driver", "gpg.program", "gpg.x509.program", "gpg.ssh.program"),
    *("gpg.ssh.defaultKeyCommand", "uploadpack.packObjectsHook", "remote.origin.uploadpack", "remote.origin.proxy"),
    *("trailer.see.command", "trailer.see.cmd", "tar.zip.command", "browser.evil.cmd", "difftool.evil.cmd"),
    *("pager.log", "pager.rev-list", "pager.diff-tree", "pager.config", "pager.status", "pager.cat-file"),
    *("alias.log", "alias.rev-list", "alias.diff-tree", "alias.rev-parse", "alias.status", "alias.ls-tree"),
    *("submodule.sub.update", "notes.evil.command", "sendemail.tocmd", "man.evil.cmd", "instaweb.httpd"),
)
OFF = ("-c", "core.fsmonitor=false", "-c", "filter.evil.process=", "-c", "filter.evil.clean=")
ALIVE = {
    "core.fsmonitor": ("status",),
    "core.sshCommand": ("ls-remote", "origin"),
    "diff.evil.command": (*OFF, "diff", "v1", "HEAD"),
    "diff.evil.textconv": (*OFF, "show", "HEAD"),
    "filter.evil.process": ("-c", "core.fsmonitor=false", "add", "data.txt"),
    "filter.e=vil.clean": (*OFF, "add", "lab/kept.txt"),
    "gpg.program": ("log", "-1"),
    "post-index-change": (*OFF, "update-index", "--refresh"),
}
"""What plain git runs when it reads what we read."""


def fill_with_programs(repo: GitRepo, canaries: Path) -> None:
    """Name a program in every setting that takes one, and in every hook."""
    plain = {name: program(canaries, name) for name in PROGRAMS}
    aliases = {name: f"!{path}" for name, path in plain.items() if name.startswith(("alias.", "submodule."))}
    protocols = {"protocol.allow": "always", "protocol.ext.allow": "always"}
    set_all(repo, plain | aliases | protocols | {"log.showSignature": "true", "diff.evil.cachetextconv": "true"})
    hooks = repo.root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "post-checkout", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy2(program(canaries, name), hooks / name)


@pytest.mark.untraced
def test_no_program_that_the_configuration_names_is_run(
    repo: GitRepo, expected: dict[str, object], canaries: Path
) -> None:
    fill_with_programs(repo, canaries)
    before = traces(repo.root)

    told = answers(repo.root)

    assert seen(canaries) == set()
    assert told == expected
    assert traces(repo.root) == before
    for name, plain in ALIVE.items():
        repo.write("data.txt", f"{name}\n")
        with contextlib.suppress(AssertionError):  # the programs answer nothing, so many commands end badly
            repo.git(*plain)
        assert name in seen(canaries), f"plain git runs {name}, so this test can fail"


OTHER_OUTPUT = {
    **dict.fromkeys(("diff.noprefix", "diff.mnemonicPrefix", "diff.relative", "diff.suppressBlankEmpty"), "true"),
    **dict.fromkeys(("log.showRoot", "diff.indentHeuristic", "core.quotePath"), "false"),
    **dict.fromkeys(("log.mailmap", "log.follow", "log.abbrevCommit", "log.showSignature"), "true"),
    **dict.fromkeys(("status.short", "status.branch", "status.showStash", "status.relativePaths"), "true"),
    **dict.fromkeys(("color.ui", "color.diff", "color.status", "color.branch"), "always"),
    "color.diff.meta": "blue black bold",
    "diff.renames": "false",
    "diff.renameLimit": "1",
    "diff.orderFile": "nowhere",
    "diff.submodule": "log",
    "diff.ignoreSubmodules": "all",
    "diff.algorithm": "patience",
    "diff.context": "0",
    "diff.interHunkContext": "9",
    "diff.colorMoved": "zebra",
    "diff.wsErrorHighlight": "all",
    "diff.wordRegex": ".",
    "diff.dirstat": "lines",
    "diff.srcPrefix": "x/",
    "diff.dstPrefix": "y/",
    "diff.statGraphWidth": "1",
    "submodule.sub.ignore": "all",
    "submodule.recurse": "true",
    "status.submoduleSummary": "true",
    "status.renames": "copies",
    "status.showUntrackedFiles": "all",
    "log.date": "relative",
    "log.decorate": "full",
    "log.diffMerges": "separate",
    "format.pretty": "oneline",
    "notes.displayRef": "*",
    "i18n.logOutputEncoding": "UTF-16",
    "i18n.commitEncoding": "ISO-8859-1",
    "core.abbrev": "40",
    "core.disambiguate": "blob",
    "core.bigFileThreshold": "1",
    "core.commentChar": "l",
    "core.warnAmbiguousRefs": "false",
    "core.useReplaceRefs": "true",
    "core.logAllRefUpdates": "always",
    "core.untrackedCache": "true",
    "core.splitIndex": "true",
    "core.multiPackIndex": "true",
    "core.precomposeUnicode": "true",
    "core.whitespace": "tab-in-indent",
    "index.recordEndOfIndexEntries": "true",
    "gc.auto": "1",
    "maintenance.auto": "true",
    "fetch.prune": "true",
    "patchid.verbatim": "true",
    "patchid.stable": "false",
}


@pytest.mark.untraced
def test_no_setting_changes_what_is_read(repo: GitRepo, expected: dict[str, object]) -> None:
    repo.write("wandb/attributes", "* -diff\n")
    repo.write("wandb/more", "[diff]\n\tnoprefix = true\n[core]\n\tabbrev = 4\n")
    inside = {"core.attributesFile": "attributes", "include.path": "more"}
    set_all(repo, OTHER_OUTPUT | {name: str(repo.root / "wandb" / file) for name, file in inside.items()})
    before = traces(repo.root)

    told = answers(repo.root)

    assert told == expected
    assert traces(repo.root) == before


# what else may lie there


def test_a_submodule_with_programs_of_its_own_is_read_without_them(
    repo: GitRepo, expected: dict[str, object], canaries: Path
) -> None:
    inner = GitRepo(repo.root / "sub")
    inner.write(".git/info/attributes", "* diff=evil filter=evil\nx filter=e=vil\n")
    fill_with_programs(inner, canaries)
    inner.write("x", "z\n")
    before = traces(repo.root)

    told = answers(repo.root)

    assert seen(canaries) == set()
    assert {name for name in told if told[name] != expected[name]} == {"state"}, "the file of the submodule was changed"
    assert traces(repo.root) == before
    repo.git("status")
    assert "core.fsmonitor" in seen(canaries), "plain git runs it, so this test can fail"


@pytest.mark.untraced
def test_repositories_planted_below_are_not_entered(
    repo: GitRepo, expected: dict[str, object], model: GitRepo, canaries: Path
) -> None:
    for folder in ("wandb/run", "lab/planted"):
        shutil.copytree(model.root / "sub", repo.root / folder, symlinks=True)
        fill_with_programs(GitRepo(repo.root / folder), canaries)
    shutil.copytree(model.root / ".git", repo.root / "lab" / "bare.git", symlinks=True)
    (repo.root / "lab" / "bare.git" / "config").write_text((repo.root / "wandb/run/.git/config").read_text())
    before = traces(repo.root)

    told = answers(repo.root)

    assert seen(canaries) == set()
    assert {name for name in told if told[name] != expected[name]} == {"state"}, "one is told, since it may hold code"
    assert traces(repo.root) == before


def test_a_folder_that_looks_like_a_repository_is_not_taken_for_one(repo: GitRepo, canaries: Path) -> None:
    bare = repo.root / "lab" / "bare"
    shutil.copytree(repo.root / ".git", bare)
    fill_with_programs(repo, canaries)
    (bare / "config").write_text((repo.root / ".git/config").read_text() + "[core]\n\tworktree = ..\n")
    before = traces(repo.root)

    with pytest.raises(RevisionError):
        Repository.find(bare)

    assert seen(canaries) == set()
    assert traces(repo.root) == before


def test_a_git_file_that_leads_to_a_repository_of_programs_runs_none_of_them(
    repo: GitRepo, canaries: Path, tmp_path: Path
) -> None:
    planted = tmp_path / "planted"
    planted.mkdir()
    (planted / ".git").write_text(f"gitdir: {repo.root}/.git\n")
    fill_with_programs(repo, canaries)
    before = traces(repo.root), traces(planted)

    told = answers(planted)

    assert seen(canaries) == set()
    assert told["head"] == repo.git("rev-parse", "HEAD")
    assert (traces(repo.root), traces(planted)) == before


@pytest.mark.parametrize("place", ["{outside}", "..", "/", "sub"])
def test_a_work_tree_elsewhere_is_refused_or_holds_the_folder(
    repo: GitRepo, canaries: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "outside").mkdir()
    fill_with_programs(repo, canaries)
    set_all(repo, {"core.worktree": place.replace("{outside}", str(tmp_path / "outside"))})
    before = traces(repo.root)

    with contextlib.suppress(RevisionError):
        assert repo.root.resolve().is_relative_to(Repository.find(repo.root).root)

    assert seen(canaries) == set()
    assert traces(repo.root) == before


def test_what_a_partial_clone_lacks_is_not_fetched(repo: GitRepo, canaries: Path) -> None:
    lost = repo.git("rev-parse", "HEAD:data.txt")
    fetch = program(canaries, "fetch")
    set_all(
        repo,
        {
            "core.repositoryFormatVersion": "1",
            "extensions.partialClone": "origin",
            "remote.origin.promisor": "true",
            "remote.origin.partialCloneFilter": "blob:none",
            "remote.origin.url": f"ext::{fetch}",
            "protocol.ext.allow": "always",
        },
    )
    config = (repo.root / ".git/config").read_text()
    (repo.root / ".git/config").write_text(config.replace("ssh://git@example.org/lab/repo.git", f"ext::{fetch}"))
    (repo.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    before = traces(repo.root)

    told = answers(repo.root)

    assert seen(canaries) == set()
    assert told["commits"] is RevisionError
    assert isinstance(told["blobs"], dict)
    assert told["blobs"][lost] is None
    assert traces(repo.root) == before
    with contextlib.suppress(AssertionError):
        repo.git("cat-file", "-p", lost)
    assert seen(canaries) == {"fetch"}, "plain git runs it, so this test can fail"


def test_a_lock_that_somebody_holds_is_neither_waited_for_nor_taken(repo: GitRepo, expected: dict[str, object]) -> None:
    for name in ("index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "shallow.lock"):
        repo.write(f".git/{name}", "")
    before = traces(repo.root)

    assert answers(repo.root) == expected
    assert traces(repo.root) == before


def test_a_repository_that_cannot_be_written_is_read_all_the_same(repo: GitRepo, expected: dict[str, object]) -> None:
    folders = [path for path in [repo.root, *repo.root.rglob("*")] if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        told = answers(repo.root)
    finally:
        for folder in folders:
            folder.chmod(0o755)

    assert told == expected


# what surrounds it


@pytest.mark.untraced
def test_variables_meant_for_git_change_nothing(
    repo: GitRepo, expected: dict[str, object], model: GitRepo, canaries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, inner = f"{model.root}/.git", f"{model.root}/sub/.git"
    run, place = program(canaries, "variable"), str(canaries / "written")
    for names, value in {
        ("GIT_DIR", "GIT_COMMON_DIR"): inner,
        ("GIT_WORK_TREE", "GIT_CEILING_DIRECTORIES"): f"{model.root}/sub",
        ("GIT_INDEX_FILE",): f"{inner}/index",
        ("GIT_OBJECT_DIRECTORY",): f"{inner}/objects",
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES",): f"{other}/objects",
        ("GIT_GRAFT_FILE", "GIT_SHALLOW_FILE"): f"{other}/HEAD",
        ("GIT_NAMESPACE", "GIT_REPLACE_REF_BASE", "GIT_PREFIX"): "elsewhere",
        ("GIT_EXTERNAL_DIFF", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_PROXY_COMMAND", "GIT_ASKPASS"): run,
        ("GIT_PAGER", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "PAGER", "SSH_ASKPASS", "LESSOPEN"): run,
        ("GIT_TRACE", "GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE2_PERF", "GIT_TRACE_SETUP"): place,
        ("GIT_TRACE_PACKET", "GIT_TRACE_PERFORMANCE", "GIT_TRACE_PACK_ACCESS", "GIT_TRACE_SHALLOW"): place,
        ("GIT_CONFIG_PARAMETERS",): f"'diff.external={run}' 'user.name=Mallory' 'core.fsmonitor={run}'",
        ("GIT_CONFIG_KEY_0",): "core.fsmonitor",
        ("GIT_CONFIG_VALUE_0",): run,
        ("GIT_CONFIG_COUNT", "GIT_PAGER_IN_USE", "GIT_OPTIONAL_LOCKS", "GIT_GLOB_PATHSPECS"): "1",
        ("GIT_ICASE_PATHSPECS", "GIT_LITERAL_PATHSPECS", "GIT_DIFF_PATH_TOTAL", "GIT_FLUSH"): "1",
        ("GIT_CONFIG", "GIT_ATTR_SOURCE", "GIT_DIFF_OPTS"): "-u0",
        ("GIT_ALLOW_PROTOCOL",): "ext:file",
        ("GIT_DEFAULT_HASH",): "sha256",
        ("GIT_EXEC_PATH", "GIT_TEMPLATE_DIR"): str(canaries),
        ("LC_ALL", "LANG", "LANGUAGE"): "de_DE.UTF-8",
        ("TZ",): "Asia/Tokyo",
        ("COLUMNS",): "1",
    }.items():
        for name in names:
            monkeypatch.setenv(name, value)
    before = traces(repo.root), traces(model.root)

    told = answers(repo.root)

    assert told == expected
    assert seen(canaries) == set()
    assert (traces(repo.root), traces(model.root)) == before


def test_what_the_user_has_git_trace_is_not_written_by_us(repo: GitRepo, tmp_path: Path) -> None:
    settings = Path(os.environ["HOME"]) / ".gitconfig"
    kinds = ("normalTarget", "perfTarget", "eventTarget")
    settings.write_text("[trace2]\n" + "".join(f"\t{kind} = {tmp_path / kind}\n" for kind in kinds))
    try:
        answers(repo.root)
        assert [path.name for path in tmp_path.iterdir()] == ["repo"]
        subprocess.run(["git", "version"], check=True, capture_output=True)
        assert {path.name for path in tmp_path.iterdir()} == {"repo", *kinds}, "plain git does write them"
    finally:
        settings.unlink()


# repositories of other forms


def test_a_linked_work_tree_answers_for_itself(repo: GitRepo, expected: dict[str, object], tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"), "v1")
    before = traces(repo.root), traces(tmp_path / "tree")

    told = answers(tmp_path / "tree")

    assert (told["head"], told["branch"]) == (repo.git("rev-parse", "v1"), None)
    assert told["state"] != expected["state"], "nothing is changed there"
    for name in ("user_name", "is_shallow", "origin"):
        assert told[name] == expected[name], name
    assert (traces(repo.root), traces(tmp_path / "tree")) == before


def test_a_detached_head_has_no_branch_and_answers_all_else(repo: GitRepo, expected: dict[str, object]) -> None:
    repo.git("checkout", "--quiet", "--detach")

    told = answers(repo.root)

    assert told["branch"] is None
    assert {name for name in told if told[name] != expected[name]} <= {"branch", "commits_known", "state"}


def test_objects_of_another_repository_are_found_through_alternates(
    repo: GitRepo, expected: dict[str, object], tmp_path: Path
) -> None:
    repo.git("clone", "--quiet", "--shared", "--no-checkout", str(repo.root), str(tmp_path / "shared"))
    borrowed = GitRepo(tmp_path / "shared")
    borrowed.git("fetch", "--quiet", "--tags", "origin")

    told = answers(borrowed.root)

    same = ("resolve", "commit", "commits", "blobs", "files_at", "compare", "messages", "patches", "versions")
    assert {name: told[name] for name in same} == {name: expected[name] for name in same}


def test_a_repository_with_long_names_answers_like_any_other(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "long").init("--object-format=sha256")
    repo.write("lab/moved.txt", "a\n")
    repo.git("config", "user.name", "Ada")
    repo.git("tag", "v1", repo.commit("first"))
    repo.write("lab/moved.txt", "a\nb\n")
    repo.commit("second")
    before = traces(repo.root)

    told = answers(repo.root)

    assert [name for name, answer in told.items() if isinstance(answer, type)] == []
    (file,) = Repository.find(repo.root).commit("HEAD").files
    assert (len(str(file.blob)), file.added) == (64, 1)
    assert Repository.find(repo.root).blobs([str(file.blob)]) == {file.blob: b"a\nb\n"}
    assert traces(repo.root) == before


def test_replaced_and_grafted_commits_are_read_as_they_were_made(repo: GitRepo, expected: dict[str, object]) -> None:
    sha, parent, first = (repo.git("rev-parse", name) for name in ("HEAD", "HEAD~1", "v1"))
    repo.git("replace", repo.git("rev-parse", "HEAD:data.txt"), repo.git("rev-parse", "HEAD:.gitignore"))
    repo.git("replace", sha, first)
    repo.write(".git/info/grafts", f"{sha} {first}\n{parent}\n")
    assert repo.git("log", "-1", "--format=%s", "HEAD") == "root", "plain git believes it, so this test can fail"

    assert answers(repo.root) == expected
