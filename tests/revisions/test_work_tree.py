"""The state of a work tree: what is clean, what is dirty, and that nothing of the repository is run to find out."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from gitrepo import GitRepo
from journal.errors import RevisionError
from journal.model.patch import files_of
from journal.revisions import command, work_tree
from journal.revisions.repository import Repository
from journal.revisions.work_tree import WorkTree

FILES = ("a.py", "conf/base.yaml", "run.sh")


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A repository with three files and nothing that is not committed."""
    repo = GitRepo(tmp_path / "repo").init()
    for name in FILES:
        repo.write(name, f"{name}\n")
    repo.commit("root")
    return repo


def state(repo: GitRepo) -> WorkTree:
    return Repository.find(repo.root).state()


def stale(repo: GitRepo, *names: str) -> None:
    """Let git not know any more that files are as they were."""
    for name in names or FILES:
        os.utime(repo.root / name, (1, 1))


def tree_sum(root: Path) -> str:
    """A sum over every file of a repository, git's own included."""
    total = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            total.update(f"{path}\0{path.stat().st_mtime_ns}\0".encode() + path.read_bytes())
    return total.hexdigest()


def test_a_clean_tree_is_at_its_commit_with_nothing_changed(repo: GitRepo) -> None:
    repo.git("remote", "add", "origin", "https://ada:secret@example.org/lab/sigma.git")
    assert state(repo) == WorkTree(
        repo.git("rev-parse", "HEAD"), "main", "https://example.org/lab/sigma.git", (), b"", ()
    )
    assert not state(repo).dirty


def test_a_tree_whose_files_were_touched_only_is_clean_and_its_index_is_left_alone(repo: GitRepo) -> None:
    stale(repo)
    before = tree_sum(repo.root)
    assert not state(repo).dirty
    assert tree_sum(repo.root) == before


def change(repo: GitRepo) -> None:
    repo.write("a.py", "other\n")


def stage(repo: GitRepo) -> None:
    change(repo)
    repo.git("add", "a.py")


def stage_and_take_back(repo: GitRepo) -> None:
    stage(repo)
    repo.write("a.py", "a.py\n")


def add_empty(repo: GitRepo) -> None:
    repo.write("new.py", "n\n")
    repo.git("add", "--intent-to-add", "new.py")


def conflict(repo: GitRepo) -> None:
    repo.git("switch", "--quiet", "--create", "side")
    repo.write("a.py", "side\n")
    repo.commit("side")
    repo.git("switch", "--quiet", "main")
    repo.write("a.py", "main\n")
    repo.commit("main")
    with pytest.raises(AssertionError, match="merge"):
        repo.git("merge", "--quiet", "side")


