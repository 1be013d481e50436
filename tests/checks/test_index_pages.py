from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checked import Checked
from desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

RUNS_USED = ("plain031",)
IDS = [f"2026-02-2{day}-{name}" for day, name in enumerate(("one", "two", "three", "four", "five", "six"), 1)]


@pytest.fixture
def shelf(tmp_path: Path) -> Checked:
    made = Checked.begin(tmp_path, 'sections = []\ndocs = "pages"\n')
    for id_ in IDS:
        made.entry(id_, matter="status: running\n", created=f"{id_[:10]}T10:00:00+08:00")
    return made


def listed(*ids: str, folder: str = "") -> str:
    return "# All\n\n" + "".join(f"- [{id_}]({folder}{id_}.md)\n" for id_ in ids)


def told(shelf: Checked) -> list[tuple[str, int | None, str]]:
    return [(each.path, each.line, each.message) for each in shelf.found("IDX001")]


@pytest.mark.parametrize(
    ("page", "folder"), [("entries/README.md", ""), ("README.md", "entries/"), ("pages/a/b.md", "../../entries/")]
)
def test_a_list_of_most_entries_that_lacks_one_is_told_at_its_end(shelf: Checked, page: str, folder: str) -> None:
    shelf.write(page, listed(*IDS[:5], folder=folder))
    assert told(shelf) == [(page, 7, f"lists most entries, but not {IDS[5]}")]
    shelf.write(page, listed(*IDS, folder=folder))
    assert told(shelf) == []


def test_an_entry_that_is_gone_is_told_at_its_line(shelf: Checked) -> None:
    shelf.write("entries/README.md", listed(*IDS, "2026-02-20-gone"))
    assert told(shelf) == [("entries/README.md", 9, "lists 2026-02-20-gone.md, which is not there")]


def test_a_choice_of_entries_and_a_page_that_links_to_some_are_no_index(shelf: Checked) -> None:
    shelf.write("entries/README.md", listed(*IDS[:4]))
    items = "".join(f"- something else {number}\n" for number in range(9))
    shelf.write("README.md", f"{listed(*IDS[:5], folder='entries/')}{items}")
    shelf.write("pages/a.md", f"See [it](../entries/{IDS[0]}.md) and [gone](../entries/2026-02-20-gone.md).\n")
    assert told(shelf) == []


def test_what_nobody_awaits_anything_of_may_be_left_out(shelf: Checked) -> None:
    shelf.entry(IDS[5], matter="status: abandoned\n")
    shelf.write("entries/README.md", listed(*IDS[:5]))
    assert told(shelf) == []


def test_a_table_may_not_say_otherwise_than_the_entries(shelf: Checked) -> None:
    rows = [f"| [{id_}]({id_}.md) | {id_[:10]} | running | fine |\n" for id_ in IDS]
    rows[1] = rows[1].replace("running", "**concluded**")
    rows[2] = rows[2].replace("| 2026-02-23 |", "| 2025-02-23 |")
    rows[3] = rows[3].replace("running", "runs since May").replace("| 2026-02-24 |", "| in May |")
    rows[4] = rows[4].replace(f"[{IDS[4]}]", "[The fifth]")
    shelf.write("entries/README.md", "| Entry | Date | Status | Note |\n|---|---|---|---|\n" + "".join(rows))
    assert told(shelf) == [
        ("entries/README.md", 4, f"says that {IDS[1]} is concluded, and it is running"),
        ("entries/README.md", 5, f"dates {IDS[2]} 2025-02-23, and it was created 2026-02-23"),
        ("entries/README.md", 7, f"calls {IDS[4]} 'The fifth', and its title is '{IDS[4]}'"),
    ]


def test_words_of_their_own_for_links_are_no_wrong_titles(shelf: Checked) -> None:
    shelf.write("entries/README.md", "".join(f"- [word {id_[-3:]}]({id_}.md)\n" for id_ in IDS))
    assert told(shelf) == []


def test_a_check_of_some_entries_says_nothing_of_lists(shelf: Checked) -> None:
    shelf.write("entries/README.md", listed(*IDS[:5]))
    assert shelf.found("IDX001", [f"entries/{IDS[0]}.md"]) == []


def test_a_list_that_changes_is_noticed_although_no_entry_does(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    settled: None,  # noqa: ARG001
) -> None:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    for id_ in IDS:
        desk.entry(id_, id_)
    desk.commit("Write")

    def codes() -> list[str]:
        return [each["code"] for each in desk.call(capsys, "check", "--json").json["findings"]]

    assert codes() == codes() == []
    desk.write("README.md", listed(*IDS[:5], folder="entries/"))
    assert codes() == codes() == ["IDX001"]
    desk.write("README.md", listed(*IDS, folder="entries/"))
    assert codes() == []
