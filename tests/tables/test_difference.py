"""What two runs differ in besides numbers, and how that is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from held_runs import opened

from gitrepo import GitRepo
from journal.model.comparison import Between, CodeDifference, CodeOfRun
from journal.model.revision import Change, Code, CommitLine, FileChange
from journal.model.table import DiffSpec
from journal.revisions import Repository
from journal.tables.comparison import compare
from journal.tables.diff_rows import code_rows, config_rows, environment_rows, in_words
from journal.tables.difference import between, difference

if TYPE_CHECKING:
    from pathlib import Path

    from journal.sources.open_run import OpenRun

ONE, OTHER = "1" * 40, "2" * 40
MOST = 3


def differing(one: OpenRun, other: OpenRun, **asked: Any) -> Any:
    return difference(one, other, DiffSpec(**asked), lambda _one, _other: None)


def code_of(*parts: Code, **more: Any) -> CodeOfRun:
    found: CodeOfRun = differing(opened("a", code=parts), opened("b"), show=["code"], **more).code.one
    return found


def test_keys_of_nested_configs_are_compared_one_by_one() -> None:
    one = opened("a", config={"lr": 0.001, "net": {"width": 64, "depths": [1, 2]}, "gone": None})
    other = opened("b", config={"lr": 0.0003, "net": {"width": 64, "depths": [1, 3]}, "came": ""})
    found = differing(one, other)
    assert [(row.what, row.one, row.other) for row in config_rows(found, MOST + 1)] == [
        ("lr", "0.001", "0.0003"),
        ("net.depths", "[1, 2]", "[1, 3]"),
        ("gone", "null", "—"),
        ("came", "—", '""'),
    ]
    assert [row.what for row in config_rows(found, 1)] == ["lr"]
    assert "1 of 4 keys of the config that differ" in in_words(found, DiffSpec(), ("a", "b"), 1)


def test_a_key_is_chosen_by_its_name_by_what_is_above_it_or_by_a_pattern() -> None:
    one, other = opened("a", config={"net": {"w": 1, "h": 1}, "network": 1}), opened("b")
    deep = opened("a", config={"layers": [{"w": 1}, {"w": 2}]})
    assert [each.key for each in differing(deep, other, keys=["layers[*].w"]).config] == ["layers[0].w", "layers[1].w"]
    assert [each.key for each in differing(deep, other, keys=["layers[1]"]).config] == ["layers[1].w"]
    assert in_words(differing(one, one, keys=["net"]), DiffSpec(keys=["net"]), ("a", "b"), 1)[0] == (
        "config: the keys asked for are the same"
    )
    for patterns, keys in ((["net"], ["net.w", "net.h"]), (["net.w"], ["net.w"]), (["*w*"], ["net.w", "network"])):
        assert [each.key for each in differing(one, other, keys=patterns).config] == keys
        others = {"net.w", "net.h", "network"} - set(keys)
        assert {each.key for each in differing(one, other, ignore=patterns).config} == others


def test_only_what_may_be_told_of_a_machine_is_compared() -> None:
    one = opened("a", environment={"gpu": "A100", "gpu_count": 8, "host": "lab"}, sdk="0.16.6")
    other = opened("b", environment={"gpu": "H100", "python": "3.12", "host": "home"}, sdk="0.16.6")
    found = differing(one, other)
    assert [(row.what, row.one, row.other) for row in environment_rows(found)] == [
        ("gpu", "A100", "H100"),
        ("gpu_count", "8", "not known"),
        ("python", "not known", "3.12"),
    ]
    assert found.facts == 2


def test_what_the_parts_of_a_run_ran_is_taken_together() -> None:
    first = Code(commit=ONE, dirty=False, untracked=("new.py",))
    second = Code(commit=OTHER, dirty=True, changed=("a.py",), patch_sum="captured:ab")
    found = code_of(first, second)
    assert (found.commit, found.earlier, found.dirty) == (OTHER, (ONE,), True)
    assert (found.changed, found.count_changed) == (("a.py",), 1)
    assert (found.untracked, found.count_untracked) == (("new.py",), 1)
    assert code_of(second).count_untracked is None
    assert (found.patch or "").startswith("captured:")
    assert code_of(first, Code(commit=ONE)).dirty is None
    assert code_of(second, Code(commit=OTHER, dirty=True)).patch is None


def test_parts_that_ran_the_same_patch_have_its_sum_and_others_one_of_all_where_they_are_of_one_kind() -> None:
    one, other, saved = (
        Code(commit=ONE, dirty=True, patch_sum=f"{each}") for each in ("captured:a", "captured:b", "diff.patch:a")
    )
    clean = Code(commit=ONE, dirty=False)
    assert code_of(one, one).patch == code_of(one).patch == "captured:a"
    sums = [code_of(*parts).patch for parts in ((one, other), (other, one), (clean, one), (one, clean))]
    assert len({*sums, "captured:a"}) == 5
    assert code_of(one, saved).patch is code_of(clean).patch is code_of(one, Code(commit=ONE)).patch is None


def test_sums_of_patches_that_two_programs_wrote_are_not_compared() -> None:
    one, other = (DIRTY.model_copy(update={"patch": f"{kind}:ab"}) for kind in ("captured", "diff.patch"))
    assert one.same_patch(one) is True
    assert one.same_patch(one.model_copy(update={"patch": "captured:cd"})) is False
    assert one.same_patch(other) is one.same_patch(DIRTY) is None
    assert CodeDifference(one=one, other=other).same is None


def test_the_same_patch_is_not_the_same_code_where_there_were_files_that_git_did_not_know() -> None:
    one = PATCHED.model_copy(update={"count_untracked": 1})
    assert CodeDifference(one=PATCHED, other=PATCHED).same is True
    assert CodeDifference(one=one, other=PATCHED).same is None


def captured(name: str, **known: Any) -> OpenRun:
    return opened(name, code=(Code(commit=ONE, dirty=False, captured=datetime(2026, 2, 21, tzinfo=UTC), **known),))


def test_files_of_one_name_with_other_contents_and_other_lock_files_are_a_difference() -> None:
    one = captured("a", untracked=("x.py",), untracked_sums=(("x.py", "1"),), lock_sums=(("uv.lock", "1"), ("b", "2")))
    other = captured(
        "b", untracked=("x.py",), untracked_sums=(("x.py", "2"),), lock_sums=(("uv.lock", "2"), ("b", "2"))
    )
    same = compare(one, one, DiffSpec())
    assert (same.differs, same.difference.code and same.difference.code.locks) == (False, ())
    found = compare(one, other, DiffSpec(), None)
    code = found.difference.code
    assert code is not None
    assert (found.differs, code.same, code.locks, code.unlike) == (True, False, ("uv.lock",), ("x.py",))
    said = in_words(found.difference, DiffSpec(), ("a", "b"), MOST)
    assert "lock files differ: uv.lock" in said
    assert "one file that git did not know differs in the two runs: x.py" in said
    published = difference(one, other, DiffSpec(), lambda _one, _other: None, published=True)
    assert "x.py" not in published.model_dump_json()
    assert differing(one, opened("c", commit=ONE)).code.locks == ()


def test_lock_files_alone_are_a_difference_of_runs_whose_code_is_the_same() -> None:
    one, other = captured("a", untracked=(), lock_sums=(("uv.lock", "1"),)), captured("b", untracked=())
    found = compare(one, other, DiffSpec())
    assert found.difference.code is not None
    assert (found.differs, found.difference.code.same) == (True, True)
    more = compare(captured("a", untracked=("x.py",)), captured("b", untracked=()), DiffSpec())
    assert more.difference.code is not None
    assert (more.differs, more.difference.code.same) == (True, None)


def test_python_is_told_as_it_was_captured_where_a_tracker_does_not_say_it() -> None:
    one, other = captured("a", python="3.11.1"), captured("b", python="3.12.1")
    assert [(row.what, row.one, row.other) for row in environment_rows(differing(one, other))] == [
        ("python", "3.11.1", "3.12.1")
    ]
    assert differing(one, one).facts == 1
    assert differing(one, opened("c")).facts == 0


def test_the_files_of_the_journal_itself_are_no_code_that_differs(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path).init()
    repo.write("journal.toml", "")
    one = repo.commit("A journal")
    for name in ("entries/one.md", "evidence/one.json", "entries/tool.py"):
        repo.write(name, "x\n")
    found = between(Repository.find(tmp_path), one, repo.commit("More"))
    assert found is not None
    assert ([file.path for file in found.files], found.files_changed, found.added) == (["entries/tool.py"], 1, 1)


def test_files_that_git_did_not_know_are_counted_and_not_named_where_others_read_it() -> None:
    run = opened("a", code=(Code(commit=ONE, dirty=False, untracked=("secret-client.py", "b.py")),))
    for published, told in ((False, "b.py, secret-client.py"), (True, "2 files")):
        found = difference(run, opened("b"), DiffSpec(), lambda _one, _other: None, published=published)
        assert found.code is not None
        (row,) = [row for row in code_rows(found.code, MOST) if row.what == "files that git did not know"]
        assert (row.one, "secret" in found.model_dump_json()) == (told, not published)


def test_a_run_of_which_only_the_tracker_knows_the_commit_has_a_tree_in_an_unknown_state() -> None:
    found = differing(opened("a", commit=ONE), opened("b", commit=ONE)).code
    assert (found.one.commit, found.one.dirty, found.same) == (ONE, None, None)


CLEAN, DIRTY, UNKNOWN = (CodeOfRun(commit=ONE, dirty=dirty) for dirty in (False, True, None))
ELSEWHERE = CodeOfRun(commit=OTHER, dirty=False)
PATCHED = DIRTY.model_copy(update={"patch": "captured:ab", "changed": ("a.py", "b.py", "c.py"), "count_changed": 4})
NOBODY = CodeOfRun()
BESIDE = CLEAN.model_copy(update={"untracked": ("x.py",), "count_untracked": 1})


@pytest.mark.parametrize(
    ("one", "other", "same", "rows", "said"),
    [
        (CLEAN, CLEAN, True, [], ["code: the same commit 1111111, nothing uncommitted"]),
        (
            CLEAN,
            UNKNOWN,
            None,
            [("uncommitted changes", "none", "not known")],
            ["code: the same commit 1111111", "whether the tree of b was clean is not known"],
        ),
        (CLEAN, DIRTY, False, [("uncommitted changes", "none", "yes")], ["code: the same commit 1111111"]),
        (
            PATCHED,
            PATCHED,
            True,
            [("uncommitted changes", "a.py, b.py, c.py and 1 more", "a.py, b.py, c.py and 1 more")],
            ["code: the same commit 1111111", "the uncommitted changes are the same"],
        ),
        (
            PATCHED,
            PATCHED.model_copy(update={"patch": "captured:cd"}),
            False,
            [("uncommitted changes", "a.py, b.py, c.py and 1 more", "a.py, b.py, c.py and 1 more")],
            ["code: the same commit 1111111", "the uncommitted changes are not the same"],
        ),
        (
            DIRTY,
            PATCHED,
            None,
            [("uncommitted changes", "yes", "a.py, b.py, c.py and 1 more")],
            ["code: the same commit 1111111", "whether the uncommitted changes are the same is not known"],
        ),
        (
            CLEAN,
            ELSEWHERE,
            False,
            [("commit", "1111111", "2222222")],
            ["what lies between the commits is not known here"],
        ),
        (CLEAN, NOBODY, None, [("commit", "1111111", "not known"), ("uncommitted changes", "none", "not known")], []),
        (NOBODY, NOBODY, None, [], ["code: the commits are not known"]),
        (
            BESIDE,
            CLEAN,
            None,
            [("files that git did not know", "x.py", "not known")],
            ["code: the same commit 1111111"],
        ),
    ],
)
def test_what_is_known_of_the_code_is_told_and_what_is_not_known_too(
    one: CodeOfRun, other: CodeOfRun, same: bool | None, rows: list[tuple[str, str, str]], said: list[str]
) -> None:
    code = CodeDifference(one=one, other=other)
    found = differing(opened("a"), opened("b"), show=["code"]).model_copy(update={"code": code})
    assert code.same is same
    assert [(row.what, row.one, row.other) for row in code_rows(code, MOST)] == rows
    assert in_words(found, DiffSpec(), ("a", "b"), MOST) == said


def test_of_very_many_commits_and_files_some_are_shown_and_all_counted() -> None:
    lines = tuple(CommitLine(sha=f"{number:040}", subject=f"No. {number}") for number in range(5))
    files = tuple(FileChange(path=f"f{number}.py", added=2, removed=1, blob="ab") for number in range(5))
    apart = Between(commits_one=0, commits_other=9, other=lines, files_changed=8, added=16, removed=8, files=files)
    code = CodeDifference(one=CLEAN, other=ELSEWHERE, between=apart.shortened(4))
    assert [(row.what, row.other or row.change) for row in code_rows(code, MOST)[1:]] == [
        ("commit of this run only", "0000000 No. 0"),
        ("commit of this run only", "0000000 No. 1"),
        ("commit of this run only", "0000000 No. 2"),
        ("commit of this run only", "and 6 more"),
        ("f0.py", "modified"),
        ("f1.py", "modified"),
        ("f2.py", "modified"),
        ("and 5 more files", ""),
        ("8 files", "+16 −8"),
    ]
    assert code.between is not None
    assert {file.blob for file in code.between.files} == {None}


def test_files_are_told_by_what_was_done_to_them() -> None:
    files = (
        FileChange(path="new.py", old_path="old.py", added=1, removed=0, change=Change.RENAMED),
        FileChange(path="w.bin", change=Change.ADDED),
        FileChange(path="lib", submodule=True, added=1, removed=1),
    )
    apart = Between(commits_one=1, commits_other=1, files_changed=3, added=2, removed=1, files=files, cut=True)
    code = CodeDifference(one=CLEAN, other=ELSEWHERE, between=apart)
    rows = [(row.what, row.other, row.change) for row in code_rows(code, MOST) if row.change]
    assert rows == [
        ("new.py", "renamed from old.py", "+1 −0"),
        ("w.bin", "added", "binary"),
        ("lib", "submodule, modified", "+1 −1"),
        ("3 files", "", "+2 −1"),
    ]
    found = differing(opened("a"), opened("b"), show=["code"]).model_copy(update={"code": code})
    assert "this clone is shallow, so there may be other commits between" in in_words(
        found, DiffSpec(), ("a", "b"), MOST
    )


def test_git_tells_what_lies_between_two_commits(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path).init()
    repo.write("a.py", "1\n")
    base = repo.commit("Base")
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("b.py", "1\n2\n")
    side = repo.commit("Side")
    repo.git("checkout", "--quiet", "main")
    repo.write("a.py", "2\n")
    main = repo.commit("Main")
    found = between(Repository.find(tmp_path), side, main)
    assert found is not None
    assert ([line.subject for line in found.one], [line.subject for line in found.other]) == (["Side"], ["Main"])
    assert [(file.path, file.change) for file in found.files] == [("a.py", Change.MODIFIED), ("b.py", Change.DELETED)]
    assert (found.files_changed, found.added, found.removed) == (2, 1, 3)
    assert between(Repository.find(tmp_path), base, "f" * 40) is None
    assert between(None, base, main) is None
    assert between(Repository.find(tmp_path), "main", "side") is None
