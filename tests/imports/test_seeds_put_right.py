"""The whole story of the five notes: taken in, put right, searched and listed, their words untouched."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.document.document import parse
from journal.document.original import body_of, is_original
from seeds import SEEDS, needs_the_notes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_the_notes

Capsys = pytest.CaptureFixture[str]

REPORT, RESULTS, WAITING = "2025-10-23-complete-debugging-report", "2026-02-21-gt-geometry", "2026-02-21-iga-sigma"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.begin(tmp_path)
    for path in SEEDS.glob("*.md"):
        desk.write(f"notes/{path.name}", path.read_bytes())
    return desk


def words(desk: Desk) -> bytes:
    """The words of every entry, in the order of the files that they came from."""
    found = {}
    for path in (desk.root / "entries").glob("*.md"):
        raw = path.read_bytes()
        matter = parse(raw, f"entries/{path.name}").entry.front_matter
        assert matter.imported is not None
        assert is_original(raw, matter)
        first = int((matter.imported.bytes_ or "0..").partition("..")[0])
        found[matter.imported.source, first] = body_of(raw, matter)
    return b"".join(found[key] for key in sorted(found))


def test_five_notes_are_taken_in_put_right_searched_and_listed(desk: Desk, capsys: Capsys) -> None:
    def do(*args: str) -> str:
        said = desk.call(capsys, *args)
        assert said.code == 0, said
        return said.out

    do("import", "notes", "--split", "--created", "2025-10-24", "--zone", "-05:00")
    before = b"".join(path.read_bytes() for path in sorted(SEEDS.glob("*.md")))
    assert words(desk) == before

    causes = [each["id"] for each in desk.call(capsys, "list", "--until", "2025-10-23", "--json").json["entries"]][::-1]
    assert len(causes) == 6
    for wrong, next_one in pairwise(causes):
        do("supersede", wrong, next_one)
    do("correct", RESULTS, "--was", "9084.8", "--now", "2797.5", "--reason", "it was the other run's", "--by", "Codex")
    do("link", RESULTS, "--results-of", WAITING)
    assert [each["id"] for each in desk.call(capsys, "status", "--json").json["answered"]] == [
        entry["id"] for entry in desk.call(capsys, "list", "--json").json["entries"] if entry["id"].startswith(WAITING)
    ]
    do("update", WAITING, "The result stands in the follow-up.", "--status", "concluded")

    listed = {each["id"]: each for each in desk.call(capsys, "list", "--json").json["entries"]}
    assert [listed[cause]["status"] for cause in causes] == ["superseded"] * 5 + [None]
    assert [listed[cause]["superseded_by"] for cause in causes[:-1]] == [[cause] for cause in causes[1:]]
    (results,) = desk.call(capsys, "show", RESULTS, "--json").json["entries"]
    assert [(each["was"], each["now"], each["by"]) for each in results["corrections"]] == [
        ("9084.8", "2797.5", "Codex")
    ]
    assert results["imported"]["length"] == len((SEEDS / results["imported"]["from"].rpartition("/")[2]).read_bytes())

    assert {each["id"] for each in desk.call(capsys, "list", "--run", "fej59g91", "--json").json["entries"]} == {
        id_ for id_ in listed if id_.startswith("2026-02-21")
    }
    assert REPORT in do("search", "eigendecomposition")
    assert words(desk) == before
    errors = [each for each in desk.call(capsys, "check", "--json").json["findings"] if each["severity"] == "error"]
    assert {each["code"] for each in errors} <= {"REF001"}  # their commits are in another repository
