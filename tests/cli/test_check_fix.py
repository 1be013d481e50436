from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from desk import Desk
from journal.document import store

if TYPE_CHECKING:
    from pathlib import Path

E1, E2, E3 = "2026-02-21-one", "2026-02-22-two", "2026-02-23-three"
RUNS_USED = ("plain031",)
UPDATE = "updates:\n  - {at: 2026-03-01T10:00:00+08:00, status: concluded}\n"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three entries, with two findings that can be fixed and two that cannot."""
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(E1, matter=f"tagz: [x]\nstatus: planned\n{UPDATE}")
    desk.entry(E2, matter="status: running\nfollows: [nobody]\n")
    desk.entry(E3, matter=f"supersedes: [{E2}]\n")
    return desk


def codes(said: Any) -> list[str]:
    return [each["code"] for each in said.json["findings"]]


def test_what_is_safe_is_fixed_and_what_is_left_is_told(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check", "--fix")
    assert said.code == 1
    assert [line.split()[1] for line in said.out.splitlines()] == ["DOC002", "REF005"]
    assert said.err == "fixed 2 of 4 findings in 2 files\n3 entries: 1 error, 1 warning\n"
    assert "status: concluded\n" in desk.read(E1)
    assert "status: superseded\n" in desk.read(E2)


def test_what_is_fixed_stays_fixed_and_nothing_else_was_touched(desk: Desk, capsys: Capsys) -> None:
    before = desk.files()
    desk.call(capsys, "check", "--fix")
    after = desk.files()
    first = before[f"entries/{E1}.md"].replace(b"status: planned", b"status: concluded")
    second = before[f"entries/{E2}.md"].replace(b"status: running", b"status: superseded")
    assert after == {**before, f"entries/{E1}.md": first, f"entries/{E2}.md": second}
    said = desk.call(capsys, "check", "--fix")
    assert said.err.startswith("fixed 0 of 2 findings in 0 files\n")
    assert desk.files() == after


def test_only_what_is_selected_is_fixed(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check", "--fix", "--select", "LIF001", "--json")
    assert (said.code, codes(said), said.json["summary"]["fixed"]) == (0, [], 1)
    assert "status: running\n" in desk.read(E2)


def test_what_an_entry_ignores_or_the_baseline_holds_is_not_fixed(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "check", "--write-baseline")
    before = desk.files()
    assert desk.call(capsys, "check", "--fix").err.startswith("fixed 0 of 0 findings in 0 files\n")
    assert desk.files() == before
    (desk.root / "journal-baseline.json").unlink()
    desk.entry(E1, matter=f"status: planned\nignore: {{LIF001: it starts again}}\n{UPDATE}")
    desk.call(capsys, "check", "--fix")
    assert "status: planned\n" in desk.read(E1)


def test_a_diff_shows_what_a_fix_would_do_and_writes_nothing(desk: Desk, capsys: Capsys) -> None:
    before = desk.files()
    said = desk.call(capsys, "check", "--diff")
    assert (said.code, said.err) == (0, "would fix 2 of 4 findings in 2 files\n")
    assert desk.files() == before
    subprocess.run(["git", "apply", "-"], cwd=desk.root, input=said.out.encode(), check=True)
    patched = desk.files()
    for path, raw in before.items():
        desk.write(path, raw)
    desk.call(capsys, "check", "--fix")
    assert desk.files() == patched


@pytest.mark.usefixtures("settled")
def test_what_is_remembered_is_fixed_as_well(desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    told, *_ = (desk.call(capsys, "check", "--json") for _ in "12")  # the first makes the folder of what is remembered
    with monkeypatch.context() as patch:
        patch.setattr("journal.cli.checking._looked", None)
        assert desk.call(capsys, "check", "--json") == told
        assert desk.call(capsys, "check", "--diff").err == "would fix 2 of 4 findings in 2 files\n"
    assert desk.call(capsys, "check", "--fix").err.startswith("fixed 2 of 4 findings in 2 files\n")


def test_a_fix_of_a_file_that_changed_since_it_was_looked_at_is_dropped(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = store.read

    def overtaken(path: Path) -> store.Stored:
        if path.stem == E1 and path.parent.name == "entries" and not overtaken_already:
            overtaken_already.append(path)
            found = read(path)
            path.write_bytes(found.raw + b"\nMore words.\n")
            return found
        return read(path)

    overtaken_already: list[Path] = []
    monkeypatch.setattr(store, "read", overtaken)
    said = desk.call(capsys, "check", E1, "--fix")
    assert "More words." in desk.read(E1)
    assert "status: planned" in desk.read(E1)
    assert said.err.startswith("fixed 0 of")


def test_a_file_that_changes_while_it_is_fixed_keeps_what_was_saved(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = store.replace

    def late(stored: store.Stored, new: bytes, *, inside: Path) -> bool:
        stored.path.write_bytes(stored.raw + b"\nMore words.\n")
        return replace(stored, new, inside=inside)

    monkeypatch.setattr(store, "replace", late)
    said = desk.call(capsys, "check", E1, "--fix", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "changed-on-disk")
    assert "status: planned" in desk.read(E1)
    assert "More words." in desk.read(E1)


def test_line_endings_and_a_byte_order_mark_are_kept(desk: Desk, capsys: Capsys) -> None:
    raw = b"\xef\xbb\xbf" + desk.read(E1).replace("\n", "\r\n").encode()
    desk.write(f"entries/{E1}.md", raw)
    desk.call(capsys, "check", "--fix")
    assert (desk.root / f"entries/{E1}.md").read_bytes() == raw.replace(b"planned", b"concluded")


def test_a_status_that_somebody_may_have_set_since_is_left_to_them(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1, matter=f"status: running\n{UPDATE}")
    said = desk.call(capsys, "check", "--select", "LIF001", "--json")
    assert [each["fix"] for each in said.json["findings"]] == [None]


def test_both_ways_of_fixing_in_one_call_mean_the_one_that_writes_nothing(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1, matter=UPDATE)
    before = desk.files()
    shown = desk.call(capsys, "check", "--diff")
    assert shown.out.startswith("--- ")
    assert desk.call(capsys, "check", "--fix", "--diff") == shown
    assert desk.files() == before


@pytest.mark.parametrize("form", ["sarif", "github", "json"])
def test_a_diff_has_no_other_format(desk: Desk, capsys: Capsys, form: str) -> None:
    said = desk.call(capsys, "check", "--diff", "--format", form)
    assert (said.code, "--diff prints a diff" in said.err) == (2, True)
