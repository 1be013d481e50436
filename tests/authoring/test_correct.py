from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.document.document import parse

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.entry import FrontMatter

Capsys = pytest.CaptureFixture[str]
ONE = "2026-02-20-one"
BODY = """It peaked at 4127.8 once.

| run | max |
|---|--:|
| a | 4127.8 |
| b | 12.1 |

<!-- journal:table x
metrics: [m]
-->

| m | 77.7 |
|---|---|

<!-- /journal:table -->

Cited: [5.5](run:own1 "max(m)").
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771671675")
    desk = Desk(tmp_path)
    desk.write("journal.toml", "sections = []\n")
    desk.entry(ONE, BODY, runs="own1")
    return desk


def matter(desk: Desk, stem: str = ONE) -> FrontMatter:
    return parse((desk.root / f"entries/{stem}.md").read_bytes(), f"entries/{stem}.md").entry.front_matter


def options(was: str, now: str = "13.7", reason: str = "of another run") -> tuple[str, ...]:
    return ("--was", was, "--now", now, "--reason", reason)


def refused(desk: Desk, capsys: Capsys, *args: str, code: int = 1, stem: str = ONE) -> str:
    before = desk.files()
    said = desk.call(capsys, "correct", stem, *args)
    assert (said.code, said.out, desk.files()) == (code, "", before)
    return said.err


def test_the_old_value_is_struck_where_it_stands_and_the_correction_recorded(desk: Desk, capsys: Capsys) -> None:
    before = desk.read(ONE)
    said = desk.call(capsys, "correct", ONE, *options("12.1"), "--by", "Ana")
    assert (said.code, said.out, said.err) == (0, f"entries/{ONE}.md\n", "")
    (correction,) = matter(desk).corrections
    assert correction.model_dump(mode="json") == {
        "was": "12.1",
        "now": "13.7",
        "reason": "of another run",
        "by": "Ana",
        "at": "2026-02-21T11:01:15+00:00",
    }
    body = before[before.index("It peaked") :]
    assert desk.read(ONE).endswith(body.replace("| b | 12.1 |", "| b | ~~12.1~~ 13.7 |"))


def test_of_several_places_one_must_be_chosen_or_all(desk: Desk, capsys: Capsys) -> None:
    assert "'4127.8' stands in 2 places, on lines 7, 11 (--line N" in refused(desk, capsys, *options("4127.8"), code=2)
    assert "stands on 7, 11" in refused(desk, capsys, *options("4127.8"), "--line", "8", code=2)
    shape = desk.call(capsys, "correct", ONE, *options("4127.8"), "--line", "7", "--json").json
    assert shape["struck"] == [{"line": 7, "column": 14}]
    assert "It peaked at ~~4127.8~~ 13.7 once." in desk.read(ONE)
    assert "| a | 4127.8 |" in desk.read(ONE)


def test_a_second_place_of_one_correction_is_struck_without_a_second_record(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "correct", ONE, *options("4127.8"), "--line", "7")
    assert said.err == "struck in 1 place; it still stands in 1 other\n"
    assert desk.call(capsys, "correct", ONE, *options("4127.8")).code == 0
    assert desk.read(ONE).count("~~4127.8~~ 13.7") == 2
    assert len(matter(desk).corrections) == 1


def test_all_places_are_struck_at_once(desk: Desk, capsys: Capsys) -> None:
    assert len(desk.call(capsys, "correct", ONE, *options("4127.8"), "--all", "--json").json["struck"]) == 2
    assert desk.read(ONE).count("~~4127.8~~ 13.7") == 2


def test_what_was_corrected_can_be_corrected_again(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "correct", ONE, *options("12.1"))
    assert desk.call(capsys, "correct", ONE, *options("13.7", "14")).code == 0
    assert "~~12.1~~ ~~13.7~~ 14" in desk.read(ONE)
    assert [(each.was, each.now) for each in matter(desk).corrections] == [("12.1", "13.7"), ("13.7", "14")]
    assert "it was corrected" in refused(desk, capsys, *options("12.1"))


def test_a_value_of_the_tools_is_mended_at_its_source(desk: Desk, capsys: Capsys) -> None:
    said = refused(desk, capsys, *options("77.7"))
    assert f"entries/{ONE}.md:14: '77.7' stands in table 'x', which is the tool's (mend its spec or its run" in said
    assert "'5.5' is a cited value" in refused(desk, capsys, *options("5.5"))
    assert f"`journal fill-results {ONE}`" in refused(desk, capsys, *options("5.5"))


@pytest.mark.parametrize(
    ("was", "close"), [("4127.3", "4127.8"), ("12", "12.1"), ("3000", "4127.8, 12.1"), ("1.22e1", "12.1")]
)
def test_a_value_that_stands_nowhere_is_told_with_the_numbers_near_it(
    desk: Desk, capsys: Capsys, was: str, close: str
) -> None:
    assert f"close to it: {close}" in refused(desk, capsys, *options(was))


def test_what_is_corrected_to_itself_is_wrong_usage(desk: Desk, capsys: Capsys) -> None:
    assert "is what it was" in refused(desk, capsys, *options("12.1", "12.1"), code=2)
    assert "--reason" in refused(desk, capsys, "--was", "12.1", "--now", "3", code=2)


IMPORTED = f"imported: {{from: a.md, sha256: {'0' * 64}}}\n"


def test_the_words_of_an_imported_note_stay_and_the_correction_is_recorded(desk: Desk, capsys: Capsys) -> None:
    desk.entry(ONE, BODY, matter=IMPORTED)
    said = desk.call(capsys, "correct", ONE, *options("4127.8"))
    assert said.err == "recorded; the words of an imported note stay as they were\n"
    assert desk.read(ONE).endswith(BODY)
    assert [(each.was, each.now) for each in matter(desk).corrections] == [("4127.8", "13.7")]
    assert "stands nowhere" in refused(desk, capsys, *options("1.5"))
    desk.entry(ONE, "```\n最大8.25次\n```\n", matter=IMPORTED)
    assert desk.call(capsys, "correct", ONE, *options("8.25")).code == 0


@pytest.mark.parametrize(
    "recorded",
    [
        'corrections: [{was: "4127.8", by: Codex}]\n',
        'corrections: [{was: "4127.8", by: Codex, reason: it says so}]\n',
        'corrections:\n  - was: 1\n  - was: "4127.8"  # hm\n    by: Codex\nrelated: []\n',
        'corrections:\n- {was: "4127.8", by: Codex, now: }\n',
        "corrections:\n  - was: 4127.8\n    by: |-\n      Codex\n",
    ],
)
def test_a_correction_without_the_right_value_is_completed(desk: Desk, capsys: Capsys, recorded: str) -> None:
    desk.entry(ONE, "It says nothing any more.\n", matter=IMPORTED + recorded)
    assert desk.call(capsys, "correct", ONE, *options("4127.8"), "--by", "Ana").code == 0
    correction = matter(desk).corrections[-1]
    assert (correction.was, correction.now, correction.by, correction.reason) == (
        "4127.8",
        "13.7",
        "Codex",
        "of another run",
    )
    assert len(matter(desk).corrections) == recorded.count("was:")
    assert ("# hm" in desk.read(ONE)) == ("# hm" in recorded)


def test_who_quotes_it_is_listed_related_entries_first(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-21-chance", "4127.8 apples, 4127.8 pears\n")
    desk.entry("2026-02-22-user", "As before, 4127.8.\n", runs="own1", matter=f"follows: [{ONE}]\n")
    said = desk.call(capsys, "correct", ONE, *options("4127.8"), "--all")
    assert said.out.splitlines()[1:] == [
        "entries/2026-02-22-user.md:8:12: same run own1, follows it",
        "entries/2026-02-21-chance.md:6:1",
        "entries/2026-02-21-chance.md:6:16",
    ]
    assert said.err.splitlines() == [
        "quoted by 1 entry; look at each:",
        "the same number, perhaps by chance, in 1 entry:",
    ]
    shape = desk.call(capsys, "correct", "2026-02-22-user", *options("4127.8"), "--json").json
    assert [(each["id"], each["related_by"]) for each in shape["quoted_by"]] == [("2026-02-21-chance", [])] * 2


def test_a_value_in_code_is_struck_with_its_span(desk: Desk, capsys: Capsys) -> None:
    desk.entry(ONE, "It was `sigma = 0.03` there.\n")
    assert desk.call(capsys, "correct", ONE, *options("0.03", "0.3")).code == 0
    assert re.search("~~`sigma = 0.03`~~ `sigma = 0.3`", desk.read(ONE))


@pytest.mark.parametrize("option", ["--was", "--now", "--reason", "--by"])
def test_an_option_without_text_is_wrong_usage(desk: Desk, capsys: Capsys, option: str) -> None:
    assert f"{option} needs a " in refused(desk, capsys, *options("12.1"), option, " ", code=2)


@pytest.mark.parametrize("now", ["<!-- x", "~~", "a\nb", "$3$", "<b>"])
def test_a_new_value_that_markdown_would_read_is_wrong_usage(desk: Desk, capsys: Capsys, now: str) -> None:
    assert "--now" in refused(desk, capsys, *options("12.1", now), code=2)


@pytest.mark.parametrize(
    ("text", "was", "said"),
    [
        ("12,345 apples", "12345", "'12345' stands there as '12,345' (give it so: `--was 12,345`)"),
        ("At 8.75%.", "8.75", "'8.75' stands there as '8.75%' (give it so: `--was 8.75%`)"),
        ("```\n1e-4\n```", "0.0001", "'0.0001' stands there as '1e-4'"),
    ],
)
def test_a_value_that_stands_there_in_another_spelling_is_told_so(
    desk: Desk, capsys: Capsys, text: str, was: str, said: str
) -> None:
    desk.entry(ONE, f"{text}\n")
    assert said in refused(desk, capsys, *options(was))


def test_where_a_value_stands_and_is_not_struck_is_told(desk: Desk, capsys: Capsys) -> None:
    desk.entry(ONE, "8.75, then $x = 8.75$ or 8.750.\n\n```\n8.75\n```\n")
    said = desk.call(capsys, "correct", ONE, *options("8.75"))
    assert said.err.splitlines() == [
        f"not struck: entries/{ONE}.md:8:26, in a formula",
        f"not struck: entries/{ONE}.md:8:35, in running text, as 8.750",
        f"not struck: entries/{ONE}.md:11:1, in code, raw HTML or an address",
    ]
    assert "~~8.75~~ 13.7, then $x = 8.75$" in desk.read(ONE)
    desk.entry(ONE, "```\nlr: 8.75\n```\n")
    shape = desk.call(capsys, "correct", ONE, *options("8.75"), "--json").json
    assert (shape["struck"], [each["column"] for each in shape["kept"]]) == ([], [5])
    assert [each.was for each in matter(desk).corrections] == ["8.75"]


def test_a_correction_that_is_complete_already_is_told_so(desk: Desk, capsys: Capsys) -> None:
    desk.entry(ONE, BODY, matter=IMPORTED)
    desk.call(capsys, "correct", ONE, *options("4127.8"))
    before = desk.files()
    said = desk.call(capsys, "correct", ONE, *options("4127.8"))
    assert (said.code, said.err) == (0, "it says so already: 4127.8 was corrected to 13.7\n")
    assert desk.files() == before
    assert "was corrected to 13.7 already (`--was 13.7` corrects" in refused(desk, capsys, *options("4127.8", "14"))
    assert desk.call(capsys, "correct", ONE, *options("13.7", "14")).code == 0
