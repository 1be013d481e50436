from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from asked import traces
from toys import ENTRY, Toys, block, line

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]
PATH = f"entries/{ENTRY}.md"


@pytest.fixture
def toys(changed: Toys, tmp_path: Path) -> Toys:
    return Toys(changed.copied(tmp_path / "journal").root)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Toys:
    toys = Toys.begin(tmp_path_factory.mktemp("changed"))
    toys.run("a", {"loss": line(range(10))})
    toys.ask(block("metrics: [loss]\nstats: [mean]\n") + '\nIt was [TBD](run:a "max(loss)").\n', "a")
    toys.fill()
    toys.commit("Fill")
    toys.run("a", {"loss": line(range(10), 1.2)})
    toys.fill(force=True)
    return toys


def test_each_number_that_changed_is_a_line(toys: Toys, capsys: Capsys) -> None:
    before = traces(toys.root)
    said = toys.call(capsys, "changes")
    assert said.code == 0
    assert said.out.splitlines() == [
        f"{PATH}: table: loss, a: 4.50 -> 5.40",
        f"{PATH}: a max(loss): 9 -> 11",
    ]
    assert said.err.endswith(": 1 entry, 2 numbers changed, 0 new, 0 gone\n")
    assert traces(toys.root) == before


def test_nothing_changed_is_no_line(toys: Toys, capsys: Capsys) -> None:
    sha = toys.commit("Fill again")
    said = toys.call(capsys, "changes")
    assert (said.code, said.out) == (0, "")
    assert said.err == f"since {sha[:7]}: 0 entries, 0 numbers changed, 0 new, 0 gone\n"


def test_json_has_every_change_and_the_counts(toys: Toys, capsys: Capsys) -> None:
    found = toys.call(capsys, "changes", "HEAD", "--json").json
    (entry,) = found["entries"]
    assert found["since"] == toys.git("rev-parse", "HEAD")
    assert found["summary"] == {"changed": 2, "new": 0, "gone": 0, "states": 0, "verdicts": 0, "problems": 0}
    assert (entry["change"], entry["blocks"][0]["change"]) == ("changed", "changed")
    assert entry["blocks"][0]["cells"][0] == {
        "row": "loss",
        "column": "a",
        "before": "4.50",
        "after": "5.40",
        "value_before": 4.5,
        "value_after": 5.3999999999999995,
    }


def test_markdown_begins_with_the_marker(toys: Toys, capsys: Capsys) -> None:
    said = toys.call(capsys, "changes", "--format", "markdown")
    assert said.out.startswith("<!-- journal:summary -->\n### Numbers of the journal\n")
    assert "| `loss` | `a` | `4.50` | `5.40` |" in said.out


def test_what_came_and_went_is_told_in_words(toys: Toys, capsys: Capsys) -> None:
    toys.entry("2026-03-01-new", "Words.\n")
    toys.rewrite("| 5.40 |", "| 5.30 |")
    said = toys.call(capsys, "changes")
    assert f"{PATH}: table: fresh -> edited" in said.out
    assert "entries/2026-03-01-new.md: new" in said.out


def test_damaged_evidence_is_told_and_no_failure(toys: Toys, capsys: Capsys) -> None:
    toys.write(f"evidence/{ENTRY}.json", "{")
    said = toys.call(capsys, "changes")
    assert said.code == 0
    assert said.out.startswith(f"{PATH}: not readable now: evidence/{ENTRY}.json: is not evidence that this")


def test_a_base_is_where_the_lines_part(toys: Toys, capsys: Capsys) -> None:
    toys.git("switch", "--quiet", "-c", "side")
    toys.commit("Fill on the side")
    toys.git("switch", "--quiet", "main")
    toys.entry("2026-03-02-on-main", "Words.\n")
    toys.commit("Go on")
    toys.git("switch", "--quiet", "side")
    assert [line.partition(":")[0] for line in toys.call(capsys, "changes", "main").out.splitlines()] == [PATH] * 2


def test_what_cannot_be_compared_is_an_error_with_a_next_step(toys: Toys, capsys: Capsys) -> None:
    assert toys.call(capsys, "changes", "nowhere").code == 1
    said = toys.call(capsys, "changes", "--format", "text", "--json")
    assert (said.code, "choose one of them" in said.err) == (2, True)
    shutil.rmtree(toys.root / ".git")
    said = toys.call(capsys, "changes", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "not-a-repository")
    assert "is not inside a git repository" in said.err
    toys.init()
    assert "nothing is committed here yet" in toys.call(capsys, "changes").err