CHANGES = {
    "changed": (change, ("a.py",)),
    "staged": (stage, ("a.py",)),
    "added, as yet without contents": (add_empty, ("new.py",)),
    "removed": (lambda repo: (repo.root / "a.py").unlink(), ("a.py",)),
    "forgotten, but there": (lambda repo: repo.git("rm", "--quiet", "--cached", "a.py"), ("a.py",)),
    "renamed": (lambda repo: repo.git("mv", "a.py", "b.py"), ("a.py", "b.py")),
    "another mode": (lambda repo: (repo.root / "run.sh").chmod(0o755), ("run.sh",)),
    "in conflict": (conflict, ("a.py",)),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_of_any_kind_is_dirty_as_git_describe_says_and_named_by_the_patch(repo: GitRepo, kind: str) -> None:
    make, expected = CHANGES[kind]
    make(repo)
    found = state(repo)
    assert found.dirty
    assert found.changed == expected
    assert found.patch is not None
    assert set(files_of(found.patch)) == set(expected)
    assert repo.git("describe", "--always", "--dirty").endswith("-dirty")


def test_what_was_staged_and_taken_back_in_the_file_alone_is_dirty_without_a_patch(repo: GitRepo) -> None:
    stage_and_take_back(repo)
    assert state(repo).changed == ("a.py",)
    assert state(repo).patch == b""


def test_a_link_in_place_of_a_file_is_a_change(repo: GitRepo) -> None:
    (repo.root / "a.py").unlink()
    (repo.root / "a.py").symlink_to("run.sh")
    assert state(repo).changed == ("a.py",)


def test_a_patch_can_be_applied_again(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("bytes.bin", bytes(range(256)))
    repo.commit("bytes")
    repo.write("bytes.bin", bytes(range(255, -1, -1)))
    repo.write("a.py", "other\r\n")
    repo.git("mv", "run.sh", "caf\u00e9 run.sh")
    for setting in ("diff.noprefix", "diff.mnemonicPrefix", "diff.suppressBlankEmpty", "color.ui"):
        repo.git("config", setting, "always" if setting == "color.ui" else "true")
    repo.git("config", "diff.context", "0")
    patch = state(repo).patch
    assert patch is not None
    copy = GitRepo(tmp_path / "copy")
    repo.git("clone", "--quiet", "--no-hardlinks", str(repo.root), str(copy.root))
    copy.git("apply", "--index", "-", given=patch)
    assert copy.git("diff", "HEAD", "--binary", "--full-index", "-M", "-U3") == repo.git(
        *("-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false", "-c", "diff.suppressBlankEmpty=false"),
        *("diff", "HEAD", "--no-color", "--binary", "--full-index", "-M", "-U3"),
    )


def test_before_the_first_commit_everything_that_was_added_differs_from_nothing(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path).init()
    assert state(repo) == WorkTree(None, "main", None)
    repo.write("a.py", "a\n")
    repo.git("add", "a.py")
    found = state(repo)
    assert (found.commit, found.changed) == (None, ("a.py",))
    assert found.patch is not None
    assert b"+++ b/a.py" in found.patch


def test_a_detached_head_is_on_no_branch(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "--detach")
    assert (state(repo).branch, state(repo).dirty) == (None, False)


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_git_was_told_to_overlook_is_seen(repo: GitRepo, flag: str) -> None:
    repo.git("update-index", flag, "a.py", "run.sh")
    assert not state(repo).dirty
    change(repo)
    assert repo.git("status", "--porcelain") == ""
    assert state(repo).changed == ("a.py",)
    (repo.root / "a.py").unlink()
    assert state(repo).changed == ("a.py",)


def test_files_that_a_sparse_checkout_leaves_out_are_no_change(repo: GitRepo) -> None:
    repo.git("sparse-checkout", "set", "--no-cone", "/*", "!/conf/")
    assert not (repo.root / "conf").exists()
    assert not state(repo).dirty


@pytest.mark.parametrize(
    ("attributes", "setting"), [("*.py text eol=crlf\n", ""), ("", "core.autocrlf"), ("*.py ident\n", "")]
)
def test_a_tree_is_clean_whatever_git_does_to_the_ends_of_its_lines(
    repo: GitRepo, attributes: str, setting: str
) -> None:
    repo.write(".gitattributes", attributes)
    repo.write("a.py", "$Id$\none\ntwo\n")
    repo.commit("text")
    if setting:
        repo.git("config", setting, "true")
    (repo.root / "a.py").unlink()
    repo.git("checkout", "--", "a.py")
    assert (repo.root / "a.py").read_bytes() != b"$Id$\none\ntwo\n"
    stale(repo, "a.py")
    assert not state(repo).dirty


UNKNOWN = {
    "new.py": True,
    "conf/new.YAML": True,
    "notes.txt": False,
    "ignored/x.py": False,
    "wandb/run-20260221_190115-x/files/config.yaml": False,
    "sub/wandb/run-20260221_190115-x/files/config.yaml": False,
    "outputs/2026/.hydra/config.yaml": False,
    "outputs/made.py": True,
    "wandb/sweep-x/config-y.yaml": False,
    "wandb/local.py": True,
    "mlruns/0/meta.yaml": False,
    "mlruns/0/code.py": True,
    "runs/one/journal-capture.json": False,
}


def test_files_of_code_and_configuration_that_git_does_not_know_are_told_without_those_of_runs(repo: GitRepo) -> None:
    repo.write(".gitignore", "ignored/\n")
    repo.commit("ignore")
    for name in UNKNOWN:
        repo.write(name, "x\n")
    found = state(repo)
    assert found.untracked == tuple(sorted(name for name, told in UNKNOWN.items() if told))
    assert not found.dirty


def test_links_to_folders_and_repositories_that_git_does_not_know_may_hold_code(repo: GitRepo) -> None:
    (repo.root.parent / "lib").mkdir()
    (repo.root / "lib").symlink_to("../lib")
    (repo.root / "gone").symlink_to("nowhere")
    (repo.root / "wandb").mkdir()
    (repo.root / "wandb/run-20260221_190115-x").mkdir()
    (repo.root / "wandb/latest-run").symlink_to("run-20260221_190115-x")
    other = GitRepo(repo.root / "other").init()
    other.write("x.txt", "")
    other.commit("root")
    assert state(repo).untracked == ("lib", "other/")


def test_a_listing_that_stopped_says_that_nobody_knows(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("data.txt", "")
    clock = [0.0]
    monkeypatch.setattr(work_tree, "monotonic", lambda: clock[0])
    look = work_tree.Look(repo.root, 20)
    list_files = look._checked

    def slowly(*arguments: str) -> command.Answer:
        found = list_files(*arguments)
        clock[0] = 30.0
        return found

    monkeypatch.setattr(look, "_checked", slowly)
    assert look.untracked is None


def test_a_patch_beyond_the_bound_is_not_told(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_tree, "MAX_PATCH", 100)
    repo.write("a.py", "x\n" * 99)
    assert (state(repo).changed, state(repo).patch) == (("a.py",), None)


def test_a_patch_of_more_files_than_a_command_line_holds_is_made_in_parts(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_tree, "_LONGEST_LIST", 7)
    for name in FILES:
        repo.write(name, "other\n")
    found = state(repo)
    assert found.patch is not None
    assert files_of(found.patch) == FILES


def test_a_look_that_takes_too_long_is_given_up(repo: GitRepo) -> None:
    with pytest.raises(RevisionError, match="took too long"):
        Repository.find(repo.root).state(patience=0)


def test_a_command_that_never_ends_is_stopped(repo: GitRepo) -> None:
    reading, writing = os.pipe()
    with (
        os.fdopen(reading, "rb") as given,
        os.fdopen(writing, "wb"),
        pytest.raises(RevisionError, match=r"git took longer than 0\.2 s"),
    ):
        command.run(repo.root, "hash-object", "--stdin", given=given, patience=0.2)


# submodules


@pytest.fixture
def nested(repo: GitRepo, tmp_path: Path) -> tuple[GitRepo, GitRepo]:
    """A repository with a submodule, and the submodule."""
    module = GitRepo(tmp_path / "module").init()
    module.write("inner.py", "a\n")
    module.commit("inner")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(module.root), "libs/inner one")
    repo.commit("with a submodule")
    return repo, GitRepo(repo.root / "libs/inner one")


def test_a_clean_submodule_is_clean_and_one_that_is_not_checked_out_too(nested: tuple[GitRepo, GitRepo]) -> None:
    outer, _ = nested
    assert not state(outer).dirty
    outer.git("submodule", "--quiet", "deinit", "--all")
    assert not state(outer).dirty


def test_a_changed_file_of_a_submodule_is_named_with_its_patch(nested: tuple[GitRepo, GitRepo]) -> None:
    outer, inner = nested
    inner.write("inner.py", "b\n")
    inner.write("new.py", "n\n")
    found = state(outer)
    assert found.changed == ("libs/inner one/inner.py",)
    assert found.patch is not None
    assert files_of(found.patch) == found.changed
    assert found.untracked == ("libs/inner one/new.py",)


@pytest.mark.parametrize("ignore", ["none", "all"])
def test_a_submodule_at_another_commit_is_a_change_whatever_the_configuration_says(
    nested: tuple[GitRepo, GitRepo], ignore: str
) -> None:
    outer, inner = nested
    outer.git("config", "submodule.libs/inner one.ignore", ignore)
    outer.git("config", "diff.ignoreSubmodules", ignore)
    inner.write("inner.py", "b\n")
    inner.commit("on")
    found = state(outer)
    assert found.changed == ("libs/inner one",)
    assert found.patch is not None
    assert b"+Subproject commit " in found.patch


def test_a_submodule_that_git_was_told_to_overlook_is_looked_at(nested: tuple[GitRepo, GitRepo]) -> None:
    outer, inner = nested
    outer.git("update-index", "--assume-unchanged", "libs/inner one")
    assert not state(outer).dirty
    inner.write("inner.py", "b\n")
    inner.commit("on")
    assert outer.git("status", "--porcelain") == ""
    assert state(outer).changed == ("libs/inner one",)


def test_a_submodule_that_git_cannot_look_into_is_not_clean(nested: tuple[GitRepo, GitRepo], tmp_path: Path) -> None:
    outer, inner = nested
    (inner.root / ".git").write_text(f"gitdir: {tmp_path / 'nowhere'}\n")
    assert state(outer).changed == ("libs/inner one",)


# nothing is run, nothing is written


def program(folder: Path, canary: Path) -> str:
    """A program that leaves a trace."""
    script = folder / "program"
    script.write_text(f"#!/bin/sh\ntouch '{canary}'\ncat\n")
    script.chmod(0o755)
    return str(script)


@pytest.mark.parametrize("name", ["plain", "a=b", "a.b", 'q"t\\', "\u00e9"])
@pytest.mark.parametrize("kind", ["clean", "process"])
def test_no_filter_is_run_whatever_it_is_called(repo: GitRepo, tmp_path: Path, name: str, kind: str) -> None:
    canary = tmp_path / "canary"
    arm(repo, name, kind, program(tmp_path, canary))
    stale(repo, "a.py")
    before = tree_sum(repo.root)
    assert state(repo).changed == (".gitattributes",)
    assert tree_sum(repo.root) == before
    assert not canary.exists()
    with contextlib.suppress(AssertionError):  # the filter says nothing that git understands
        repo.git("status")
    assert canary.exists(), "plain git runs it, so this test can fail"


@pytest.mark.parametrize("kind", ["clean", "process"])
def test_no_filter_of_a_submodule_is_run(nested: tuple[GitRepo, GitRepo], tmp_path: Path, kind: str) -> None:
    outer, inner = nested
    canary = tmp_path / "canary"
    arm(inner, "plain", kind, program(tmp_path, canary))
    stale(inner, "inner.py")
    before = tree_sum(outer.root)
    assert state(outer).changed == ("libs/inner one/.gitattributes",)
    assert tree_sum(outer.root) == before
    assert not canary.exists()
    with contextlib.suppress(AssertionError):
        outer.git("status")
    assert canary.exists(), "plain git runs it, so this test can fail"


def arm(repo: GitRepo, name: str, kind: str, what: str) -> None:
    """Let a filter be about every file of Python."""
    config = Path(repo.git("rev-parse", "--absolute-git-dir")) / "config"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    with config.open("a") as stream:
        stream.write(f'[filter "{quoted}"]\n\t{kind} = {what}\n\trequired = true\n')
    repo.write(".gitattributes", "*.md text\n")
    repo.git("add", ".gitattributes")
    repo.write(".gitattributes", f"*.py filter={name}\n")


@pytest.mark.parametrize(
    ("setting", "attribute", "control"),
    [
        ("core.fsmonitor", "", ["status"]),
        ("diff.external", "", ["diff", "HEAD"]),
        ("diff.odd.textconv", "*.py diff=odd\n", ["diff", "HEAD"]),
        ("diff.odd.command", "*.py diff=odd\n", ["diff", "HEAD"]),
        ("core.hooksPath", "", ["status"]),
    ],
)
def test_no_other_program_of_the_configuration_is_run(
    repo: GitRepo, tmp_path: Path, setting: str, attribute: str, control: list[str]
) -> None:
    canary, hooks = tmp_path / "canary", tmp_path / "hooks"
    hooks.mkdir()
    script = program(tmp_path, canary)
    shutil.copy(script, hooks / "post-index-change")
    repo.write(".gitattributes", attribute)
    repo.commit("attributes")
    repo.git("config", setting, str(hooks) if setting == "core.hooksPath" else script)
    stale(repo, "run.sh")
    change(repo)
    canary.unlink(missing_ok=True)
    before = tree_sum(repo.root)
    assert state(repo).changed == ("a.py",)
    assert not canary.exists()
    assert tree_sum(repo.root) == before
    with contextlib.suppress(AssertionError):
        repo.git(*control)
    assert canary.exists(), "plain git runs it, so this test can fail"


def test_a_submodule_whose_git_folder_is_somebody_elses_is_not_entered(
    nested: tuple[GitRepo, GitRepo], tmp_path: Path
) -> None:
    outer, inner = nested
    other = GitRepo(tmp_path / "other").init()
    other.write("inner.py", "of another\n")
    other.commit("other")
    shutil.rmtree(inner.root)
    inner.root.symlink_to(other.root)
    other.write("inner.py", "changed\n")
    assert state(outer).changed == ("libs/inner one",)


# git-lfs


def test_a_file_of_git_lfs_is_known_by_its_sum_without_its_filter(repo: GitRepo) -> None:
    content = b"weights" * 100
    pointer = (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(content).hexdigest()}\nsize 700\n"
    )
    repo.write("model.bin", pointer)
    repo.write("other.bin", pointer)
    repo.commit("weights")
    repo.write("model.bin", content)
    repo.write("other.bin", content[::-1])
    found = state(repo)
    assert found.changed == ("other.bin",)
    assert found.patch is not None
    assert files_of(found.patch) == ("other.bin",)


def test_what_is_found_is_true_of_a_repository_with_long_names_of_objects(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path).init("--object-format=sha256")
    repo.write("a.py", "a\n")
    repo.write("hidden.py", "h\n")
    repo.git("add", ".")
    assert state(repo).changed == ("a.py", "hidden.py")
    repo.commit("root")
    repo.git("update-index", "--assume-unchanged", "hidden.py")
    assert not state(repo).dirty
    repo.write("hidden.py", "x\n")
    assert state(repo).changed == ("hidden.py",)
