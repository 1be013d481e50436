from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.cli.app import run

if TYPE_CHECKING:
    from pathlib import Path

RUNS_USED = ("plain031",)
E1 = "2026-02-21-one"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(E1, "## Context\n\nWhy.\n\n## Results\n\nYes.\n")
    desk.entry("2026-02-21-only")
    return desk


def test_an_entry_is_shown_byte_for_byte(
    desk: Desk, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.root)
    path = desk.root / f"entries/{E1}.md"
    raw = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"caf\xe9 \x00 no newline"
    path.write_bytes(raw)
    assert run(["show", E1]) == 0
    assert capfdbinary.readouterr().out == raw


@pytest.mark.parametrize("reference", [E1, f"./entries/{E1}.md", f"entries/{E1}.md"])
def test_an_entry_is_named_by_id_beginning_or_path(desk: Desk, capsys: Capsys, reference: str) -> None:
    assert desk.call(capsys, "show", reference).out.startswith(f"---\ntitle: {E1}\n")


def test_json_gives_the_listing_shape_and_the_sections(desk: Desk, capsys: Capsys) -> None:
    (shown,) = desk.call(capsys, "show", E1, "--json").json["entries"]
    sections = shown.pop("sections")
    assert any(shown.items() >= listed.items() for listed in desk.call(capsys, "list", "--json").json["entries"])
    assert shown["id"] == E1
    assert [(each["heading"], each["line"], each["text"].strip()) for each in sections] == [
        ("Context", 6, "Why."),
        ("Results", 10, "Yes."),
    ]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("2026-02-21-on", "is the beginning of several entries (say more of it: "),
        ("nobody", "no entry 'nobody'"),
        ("", "no entry ''"),
    ],
)
def test_a_reference_to_no_single_entry_is_one_line(desk: Desk, capsys: Capsys, reference: str, message: str) -> None:
    said = desk.call(capsys, "show", reference)
    assert (said.code, said.out) == (1, "")
    (line,) = said.err.splitlines()
    assert message in line


def test_a_broken_entry_is_one_line_with_its_place(desk: Desk, capsys: Capsys) -> None:
    desk.write("entries/bad.md", "---\ntitle: x\nstatus: done\n---\n")
    said = desk.call(capsys, "show", "bad")
    assert said.code == 1
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("error: entries/bad.md:")


def paged(desk: Desk) -> str:
    """What a terminal shows of the first entry."""
    mother, child = pty.openpty()
    try:
        command = [sys.executable, "-m", "journal", "show", E1]
        environment = {**os.environ, "PAGER": "cat", "TERM": "xterm"}
        subprocess.run(
            command, cwd=desk.root, stdin=child, stdout=child, stderr=child, env=environment, check=True, timeout=30
        )
        return os.read(mother, 100_000).decode()
    finally:
        os.close(child)
        os.close(mother)


def test_on_a_terminal_the_pager_shows_it(desk: Desk) -> None:
    mother, child = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "journal", "show", E1],
            cwd=desk.root,
            stdin=child,
            stdout=child,
            stderr=child,
            env={**os.environ, "PAGER": "sed s/^/paged:/", "TERM": "xterm"},
            check=False,
            timeout=30,
        )
        shown = os.read(mother, 100_000).decode()
    finally:
        os.close(child)
        os.close(mother)
    assert done.returncode == 0
    assert f"paged:title: {E1}" in shown
    assert shown.startswith("paged:---")


def test_on_a_terminal_the_entries_that_name_it_stand_above(desk: Desk) -> None:
    desk.entry("2026-02-22-two", matter=f"supersedes: [{E1}]\nresults_of: {E1}\n")
    lines = paged(desk).splitlines()
    assert lines[:4] == ["results in 2026-02-22-two", "superseded by 2026-02-22-two", "", "---"]


def test_on_a_terminal_commits_and_the_verdicts_on_runs_stand_above(desk: Desk) -> None:
    desk.git("remote", "add", "origin", "git@github.com:lab/repo.git")
    commits = (
        'commits: [{sha: 721e94a3c0ff, note: "clamp\\nit", became: 5555555555}, {sha: abcdef0, origin: /srv/git/x}]\n'
    )
    desk.entry(E1, runs="{id: r1, as: base}, r2, r3", matter=commits)
    verdicts = {
        "r1": {"verdict": "consistent", "reasons": ["it ran 721e94a", "more"]},
        "r2": {"verdict": "unknown", "reasons": []},
    }
    desk.write(f"evidence/{E1}.json", json.dumps({"entry": E1, "verdicts": verdicts}))
    assert paged(desk).partition("---")[0].splitlines() == [
        "commit 721e94a (became 5555555) clamp it: https://github.com/lab/repo/commit/5555555555",
        "commit abcdef0 of /srv/git/x",
        "run base consistent: it ran 721e94a",
        "run r2 unknown",
        "",
    ]


def test_the_words_of_an_imported_note_are_printed_as_they_came(
    desk: Desk, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.root)
    note = b"# Note\r\n\r\nDate: 2026-03-01\r\n\r\ncaf\xe9, no newline"
    (desk.root / "note.md").write_bytes(note)
    assert run(["import", "note.md"]) == 0
    assert run(["update", "2026-03-01-note", "More.", "--status", "concluded"]) == 0
    capfdbinary.readouterr()
    assert run(["show", "2026-03-01-note", "--original"]) == 0
    assert capfdbinary.readouterr().out == note


def test_the_life_of_an_entry_stands_in_its_json(desk: Desk, capsys: Capsys) -> None:
    matter = (
        "authors: [Ana, {name: Scribe, kind: agent}]\nfiles: [train.py]\n"
        "corrections: [{was: '4', now: '5', at: 2026-02-22}]\n"
        "reviews: [{by: Ben, kind: human, verdict: verified, evidence: none},"
        " {by: Ada, verdict: verified, evidence: 0a}]\n"
    )
    desk.entry("2026-02-21-life", matter=matter)
    (shown,) = desk.call(capsys, "show", "2026-02-21-life", "--json").json["entries"]
    assert shown["people"] == [{"name": "Ana", "kind": None}, {"name": "Scribe", "kind": "agent"}]
    assert (shown["files"], shown["updates"], shown["imported"]) == (["train.py"], [], None)
    assert shown["corrections"][0]["at"] == "2026-02-22"
    assert [review["overtaken"] for review in shown["reviews"]] == [False, True]
    assert shown["verified"] is True


def test_words_that_were_changed_since_they_were_imported_are_shown_with_a_warning(desk: Desk, capsys: Capsys) -> None:
    words = "Imported words.\n"
    origin = hashlib.sha256(words.encode()).hexdigest()
    path = desk.entry(E1, matter=f"imported: {{from: a.md, sha256: {origin}, length: {len(words)}}}\n")
    head = path.read_text().removesuffix("\n")
    path.write_text(head + words + "\n## Added\n")
    assert desk.call(capsys, "show", E1, "--original") == (0, words, "")
    path.write_text(head + words.replace("w", "W"))
    said = desk.call(capsys, "show", E1, "--original")
    assert (said.code, said.out) == (1, "Imported Words.\n")
    assert "were changed since" in said.err
