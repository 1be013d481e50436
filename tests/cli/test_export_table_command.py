from __future__ import annotations

import csv
import json
import shutil
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from desk import Desk, cells, rows

if TYPE_CHECKING:
    from pathlib import Path

RUNS_USED = ("nestd031", "plain031")
Capsys = pytest.CaptureFixture[str]

E1 = "2026-02-21-one"
RUNS = "{id: plain031, as: ipa}, {id: nestd031, as: iga}"
BODY = """\
<!-- journal:table matched
metrics: [train/loss]
stats: [mean]
runs: [ipa]
window: 10..20
notes: {train/loss: =1+1}
-->
<!-- /journal:table -->

<!-- journal:runs -->
<!-- /journal:runs -->
"""


@pytest.fixture
def desk(tmp_path: Path, capsys: Capsys) -> Desk:
    """A journal with one filled entry, whose runs are gone since."""
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(E1, BODY, runs=RUNS)
    assert desk.call(capsys, "fill-results").code == 0
    shutil.rmtree(desk.root / "wandb")
    return desk


def mean() -> float:
    within = [value for step, value in rows("plain031", "train/loss") if 10 <= step <= 20]
    return sum(within) / len(within)


def test_a_table_is_printed_as_it_stands_in_the_entry_without_any_run(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "export-table", E1, "matched")
    assert (said.code, said.err) == (0, "")
    assert f"\n\n{said.out}\n<!-- /journal:table" in desk.read(E1)
    assert cells(said.out)[0] == ["metric", "ipa", "note"]


def test_csv_is_full_when_asked_to_be_and_runs_nothing(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "export-table", "2026-02", "matched", "--format", "csv", "--full")
    (_, (name, value, note)) = csv.reader(StringIO(said.out, newline=""), strict=True)
    assert (name, note) == ("train/loss", "'=1+1")
    assert float(value) == pytest.approx(mean(), rel=1e-15)
    assert value not in desk.call(capsys, "export-table", E1, "matched", "--format", "csv").out


def test_json_tells_what_each_number_rests_on(desk: Desk, capsys: Capsys) -> None:
    found = desk.call(capsys, "export-table", E1, "matched", "--format", "json").json
    cell = found["rows"][0]["cells"][0]
    assert (found["schema_version"], found["rows"][0]["row"], cell["column"]) == (1, "train/loss", "ipa")
    assert cell["value"] == pytest.approx(mean(), rel=1e-15)
    assert cell["n"] == len([step for step, _ in rows("plain031", "train/loss") if 10 <= step <= 20])
    assert cell["expression"] == "mean(train/loss)[10..20]@ipa"


def test_other_blocks_can_be_exported_too(desk: Desk, capsys: Capsys) -> None:
    blocks = json.loads((desk.root / f"evidence/{E1}.json").read_bytes())["blocks"]
    (name,) = (name for name, block in blocks.items() if block["kind"] == "runs")
    said = desk.call(capsys, "export-table", E1, name, "--format", "latex")
    assert said.code == 0
    assert "\\toprule\nrun & id & role & " in said.out
    assert "plain031" in said.out


def test_a_file_is_written_and_replaced(desk: Desk, capsys: Capsys) -> None:
    (desk.root / "paper").mkdir()
    for form, first in (("html", "<table>"), ("latex", "% needs")):
        said = desk.call(capsys, "export-table", E1, "matched", "--format", form, "--output", "paper/table.out")
        assert (said.code, said.out, said.err) == (0, "", "wrote paper/table.out\n")
        assert (desk.root / "paper/table.out").read_text().startswith(first)


def test_a_missing_folder_is_not_made(desk: Desk, capsys: Capsys) -> None:
    before = desk.files()
    said = desk.call(capsys, "export-table", E1, "matched", "--output", "papre/table.tex")
    assert (said.code, said.out) == (1, "")
    assert "papre/table.tex: the folder for it is not there (make the folder first)" in said.err
    assert desk.files() == before
    assert not (desk.root / "papre").exists()


