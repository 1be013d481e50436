from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from journal.authoring import net_changes as module
from journal.authoring.change_text import file_list
from journal.authoring.kinds_of_files import is_generated, is_script
from journal.authoring.net_changes import NetChanges, net_changes
from journal.model.revision import Change, Commit, FileChange

if TYPE_CHECKING:
    from collections.abc import Iterable

AT = datetime(2026, 2, 1, tzinfo=UTC)
Step = tuple[str, str | None, str | None]


def commit(number: int, *steps: Step, parents: tuple[str, ...] = (), was: str | None = None) -> Commit:
    """A commit of files, each with its contents before and after, which are their own object names."""
    files = tuple(
        FileChange(
            path=path,
            old_path=was,
            added=1,
            removed=1,
            change=Change.RENAMED if was else _change(before, after),
            old_blob=before,
            blob=after,
        )
        for path, before, after in steps
    )
    return Commit(sha=f"{number}" * 40, subject="", body="", author="", authored=AT, parents=parents, files=files)


def _change(before: str | None, after: str | None) -> Change:
    return Change.ADDED if before is None else Change.DELETED if after is None else Change.MODIFIED


def contents(names: Iterable[str], _: int) -> dict[str, bytes | None]:
    return {name: None if name == "too large" else name.encode() for name in names}


def net(*commits: Commit) -> NetChanges:
    return net_changes(commits, contents)


def told(found: NetChanges) -> dict[str, list[tuple[str, str | None, str | None]]]:
    return {each.file.path: [(one.key, one.before, one.after) for one in each.settings] for each in found.files}


def test_what_is_changed_twice_is_told_once_from_first_to_last() -> None:
    found = net(commit(1, ("a.yaml", "x: 1\ny: 1", "x: 2\ny: 1")), commit(2, ("a.yaml", "x: 2\ny: 1", "x: 3\ny: 1")))
    assert told(found) == {"a.yaml": [("x", "1", "3")]}
    assert (found.files[0].file.added, found.files[0].file.removed) == (2, 2)


def test_what_others_did_between_two_commits_is_not_theirs() -> None:
    found = net(commit(1, ("a.yaml", "x: 1\ny: 1", "x: 2\ny: 1")), commit(2, ("a.yaml", "x: 7\ny: 1", "x: 7\ny: 2")))
    assert told(found) == {"a.yaml": [("x", "1", "2"), ("y", "1", "2")]}
    again = net(commit(1, ("a.yaml", "x: 1\ny: 1", "x: 2\ny: 1")), commit(2, ("a.yaml", "x: 2\ny: 5", "x: 1\ny: 5")))
    assert told(again) == {"a.yaml": []}  # what one adds the other takes away


def test_what_was_put_back_and_what_came_and_went_is_nothing() -> None:
    assert net(commit(1, ("a.yaml", "x: 1", "x: 2")), commit(2, ("a.yaml", "x: 2", "x: 1"))).files == ()
    assert net(commit(1, ("a.yaml", None, "x: 1")), commit(2, ("a.yaml", "x: 1", None))).files == ()


def test_a_file_that_came_first_stays_new_and_one_that_came_back_is_modified() -> None:
    found = net(commit(1, ("a.yaml", None, "x: 1")), commit(2, ("b.yaml", "x: 1", "x: 2"), was="a.yaml"))
    ((path, change, old),) = [(each.file.path, each.file.change, each.file.old_path) for each in found.files]
    assert (path, change, old) == ("b.yaml", Change.ADDED, None)
    found = net(commit(1, ("a.yaml", "x: 1", None)), commit(2, ("a.yaml", None, "x: 2")))
    assert [each.file.change for each in found.files] == [Change.MODIFIED]
    assert told(found) == {"a.yaml": [("x", "1", "2")]}


def test_a_file_is_followed_through_its_names() -> None:
    found = net(commit(1, ("a.yaml", "x: 1", "x: 2")), commit(2, ("b.yaml", "x: 2", "x: 3"), was="a.yaml"))
    assert told(found) == {"b.yaml": [("x", "1", "3")]}
    assert found.files[0].file.old_path == "a.yaml"


def test_a_function_that_is_added_and_then_changed_is_new() -> None:
    one, two = "def old(): ...\n", "def old(): ...\ndef f():\n    return 1\n"
    three = "def old(): ...\ndef f():\n    return 2\n"
    found = net(commit(1, ("a.py", one, two)), commit(2, ("a.py", "#\n" + two, "#\n" + three)))
    assert [(each.name, each.change) for each in found.files[0].names] == [("f", Change.ADDED)]
    found = net(commit(1, ("a.py", one, two)), commit(2, ("a.py", "#\n" + two, "#\n" + one)))
    assert found.files[0].names == ()
    found = net(commit(1, ("a.py", two, one)), commit(2, ("a.py", "#\n" + one, "#\n" + three)))
    assert [(each.name, each.change) for each in found.files[0].names] == [("f", Change.MODIFIED)]


def test_a_merge_whose_commits_stand_here_counts_nothing_twice() -> None:
    side = commit(1, ("a.yaml", "x: 1", "x: 2"))
    merge = commit(2, ("a.yaml", "x: 1", "x: 2"), parents=("9" * 40, side.sha))
    assert net(side, merge).files[0].file.added == 1
    assert net(merge).files[0].file.added == 1


def test_of_very_many_files_some_are_not_looked_into_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_READ", 2)
    found = net(commit(1, *((f"{name}.yaml", "x: 1", f"x: {name}") for name in ("22", "33", "44"))))
    assert found.unread == 1
    assert sum(bool(each.settings) for each in found.files) == 2
    assert "- settings and functions of 1 file were not looked for" in file_list(found, lambda _: None)


def test_a_file_that_is_too_large_is_told_without_what_is_in_it() -> None:
    assert told(net(commit(1, ("a.yaml", "x: 1", "too large")))) == {"a.yaml": []}


@pytest.mark.parametrize(
    ("path", "generated"),
    [
        ("uv.lock", True),
        ("web/package-lock.json", True),
        ("env/conda-lock.yml", True),
        ("a.min.js", True),
        ("proto/x_pb2.py", True),
        ("node_modules/a/index.js", True),
        ("wandb/run-20260201_120000-abcd/files/config.yaml", True),
        ("wandb/sdk/run.py", False),
        ("lock.py", False),
        ("blocks/deadlock.py", False),
        ("configs/train.yaml", False),
    ],
)
def test_what_tools_make_is_known_by_its_name(path: str, generated: bool) -> None:
    assert is_generated(path) is generated


def test_a_test_is_no_script_though_it_could_be_run() -> None:
    raw = b"if __name__ == '__main__':\n    main()\n"
    assert is_script("tools/report.py", raw)
    assert not is_script("tests/test_report.py", raw)
    assert not is_script("tests/tools/report.py", raw)
