"""Which files a patch touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitrepo import GitRepo
from journal.model.patch import files_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    """A repository with a change of every kind that is not committed."""
    repo = GitRepo(tmp_path_factory.mktemp("patched") / "repo").init()
    for name in ("plain.py", "with blank.py", 'quo"te.py', "f\u00e9.py", "old name.py", "gone.py", "a/b.py"):
        repo.write(name, "".join(f"{name} {number}\n" for number in range(9)))
    repo.write("bytes.bin", bytes(range(256)))
    repo.write("run.sh", "true\n")
    repo.commit("root")
    for name in ("plain.py", "with blank.py", 'quo"te.py', "f\u00e9.py", "a/b.py"):
        repo.write(name, "--- a/nobody\n+++ b/nobody\ndiff --git a/no b/no\n")
    repo.write("bytes.bin", bytes(range(255, -1, -1)))
    (repo.root / "run.sh").chmod(0o755)
    (repo.root / "gone.py").unlink()
    repo.git("mv", "old name.py", "new\tname.py")
    repo.write("added.py", "")
    repo.git("add", "added.py")
    return repo


TOUCHED = (
    *("a/b.py", "added.py", "bytes.bin", "f\u00e9.py", "gone.py", "new\tname.py", "old name.py"),
    *("plain.py", 'quo"te.py', "run.sh", "with blank.py"),
)


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--binary",),
        ("-M",),
        ("--no-renames",),
        ("--no-prefix",),
        ("--src-prefix=one/", "--dst-prefix=two/"),
        ("--submodule=diff", "-U0"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("quoted", ["true", "false"])
def test_every_file_that_git_tells_of_is_named(repo: GitRepo, quoted: str, options: tuple[str, ...]) -> None:
    patch = repo.git("-c", f"core.quotePath={quoted}", "diff", *options, "HEAD").encode()
    assert files_of(patch) == TOUCHED


def test_a_patch_in_the_letters_of_what_is_compared_is_read_too(repo: GitRepo) -> None:
    patch = repo.git("-c", "diff.mnemonicPrefix=true", "diff", "HEAD").encode()
    assert b"diff --git c/a/b.py w/a/b.py" in patch
    assert files_of(patch) == TOUCHED


def test_a_submodule_stands_for_itself_and_its_files_are_named(tmp_path: Path) -> None:
    module, repo = GitRepo(tmp_path / "module").init(), GitRepo(tmp_path / "repo").init()
    module.write("inner.py", "a\n")
    module.commit("inner")
    for name in ("deep down", "still"):
        repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(module.root), name)
    repo.commit("outer")
    repo.write("deep down/inner.py", "b\n")
    repo.write("still/new.txt", "git does not know it\n")
    patch = repo.git("diff", "--submodule=diff", "HEAD").encode()
    assert b"Submodule deep down contains modified content" in patch
    untracked = b"Submodule still contains untracked content\n"  # as git before 2.34 says without being asked
    assert files_of(untracked + patch) == ("deep down", "deep down/inner.py")
    inner = GitRepo(repo.root / "deep down")
    inner.commit("on")
    assert files_of(repo.git("diff", "--submodule=log", "HEAD").encode()) == ("deep down",)
    assert files_of(repo.git("diff", "--submodule=short", "HEAD").encode()) == ("deep down",)


def test_a_file_of_a_merge_under_way_is_named(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path).init()
    repo.write("f.py", "a\n")
    repo.commit("root")
    repo.git("switch", "--quiet", "--create", "side")
    repo.write("f.py", "b\n")
    repo.commit("side")
    repo.git("switch", "--quiet", "main")
    repo.write("f.py", "c\n")
    repo.commit("main")
    with pytest.raises(AssertionError, match="merge"):
        repo.git("merge", "--quiet", "side")
    patch = repo.git("diff").encode()
    assert patch.startswith(b"diff --cc f.py")
    assert files_of(patch) == ("f.py",)


@pytest.mark.parametrize("text", [b"", b"\0\xff", b"diff --git ", b"diff --git x", b'diff --git "', b"Submodule x"])
def test_what_is_no_patch_touches_nothing(text: bytes) -> None:
    assert files_of(text) == ()


def test_a_name_that_is_no_text_is_shown_with_a_sign_for_it() -> None:
    assert files_of(b'diff --git "a/\\377.py" "b/\\377.py"\n') == ("\N{REPLACEMENT CHARACTER}.py",)


@pytest.mark.untraced
def test_a_patch_of_a_hundred_thousand_files_is_read_in_one_go() -> None:
    names = [f"folder/{number:06}.py" for number in range(100_000)]
    patch = "".join(f"diff --git a/{name} b/{name}\nold mode 100644\nnew mode 100755\n" for name in names)
    assert files_of(patch.encode()) == tuple(names)
