from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.checks import numbers
from journal.checks.interface import Scene
from journal.checks.written import authored, reading
from journal.index.journal import Journal
from journal.sources.registry import Sources
from seeds import SEEDS, seed
from stopwatch import seconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.model.finding import Finding

E1 = "2026-02-21-one"
RUNS = "{id: wide0001, as: wide, label: Wide model}, {id: slim0002, as: slim}"
ABOVE = 6  # lines of front matter, and the blank one below


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A journal with two runs of known statistics: `wide` reaches 51.75 and ends at 2.5, `slim` 73.25 and 4.5."""
    desk = Desk(tmp_path)
    desk.write("journal.toml", "sections = []\n")
    (tmp_path / "entries").mkdir()
    log(desk, "wide0001", {"train/scale_loss": [3.5, 51.75, 3.5, 2.5], "train/loss": [1.125, 1.25, 1.5, 1.5]})
    log(desk, "slim0002", {"train/scale_loss": [5.5, 73.25, 5.5, 4.5], "train/loss": [2.125, 2.25, 2.5, 2.5]})
    return desk


def log(desk: Desk, run: str, metrics: dict[str, list[float]], steps: Iterable[int] = range(0, 40, 10)) -> None:
    rows = [",".join(map(str, row)) for row in zip(steps, *metrics.values(), strict=True)]
    desk.write(f"wandb/{run}/metrics.csv", "\n".join([",".join(["step", *metrics]), *rows]) + "\n")


def findings(desk: Desk) -> list[Finding]:
    return findings_at(desk.root)


def findings_at(root: Path) -> list[Finding]:
    journal = Journal.open(root)
    scene = Scene(journal, frozenset(journal.paths), Sources(journal.config), None)
    assert scene.entries
    return [finding for rule in numbers.RULES for finding in rule.look(rule, scene)]


def told(desk: Desk, body: str, *, runs: str = RUNS) -> list[tuple[str, int | None, int | None, str]]:
    desk.entry(E1, body, runs=runs)
    return [(found.code, found.line, found.column, found.message) for found in findings(desk)]


SPIKES = "## Spikes (scale_loss, slim)\n\n| statistic | value |\n|---|---|\n| Max | {} |\n| Last | 4.5 |\n"


def test_a_number_of_another_run_is_found_where_it_stands(desk: Desk) -> None:
    assert told(desk, SPIKES.format("73.25")) == []
    message = "51.75 is wide's maximum of train/scale_loss, not slim's (73.25)"
    assert told(desk, SPIKES.format("51.75")) == [("NUM001", ABOVE + 5, 9, message)]
    (found,) = findings(desk)
    assert found.hint == "cite it: `journal cite 'max(train/scale_loss)' --run slim`"
    assert (found.path, str(found.severity)) == (f"entries/{E1}.md", "warning")


def test_columns_that_were_swapped_are_found_in_the_window_that_the_text_names(desk: Desk) -> None:
    text = "Mean of steps 10..20:\n\n| metric | {} | {} |\n|---|---|---|\n| scale_loss | 27.625 | 39.375 |\n"
    assert told(desk, text.format("Wide model", "slim")) == []
    assert [message for *_, message in told(desk, text.format("slim", "Wide model"))] == [
        "27.625 is wide's mean of train/scale_loss over 10..20, not slim's (39.375)",
        "39.375 is slim's mean of train/scale_loss over 10..20, not wide's (27.625)",
    ]
    (found, _) = findings(desk)
    assert found.hint == "cite it: `journal cite 'mean(train/scale_loss)[10..20]' --run slim`"


def test_steps_are_counted_from_the_ends_of_the_run_as_in_tables(desk: Desk) -> None:
    for run, first in (("wide0001", 3), ("slim0002", 5)):
        rows = "".join(f"{step},{step},{'' if step < 10 else first * step}\n" for step in range(20))
        desk.write(f"wandb/{run}/metrics.csv", "step,every,late\n" + rows)
    text = "The max of late in slim over the first 12 steps is {}.\n"
    message = "33 is wide's maximum of late over first 12 steps, not slim's (55)"
    assert told(desk, text.format("55.0")) == []
    assert [found[3] for found in told(desk, text.format("33.0"))] == [
        message.replace("33", "33.0").replace("55", "55.0")
    ]


def test_metrics_that_the_entry_cites_are_tried_where_the_text_names_none(desk: Desk) -> None:
    text = "The run slim has a maximum of 51.75.\n\n"
    block = "<!-- journal:table\nmetrics: [train/scale_loss]\n-->\n<!-- /journal:table -->\n"
    assert told(desk, text) == []
    assert [code for code, *_ in told(desk, text + block)] == ["NUM001"]
    assert [code for code, *_ in told(desk, text + 'Now [51.75](run:wide "max(train/scale_loss)").\n')] == ["NUM001"]


@pytest.mark.parametrize(
    "text",
    [
        "Run `slim` reached a max of 51.75.\n",
        "## Spikes of slim\n\n| what | value |\n|---|---|\n| Max | 51.75 |\n",
        "## Spikes\n\nThe run `slim` has a maximum of 51.75 in scale loss.\n",
    ],
)
@pytest.mark.parametrize(
    "asked",
    [
        "<!-- journal:table t\nvalues: {top: max(train/scale_loss)}\n-->\n<!-- /journal:table -->\n",
        'It ends at [4.5](run:slim "last(train/scale_loss)").\n',
    ],
)
def test_text_without_the_metric_is_about_those_that_the_entry_asks_for(desk: Desk, text: str, asked: str) -> None:
    message = "51.75 is wide's maximum of train/scale_loss, not slim's (73.25)"
    assert [each[3] for each in told(desk, f"{text}\n{asked}")] == [message]
    assert told(desk, f"{text}\n{asked}".replace("51.75", "73.25")) == []
    assert (told(desk, text) != []) is ("scale loss" in text)


def test_what_the_tool_wrote_and_what_is_code_is_not_the_authors(desk: Desk) -> None:
    text = SPIKES.format("51.75")
    spec = "<!-- journal:table t\nmetrics: [train/loss]\n-->"
    assert told(desk, f"{spec}\n\n{text}\n<!-- /journal:table 00000000 -->\n") == []
    assert told(desk, f"```\n{text}```\n") == []


def test_lines_count_as_in_the_file_below_blocks_and_with_other_line_ends(desk: Desk) -> None:
    block = "<!-- journal:table t\nmetrics: [train/loss]\n-->\n\nfilled\n\n<!-- /journal:table 00000000 -->\n\n"
    assert [line for _, line, *_ in told(desk, block + SPIKES.format("51.75"))] == [ABOVE + 13]
    path = desk.root / f"entries/{E1}.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert [found.line for found in findings(desk)] == [ABOVE + 13]


def test_an_entry_of_one_run_has_no_number_of_another(desk: Desk) -> None:
    assert told(desk, SPIKES.format("51.75"), runs="{id: slim0002, as: slim}") == []


@pytest.mark.parametrize("lost", ["wide0001", "slim0002"])
def test_a_run_that_cannot_be_had_is_not_guessed_about(desk: Desk, lost: str) -> None:
    (desk.root / f"wandb/{lost}/metrics.csv").unlink()
    assert told(desk, SPIKES.format("51.75")) == []


def test_runs_are_opened_only_for_a_number_that_may_be_theirs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(Sources, "open", refuse)
    assert told(desk, "The run slim ended at step 4631, at 2.5, and wide, too.\n") == []
    with pytest.raises(AssertionError, match="opened"):
        told(desk, SPIKES.format("51.75"))


def test_a_ratio_is_checked_against_its_cells(desk: Desk) -> None:
    text = "| metric | wide | slim | ratio |\n|---|---|---|---|\n| cost | 1.50 | 3.00 | {} |\n"
    assert told(desk, text.format("2.00x")) == []
    message = "2.20x under 'ratio' does not follow from 1.50 and 3.00: 2.00x"
    assert told(desk, text.format("2.20x")) == [("NUM002", ABOVE + 3, 24, message)]


@pytest.mark.parametrize("heading", ["new / base", "**New**/base", "`base` / `new`"])
def test_a_column_headed_by_two_others_is_their_ratio(desk: Desk, heading: str) -> None:
    text = f"| metric | base | new | {heading} |\n|---|---|---|---|\n| cost | 0.774 | 0.990 | {{}} |\n"
    assert told(desk, text.format("1.28x")) == []
    message = f"1.38x under {heading!r} does not follow from 0.774 and 0.990: 1.28x"
    assert [found[-1] for found in told(desk, text.format("1.38x"))] == [message]
    other = text.replace(heading, "tokens / second")
    assert told(desk, other.format("1.38")) == []


def test_a_word_that_says_the_wrong_way_is_found(desk: Desk) -> None:
    text = "| metric | first | last | trend |\n|---|---|---|---|\n| cost | 2.0 | 4.0 | 2.0x {} |\n"
    assert told(desk, text.format("increase")) == []
    message = "2.0x decrease does not follow from 2.0 and then 4.0"
    assert told(desk, text.format("decrease")) == [("NUM002", ABOVE + 3, 22, message)]


def test_values_cited_for_one_expression_are_compared(desk: Desk) -> None:
    text = 'First [4.5](run:slim "last(train/scale_loss)"), then [{}](run:slim0002 "last(train/scale_loss)").\n'
    assert told(desk, text.format("4.50")) == []
    found = told(desk, text.format("4.7"))
    assert found == [("NUM003", ABOVE + 1, 55, "last(train/scale_loss) of slim is 4.7 here and 4.5 on line 7")]


@pytest.mark.parametrize(
    "asked",
    [
        "<!-- journal:table t\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n",
        "<!-- journal:table t\nvalues: {end: last(loss)}\n-->\n<!-- /journal:table -->\n",
        "<!-- journal:align t\nrun: slim\nmetric: loss\n-->\n<!-- /journal:align -->\n",
        "<!-- journal:plot t\nruns: slim\nmetrics: loss\n-->\n<!-- /journal:plot -->\n",
        'It ends at [0.9](run:wide "2 * last(loss)").\n',
    ],
)
def test_a_metric_of_a_plain_name_is_known_from_what_the_entry_asks_for(desk: Desk, asked: str) -> None:
    table = "## Run slim\n\n| what | max |\n|---|---|\n| loss | {} |\n\n"
    text = table.format("1.5") + table.format("1.7")
    line = ABOVE + 11
    assert told(desk, text) == []
    assert told(desk, f"{text}{asked}") == [
        ("NUM003", line, 10, f"max(loss) of slim is 1.7 here and 1.5 on line {line - 6}")
    ]
    assert told(desk, f"{text}{asked}".replace("loss)", "loss").replace("metric", "?metric")) == []


def test_shares_of_two_totals_are_found(desk: Desk) -> None:
    text = "| what | value |\n|---|---|\n| steps > 50 | 78 (3.6%) |\n| steps > 99 | {} |\n"
    assert told(desk, text.format("51 (2.35%)")) == []
    message = "51 is 2.53% of 2008 to 2019, but 78 is 3.6% of 2109 to 2197 on line 9"
    assert told(desk, text.format("51 (2.53%)")) == [("NUM004", ABOVE + 4, 16, message)]


def test_an_entry_is_read_once_for_all_rules(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def keep(text: str) -> reading.Writing:
        read.append(text)
        return reading.Writing((), ())

    monkeypatch.setattr(reading, "read", keep)
    assert told(desk, SPIKES.format("51.75")) == []
    assert len(read) == 1


def test_an_entry_that_is_too_long_is_not_looked_at(desk: Desk) -> None:
    text = "word\n" * (authored.LONGEST // 4 - 50)
    assert [code for code, *_ in told(desk, SPIKES.format("51.75") + "\n" + text)] == ["NUM001"]
    assert told(desk, SPIKES.format("51.75") + "\n" + text + "word\n" * 50) == []


def test_what_the_tool_wrote_does_not_make_an_entry_too_long(desk: Desk) -> None:
    filled = "word" * authored.LONGEST
    block = f"<!-- journal:table t\nmetrics: [loss]\n-->\n\n{filled}\n\n<!-- /journal:table 00000000 -->\n\n"
    assert [code for code, *_ in told(desk, block + SPIKES.format("51.75"))] == ["NUM001"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_tables_are_found_whatever_the_line_ends(desk: Desk, end: str) -> None:
    table = "| metric | wide | slim | ratio |\n|---|---|---|---|\n| cost | 1.50 | 3.00 | 2.20x |\n"
    path = desk.entry(E1, table, runs=RUNS)
    path.write_bytes(path.read_bytes().replace(b"\n", end.encode()))
    assert [(found.code, found.line) for found in findings(desk)] == [("NUM002", ABOVE + 3)]


HEAD = "| slim | loss max | last | ratio |\n|---|---|---|---|\n"
HOSTILE: dict[str, tuple[str, str, str]] = {
    # What comes once in front, what is repeated, and what comes once behind.
    "blanks": ("", " ", "x 1.234"),
    "letters": ("", "a", ""),
    "pipes": ("", "|", ""),
    "thousands": ("1", ",234", "y"),
    "points": ("1", ".1", "y"),
    "backticks": ("", "`a", ""),
    "escapes": ("", "\\``", ""),
    "links": ("", '](run:x "', ""),
    "titles": ("", '](a "\\"', ""),
    "comments": ("", "<!--", ""),
    "windows": ("slim loss ", "steps 1-2 1.234 ", ""),
    "sentences": ("", "The max loss of slim is 1.234. ", ""),
    "metrics in words": ("max in slim: ", "scale loss of a ", "1.234"),
    "ways": (HEAD.replace("loss max", "first"), "| x | 1.2 | 2.4 | 2x less more |\n", "| x | 1.2 | 2.4 | 2x less |\n"),
    "layers": (
        HEAD,
        "| loss | 1.234 | 2 | 2x |\n| loss | 5.234 | 2 | 2x |\n",
        "\n" + HEAD + "| loss | 1.2 | 2 | 2x |\n",
    ),
    "changes": ("geometry ", "142 → 65 ", ""),
    "blanks in a cell": (HEAD + "| x | 5", " ", "z | 2 | 1x |"),
    "blanks in a share": (HEAD + "| x | 5 ", " ", "(5z) | 2 | 1x |"),
    "signs in a label": (HEAD + "| ", "# ", "x | 1.234 | 2 | 1x |"),
    "rows": (HEAD, "| x | 1.234 | 2 | 2x |\n", ""),
    "rows of one thing": (HEAD, "| loss | 1.234 | 2 | 2x |\n", ""),
    "tables": ("", HEAD + "| loss | 1.234 | 2 | 2x |\n\n", ""),
    "cited values": ("", '[1.234](run:slim "max(loss)") [1.235](run:slim "max(loss)")\n', ""),
    "escaped pipes": ("|a" * 500 + "|\n" + "|-" * 500 + "|\n", "|\\|1.5", "|"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_rules_take_time_in_proportion_to_the_text(desk: Desk, name: str) -> None:
    front, repeated, behind = HOSTILE[name]
    # So that every rule has something to look at.
    known = (
        'The max loss of slim is 1.234: [4.5](run:slim "last(train/loss)").\n\n' + HEAD + "| x | 1.2 | 2.4 | 2x |\n\n"
    )

    def taken(size: int) -> float:
        desk.entry(E1, known + front + repeated * (size // len(repeated)) + behind + "\n", runs=RUNS)
        journal = Journal.open(desk.root)
        scene = Scene(journal, frozenset(journal.paths), Sources(journal.config), None)
        assert scene.entries
        return seconds(lambda: [list(rule.look(rule, scene)) for rule in numbers.RULES])

    taken(10)
    small, large = taken(15_000), taken(60_000)
    # Four times the text: quadratic time would be sixteen times as long.
    assert large < 9 * small + 0.3


def test_every_rule_has_a_code_of_its_own_and_says_what_it_finds() -> None:
    assert [rule.code for rule in numbers.RULES] == ["NUM001", "NUM002", "NUM003", "NUM004"]
    assert all(rule.summary for rule in numbers.RULES)


# What follows is about notes that other people wrote; they are read where they lie.
SPIKE, RATIO, COUNT = ("| Max | 2797.5 |", "| Max | 9084.8 |"), ("1.28x", "1.82x"), ("(2.35%)", "(2.53%)")
CELLS = ("| 0.774 | 0.990 |", "| 0.990 | 0.774 |")
HEADS = ("| IPA (`fej59g91`) | IGA 12D GT-geo (`glhqu344`) |", "| IGA 12D GT-geo (`glhqu344`) | IPA (`fej59g91`) |")
CITED = (
    "{id: fej59g91, as: ipa, role: baseline, label: IPA baseline}, {id: 4jfw6c1f, as: old, label: IGA 12D old}, "
    "{id: glhqu344, as: iga, role: candidate, label: IGA 12D GT-geo}"
)


def stretches(last: int, *parts: tuple[int, int, float]) -> list[float]:
    """One value every ten steps: that of the last part it lies in."""
    return [[value for first, end, value in parts if first <= step <= end][-1] for step in range(0, last, 10)]


@pytest.fixture
def lab(tmp_path: Path) -> Desk:
    """Runs whose numbers are those that one of the notes tells of them, as far as it does."""
    if not SEEDS.is_dir():
        pytest.skip("the notes are not here")
    desk = Desk(tmp_path)
    desk.write("journal.toml", "sections = []\n")
    (tmp_path / "entries").mkdir()
    whole = (0, 99_999)
    trans, rots, scale = "train/trans_loss", "train/rots_vf_loss", "train/ellipsoid_scaling_loss"
    runs: dict[str, tuple[int, dict[str, list[tuple[int, int, float]]]]] = {
        "fej59g91": (9000, {trans: [(*whole, 1.1), (3500, 4000, 0.774)], rots: [(*whole, 1.2), (3500, 4000, 0.756)]}),
        "4jfw6c1f": (4631, {trans: [(*whole, 1.3)], rots: [(*whole, 1.5)], scale: [(*whole, 3.4), (90, 90, 9084.8)]}),
        "glhqu344": (
            7763,
            {
                trans: [(*whole, 1.05), (0, 499, 3.882), (3500, 4000, 0.99), (7263, 7759, 0.768), (7760, 7760, 0.683)],
                rots: [(*whole, 1.1), (0, 499, 1.531), (3500, 4000, 0.93), (7263, 7759, 0.804), (7760, 7760, 0.661)],
                scale: [(*whole, 1.73), (0, 499, 4.573), (5000, 5000, 2797.5), (7263, 7759, 1.656), (7760, 7760, 1.36)],
            },
        ),
    }
    for run, (last, metrics) in runs.items():
        columns = {metric: stretches(last, *parts) for metric, parts in metrics.items()}
        log(desk, run, columns, range(0, last, 10))
    return desk


def note(desk: Desk, number: int, *changes: tuple[str, str]) -> None:
    path = seed(number)
    text = path.read_text(errors="replace")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    desk.entry(f"2026-02-21-note-{number}", text, runs=CITED)


def test_the_notes_as_they_stand_give_one_finding_which_is_true(lab: Desk) -> None:
    for number in range(5):
        note(lab, number)
    assert [(found.code, found.message) for found in findings(lab)] == [
        ("NUM003", "what was 140 before is 65 here and 67.0 on line 87"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (SPIKE, [("NUM001", "9084.8 is old's maximum of train/ellipsoid_scaling_loss, not iga's (2797.5)")]),
        (RATIO, [("NUM002", "1.82x under 'Ratio' does not follow from 0.990 and 0.774: 1.28x")]),
        (COUNT, [("NUM004", "51 is 2.53% of 2008 to 2019, but 78 is 3.6% of 2109 to 2197 on line 74")]),
        (
            CELLS,
            [
                ("NUM001", "0.990 is iga's mean of train/trans_loss over 3500..4000, not ipa's (0.774)"),
                ("NUM001", "0.774 is ipa's mean of train/trans_loss over 3500..4000, not iga's (0.990)"),
            ],
        ),
        (
            HEADS,
            [
                ("NUM001", "0.774 is ipa's mean of train/trans_loss over 3500..4000, not iga's (0.990)"),
                ("NUM001", "0.990 is iga's mean of train/trans_loss over 3500..4000, not ipa's (0.774)"),
                ("NUM001", "0.756 is ipa's mean of train/rots_vf_loss over 3500..4000, not iga's (0.930)"),
                ("NUM001", "0.930 is iga's mean of train/rots_vf_loss over 3500..4000, not ipa's (0.756)"),
            ],
        ),
    ],
    ids=["spike", "ratio", "count", "cells", "heads"],
)
def test_an_error_planted_in_a_note_is_found_and_nothing_else(
    lab: Desk, change: tuple[str, str], expected: list[tuple[str, str]]
) -> None:
    note(lab, 2, change)
    found = [(found.code, found.message) for found in findings(lab)]
    assert [each for each in found if each[0] != "NUM003"] == expected


def test_the_journal_that_this_repository_is_has_no_such_finding() -> None:
    assert findings_at(Path(__file__).parents[2]) == []