def rewrite(desk: Desk, old: str, new: str) -> None:
    text = desk.read(E1)
    assert old in text
    desk.write(f"entries/{E1}.md", text.replace(old, new, 1))


def test_a_block_that_was_edited_is_exported_as_the_evidence_has_it_and_that_is_told(
    desk: Desk, capsys: Capsys
) -> None:
    fine = desk.call(capsys, "export-table", E1, "matched").out
    (number,) = (cell for line in cells(fine)[1:] for cell in line[1:2])
    rewrite(desk, number, "9.99")
    said = desk.call(capsys, "export-table", E1, "matched")
    assert (said.code, said.out) == (0, fine)
    (told,) = said.err.splitlines()
    assert told.startswith("note: table 'matched' is edited: text between the markers was changed by hand; exported is")
    found = desk.call(capsys, "export-table", E1, "matched", "--format", "json")
    assert found.json["rows"]
    assert "is edited" in found.err


@pytest.mark.parametrize("change", ["evidence gone", "evidence changed", "spec"])
def test_a_block_and_an_evidence_that_are_not_of_one_fill_are_told(desk: Desk, capsys: Capsys, change: str) -> None:
    file = desk.root / f"evidence/{E1}.json"
    if change == "evidence gone":
        file.unlink()
    elif change == "evidence changed":
        value = desk.evidence(E1)["blocks"]["matched"]["cells"][0]["value"]
        file.write_text(file.read_text().replace(f'"value": {value!r}', '"value": 7.5'))
    else:
        rewrite(desk, "stats: [mean]", "stats: [max]")
    said = desk.call(capsys, "export-table", E1, "matched", "--format", "latex")
    assert said.code == 0
    assert "\\toprule" in said.out
    (told,) = said.err.splitlines()
    assert told.startswith("note: table 'matched' is ")
    assert told.endswith("; exported is what the evidence says, not what the text does")


def test_another_block_that_cannot_be_filled_keeps_no_table_from_being_exported(desk: Desk, capsys: Capsys) -> None:
    fine = desk.call(capsys, "export-table", E1, "matched").out
    text = desk.read(E1) + "\n<!-- journal:table bad\nmetrics: [x]\nstats: [meen]\n-->\n<!-- /journal:table -->\n"
    desk.write(f"entries/{E1}.md", text)
    said = desk.call(capsys, "export-table", E1, "matched")
    assert (said.code, said.out) == (0, fine)
    (told,) = said.err.splitlines()
    assert "cannot be told" in told
    assert "meen" in told


@pytest.mark.parametrize("place", [f"entries/{E1}.md", "entries/new.md", f"evidence/{E1}.json", "evidence/t.csv"])
def test_no_entry_and_no_evidence_is_written_over_or_made(desk: Desk, capsys: Capsys, place: str) -> None:
    before = desk.files()
    said = desk.call(capsys, "export-table", E1, "matched", "--output", place)
    assert (said.code, said.out) == (1, "")
    assert f"{place}: would stand among the journal's {place.split('/', maxsplit=1)[0]}" in said.err
    assert desk.files() == before


def test_a_block_that_is_not_there_is_named_with_those_that_are(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "export-table", E1, "machted")
    assert (said.code, said.out) == (1, "")
    assert "machted" in said.err
    assert "matched" in said.err
    assert len(said.err.splitlines()) == 1


def test_an_unknown_format_is_a_wrong_call(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "export-table", E1, "matched", "--format", "docx")
    assert (said.code, said.out) == (2, "")
    assert "latex" in said.err


def test_what_is_not_there_yet_is_told_as_well(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1, BODY.replace("train/loss", "val/loss"), runs="{id: later001, as: ipa}")
    assert desk.call(capsys, "fill-results", "--force").code == 0
    said = desk.call(capsys, "export-table", E1, "matched", "--format", "latex")
    assert said.code == 0
    assert "TBD" in said.out
    assert said.err.startswith("note: table 'matched' is pending: ")
    assert "exported" not in said.err
