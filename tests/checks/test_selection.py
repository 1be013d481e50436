from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from journal.checks.selection import Selection, codes, recorded, require_known, split
from journal.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from journal.model.finding import FindingShape

KNOWN = ["DOC001", "DOC002", "LIF003"]
PLACE = Path("journal-baseline.json")


def finding(code: str = "DOC001", path: str = "entries/a.md", message: str = "m", **more: Any) -> FindingShape:
    return cast("FindingShape", {"code": code, "path": path, "message": message, **more})


@pytest.mark.parametrize(
    ("select", "ignore", "chosen"),
    [
        ((), (), ["DOC001", "DOC002", "LIF003"]),
        (("DOC",), (), ["DOC001", "DOC002"]),
        (("DOC001", "LIF"), (), ["DOC001", "LIF003"]),
        ((), ("DOC",), ["LIF003"]),
        (("DOC",), ("DOC002",), ["DOC001"]),
        (("DOC002",), ("DOC",), ["DOC002"]),
        (("DOC",), ("DOC",), []),
    ],
)
def test_of_two_that_speak_of_a_rule_the_longer_one_counts(
    select: tuple[str, ...], ignore: tuple[str, ...], chosen: list[str]
) -> None:
    selection = Selection(select, ignore)
    assert [code for code in KNOWN if selection.has(code)] == chosen
    assert [code for code in KNOWN if selection.takes(finding(code))] == chosen


def test_a_pattern_of_files_leaves_rules_out_there_alone() -> None:
    selection = Selection(per_entry={"entries/old/*": ["DOC"]})
    assert not selection.takes(finding("DOC001", "entries/old/2024/a.md"))
    assert selection.takes(finding("LIF003", "entries/old/a.md"))
    assert selection.takes(finding("DOC001", "entries/new/a.md"))


def test_codes_may_be_repeated_and_stand_together() -> None:
    assert codes(["DOC001, LIF", "TAB", " ,"]) == ("DOC001", "LIF", "TAB")


@pytest.mark.parametrize(("name", "hint"), [("DOC01", "DOC001"), ("doc", "DOC"), ("LFI", "LIF"), ("", "--rules")])
def test_what_no_code_begins_with_is_refused_with_a_close_match(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        require_known([name], KNOWN)
    assert hint in str(refused.value.hint)
    with pytest.raises(ConfigError) as wrong:
        require_known([name], KNOWN, config=Path("journal.toml"))
    assert wrong.value.path == Path("journal.toml")
    require_known(["DOC", "DOC0", "LIF003"], KNOWN)


def test_a_baseline_holds_what_was_found_wherever_its_lines_go() -> None:
    before = [finding(message="it is 4 here and 5 on line 12", line=3), finding(message="m", line=4)]
    after = [finding(message="it is 4 here and 5 on line 99", line=80), finding(message="m", line=9)]
    assert split(after, recorded(before), PLACE) == ([], after, [])


def test_a_finding_that_changed_is_new_and_the_old_one_gone() -> None:
    parts = split([finding(message="4.7 is now 4.8")], recorded([finding(message="4.7 is now 4.75")]), PLACE)
    assert [each["message"] for each in parts.new] == ["4.7 is now 4.8"]
    assert [each["message"] for each in parts.gone] == ["4.7 is now 4.75"]


def test_findings_that_are_alike_are_counted() -> None:
    raw = recorded([finding(), finding()])
    assert [len(part) for part in split([finding()] * 3, raw, PLACE)] == [1, 2, 0]
    parts = split([finding()], raw, PLACE)
    assert [each["count"] for each in parts.gone] == [1]


def test_a_baseline_is_the_same_whatever_the_order_and_one_finding_stands_on_a_line() -> None:
    found = [finding("DOC002"), finding(path="entries/é.md", message="状态"), finding()]
    raw = recorded(found)
    assert raw == recorded(reversed(found))
    assert [line for line in raw.decode().splitlines() if "状态" in line and "entries/é.md" in line]
    assert len(json.loads(raw)["findings"]) == raw.count(b'"code"') == len(found)
    assert json.loads(recorded([])) == {"format": 1, "findings": []}


def test_half_a_character_in_a_message_is_recorded_too() -> None:
    odd = [finding(message="\ud800")]
    assert split(odd, recorded(odd), PLACE) == ([], odd, [])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<<<<<<< HEAD",
        b"[]",
        b"{}",
        b'{"format": 1, "findings": [{"code": "x"}]}',
        b'{"format": 1, "findings": [{"code": "x", "path": "y", "message": "z", "count": "1"}]}',
        b'{"format": 9, "findings": []}',
        b"\xff",
    ],
)
def test_what_is_no_baseline_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(ConfigError) as wrong:
        split([], raw, PLACE)
    assert "baseline" in str(wrong.value)
