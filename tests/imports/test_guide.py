from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from journal.errors import EntryError
from journal.imports.guide import Guide, read
from journal.model.when import When

if TYPE_CHECKING:
    from pathlib import Path

SAID = """\
zone: Asia/Shanghai
authors:
  cc: {name: Scribe, kind: agent}
  ana: Ana Maria
status: {parked: blocked}
tags: [old]
notes:
  notes/a.md: {created: 2026-03-01, title: Said}
  b.md: {skip: true}
"""


def guide(tmp_path: Path, text: str = SAID) -> Guide:
    (tmp_path / "map.yaml").write_text(text, "utf-8")
    return read(tmp_path / "map.yaml", "map.yaml")


def test_a_guide_says_who_is_who_and_what_notes_leave_out(tmp_path: Path) -> None:
    found = guide(tmp_path)
    assert [(author.name, author.kind) for author in found.authors.values()] == [
        ("Scribe", "agent"),
        ("Ana Maria", None),
    ]
    assert (found.status, found.tags) == ({"parked": "blocked"}, ("old",))
    assert (found.told("notes/a.md").title, found.told("notes/a.md").skip) == ("Said", False)


def test_a_note_is_meant_by_its_path_or_by_its_name(tmp_path: Path) -> None:
    found = guide(tmp_path)
    assert found.told("deep/down/b.md").skip
    assert found.told("other/a.md").title is None


@pytest.mark.parametrize(
    ("zone", "text", "placed"),
    [
        ("+08:00", "2026-03-01 10:00", "2026-03-01 10:00+08:00"),
        ("-0330", "2026-03-01 10:00:05", "2026-03-01 10:00:05-03:30"),
        ("Europe/Berlin", "2026-03-01 10:00", "2026-03-01 10:00+01:00"),
        ("Europe/Berlin", "2026-07-01 10:00", "2026-07-01 10:00+02:00"),
        ("Z", "2026-03-01 10:00", "2026-03-01 10:00+00:00"),
        ("+08:00", "2026-03-01T10:00-05:00", "2026-03-01 10:00-05:00"),
        ("+08:00", "2026-03-01", "2026-03-01"),
    ],
)
def test_a_zone_goes_to_clocks_that_have_none(zone: str, text: str, placed: str) -> None:
    assert str(Guide.model_validate({"zone": zone}).placed(When(text))) == placed


@pytest.mark.parametrize("zone", ["Mars/Olympus", "+99:99", "8", "../../etc/passwd", ""])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError):
        Guide.model_validate({"zone": zone})


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("zone: [\n", 2, "not YAML"),
        ("zones: +08:00\n", 1, "'zones' is not known here"),
        ("notes:\n  a.md: {created: soon}\n", 2, "is no moment"),
        ("status: {parked: somewhere}\n", 1, "status.parked"),
    ],
)
def test_a_guide_that_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(EntryError, match=said) as caught:
        guide(tmp_path, text)
    assert (caught.value.path, caught.value.line) == ("map.yaml", line)


@pytest.mark.parametrize("text", ["2025-03-30 02:30", "2025-10-26 02:30"])
def test_a_time_that_the_zone_had_twice_or_never_stays_without(text: str) -> None:
    assert str(Guide.model_validate({"zone": "Europe/Berlin"}).placed(When(text))) == text


def test_notes_that_are_spoken_of_and_not_there_are_told(tmp_path: Path) -> None:
    found = guide(tmp_path)
    assert found.unmet(["notes/a.md", "x/y/b.md"]) == []
    assert found.unmet(["./notes/c.md", "b.md"]) == ["notes/a.md"]


def test_a_path_may_be_written_as_it_was_given(tmp_path: Path) -> None:
    assert guide(tmp_path, "notes:\n  ./n/../notes/a.md: {title: T}\n").told("a.md", "notes/a.md").title == "T"
