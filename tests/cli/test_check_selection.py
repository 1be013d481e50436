from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import BARE, Desk, refuse_runs

if TYPE_CHECKING:
    from pathlib import Path

E1, E2 = "2026-02-21-one", "2026-02-22-two"
RUNS_USED = ("plain031",)
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(E1, matter="tagz: [x]\nfollows: [nobody]\n")
    desk.entry("old/2026-02-20-old", matter="tagz: [x]\n")
    return desk


def codes(desk: Desk, capsys: Capsys, *options: str) -> list[str]:
    return [each["code"] for each in desk.call(capsys, "check", "--json", *options).json["findings"]]


def test_rules_are_selected_and_left_out_by_codes_and_beginnings(desk: Desk, capsys: Capsys) -> None:
    assert codes(desk, capsys) == ["DOC002", "REF005", "DOC002"]
    assert codes(desk, capsys, "--select", "REF") == ["REF005"]
    assert codes(desk, capsys, "--ignore", "REF,TAB") == ["DOC002", "DOC002"]
    assert codes(desk, capsys, "--select", "DOC,REF", "--ignore", "DOC002") == ["REF005"]
    assert codes(desk, capsys, "--select", "DOC", "--select", "REF", "--ignore", "REF", E1) == ["DOC002"]


def test_the_exit_code_is_of_what_is_selected(desk: Desk, capsys: Capsys) -> None:
    assert desk.call(capsys, "check").code == 1
    assert desk.call(capsys, "check", "--ignore", "REF005").code == 0
    assert desk.call(capsys, "check", "--ignore", "REF005", "--strict").code == 1


def test_the_configuration_selects_and_the_command_line_counts_over_it(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", BARE + '[check]\nselect = ["DOC"]\nignore = ["DOC002"]\n')
    assert codes(desk, capsys) == []
    assert codes(desk, capsys, "--select", "DOC002,REF") == ["DOC002", "REF005", "DOC002"]
    desk.write("journal.toml", BARE + '[check]\nignore = ["DOC002"]\n')
    assert codes(desk, capsys, "--ignore", "REF") == []


def test_the_configuration_leaves_rules_out_for_some_entries(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", BARE + '[check.per-entry]\n"entries/old/*" = ["DOC"]\n')
    assert codes(desk, capsys) == ["DOC002", "REF005"]


@pytest.mark.parametrize(("option", "close"), [("REF05", "REF005"), ("DOCS", "DOC"), ("rex", "REF")])
def test_a_rule_that_there_is_not_is_a_usage_error(desk: Desk, capsys: Capsys, option: str, close: str) -> None:
    for name in ("--select", "--ignore"):
        said = desk.call(capsys, "check", name, option)
        assert (said.code, said.out) == (2, "")
        assert said.err == f"error: no rule's code begins with {option.upper()!r} (did you mean {close!r}?)\n"


@pytest.mark.parametrize("setting", ['select = ["LFI"]', 'ignore = ["LFI"]', 'per-entry = {"entries/*" = ["LFI"]}'])
def test_a_rule_that_there_is_not_is_an_error_of_the_configuration(desk: Desk, capsys: Capsys, setting: str) -> None:
    desk.write("journal.toml", f"{BARE}[check]\n{setting}\n")
    said = desk.call(capsys, "check")
    assert (said.code, said.err.count("LFI")) == (2, 1)
    assert "journal.toml: no rule's code begins with 'LFI'" in said.err


@pytest.mark.usefixtures("settled")
def test_what_is_remembered_is_selected_in_the_same_way(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = [[], ["--select", "DOC"], ["--ignore", "DOC"], ["--select", "TAB"], ["--format", "github"]]
    told = [desk.call(capsys, "check", "--anew", *way) for way in ways]
    assert len({each.out for each in told}) == len(ways)
    monkeypatch.setattr("journal.index.journal.Journal.open", lambda *_, **__: pytest.fail("the journal was looked at"))
    assert [desk.call(capsys, "check", *way) for way in ways] == told


@pytest.mark.usefixtures("settled")
def test_settings_that_changed_count_at_once(desk: Desk, capsys: Capsys) -> None:
    assert codes(desk, capsys) == codes(desk, capsys) == ["DOC002", "REF005", "DOC002"]
    desk.write("journal.toml", BARE + '[check]\nselect = ["REF"]\n')
    assert codes(desk, capsys) == codes(desk, capsys) == ["REF005"]


def test_the_rules_are_listed_for_people_and_for_programmes(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check", "--rules")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "DOC  the entry as a document: front matter, file name, sections, ignores"
    assert "LIF006  error    --fix  two entries that disagree on which replaces which" in lines
    rules = desk.call(capsys, "check", "--rules", "--json").json["rules"]
    assert rules[0] == {
        "code": "DOC001",
        "severity": "error",
        "fixable": False,
        "ignorable": False,
        "summary": "the entry cannot be read",
    }
    assert [rule["code"] for rule in rules] == [line.split()[0] for line in lines if line[3:6].isdigit()]


def test_a_family_or_what_is_selected_is_listed_alone(desk: Desk, capsys: Capsys) -> None:
    family = desk.call(capsys, "check", "--explain", "com")
    assert family.out.splitlines()[0] == "COM  commits in git, and whether runs belong to them"
    assert desk.call(capsys, "check", "--rules", "--select", "com") == family
    rules = desk.call(capsys, "check", "--rules", "--select", "com", "--ignore", "COM001", "--json").json["rules"]
    assert [rule["code"] for rule in rules] == ["COM002", "COM003", "COM004"]


@pytest.mark.parametrize(
    "more", [["--explain", "COM", "--rules"], ["--explain", "COM", "--select", "X"], ["--rules", "--select", "NO"]]
)
def test_options_that_do_not_go_with_the_list_of_rules_are_refused(desk: Desk, capsys: Capsys, more: list[str]) -> None:
    said = desk.call(capsys, "check", *more)
    assert (said.code, said.out) == (2, "")


def test_codes_may_be_written_small(desk: Desk, capsys: Capsys) -> None:
    assert codes(desk, capsys, "--select", "ref,doc002", "--ignore", "ref") == ["DOC002", "DOC002"]


def test_a_rule_is_explained_outside_a_journal_too(tmp_path: Path, capsys: Capsys) -> None:
    desk = Desk(tmp_path)
    said = desk.call(capsys, "check", "--explain", "lif006")
    assert (said.code, said.out.splitlines()[0]) == (
        0,
        "# LIF006: two entries that disagree on which replaces which",
    )
    rule = desk.call(capsys, "check", "--explain", "LIF006", "--json").json["rule"]
    assert (rule["code"], rule["page"]) == ("LIF006", said.out)


def test_a_rule_that_there_is_not_cannot_be_explained(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check", "--explain", "LIF06")
    assert (said.code, said.err) == (2, "error: no rule 'LIF06' (did you mean 'LIF006'?)\n")


# --- the baseline -----------------------------------------------------------------------------------------------------


def test_what_stands_in_the_baseline_is_not_told_again_and_fails_nothing(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check", "--write-baseline")
    assert (said.code, said.out) == (0, "wrote journal-baseline.json: 3 findings\n")
    assert desk.call(capsys, "check", "--strict") == (
        0,
        "",
        "2 entries: 0 errors, 0 warnings (3 more in the baseline)\n",
    )
    desk.write(f"entries/{E1}.md", desk.read(E1).replace("title:", "# moved\n\ntitle:"))
    desk.entry(E2, matter="tagz: [x]\n")
    said = desk.call(capsys, "check", "--json")
    assert [(each["code"], each["path"]) for each in said.json["findings"]] == [("DOC002", f"entries/{E2}.md")]
    assert said.json["summary"]["baseline"] == 3


def test_what_is_gone_from_the_journal_is_told_and_pruned_from_the_baseline(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "check", "--write-baseline")
    desk.entry(E1)
    gone = "2 findings of journal-baseline.json are gone: `journal check --write-baseline`\n"
    assert desk.call(capsys, "check").err.endswith(gone)
    for narrower in ([E1], ["--select", "DOC"], ["--ignore", "TAB"]):
        assert "gone" not in desk.call(capsys, "check", *narrower).err
    assert desk.call(capsys, "check", "--write-baseline").out == "wrote journal-baseline.json: 1 finding\n"
    assert "gone" not in desk.call(capsys, "check").err


def test_a_baseline_may_lie_elsewhere_but_not_outside_the_journal(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", BARE + '[check]\nbaseline = "tools/known.json"\n')
    assert desk.call(capsys, "check", "--write-baseline").out == "wrote tools/known.json: 3 findings\n"
    assert desk.call(capsys, "check").code == 0
    desk.write("journal.toml", BARE + '[check]\nbaseline = "../known.json"\n')
    assert desk.call(capsys, "check").code == 2


def test_what_could_not_be_looked_for_stays_in_the_baseline(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.entry(E2, "[4.75](run:it)\n", runs="{id: tomorrow, as: it}")
    assert desk.call(capsys, "check", "--write-baseline").out.endswith(": 5 findings\n")
    before = (desk.root / "journal-baseline.json").read_bytes()
    with monkeypatch.context() as patch:
        refuse_runs(patch)
        said = desk.call(capsys, "check")
        assert (said.code, "gone" in said.err, "REF004" in said.out) == (3, False, True)
        assert desk.call(capsys, "check", "--write-baseline").code == 3
    after = (desk.root / "journal-baseline.json").read_bytes()
    assert {*before.replace(b",\n", b"\n").splitlines()} < {*after.replace(b",\n", b"\n").splitlines()}


def test_what_is_mended_at_one_place_leaves_the_other_places_in_the_baseline(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", BARE + '[check]\nselect = ["PRV"]\n')
    desk.entry(E1, "/home/mlee/a\n" * 5)
    assert desk.call(capsys, "check", "--write-baseline").code == 0
    assert b'"count": 5' in (desk.root / "journal-baseline.json").read_bytes()
    desk.entry(E1, "/home/mlee/a\n" * 4)
    said = desk.call(capsys, "check")
    assert (said.out, said.err.splitlines()[-1]) == (
        "",
        "1 finding of journal-baseline.json is gone: `journal check --write-baseline`",
    )
    desk.entry(E1, "/home/mlee/a\n" * 6)
    assert "PRV001" in desk.call(capsys, "check").out


def test_a_baseline_that_is_a_folder_is_an_error_with_a_way_out(desk: Desk, capsys: Capsys) -> None:
    (desk.root / "journal-baseline.json").mkdir()
    said = desk.call(capsys, "check")
    assert (said.code, said.out) == (2, "")
    assert "journal-baseline.json: is a folder, and no baseline of findings (name a file" in said.err


@pytest.mark.parametrize("more", [[E1], ["--select", "DOC"], ["--ignore", "DOC"], ["--fix"], ["--diff"]])
def test_a_baseline_is_of_the_whole_journal(desk: Desk, capsys: Capsys, more: list[str]) -> None:
    assert desk.call(capsys, "check", "--write-baseline", *more).code == 2
    assert not (desk.root / "journal-baseline.json").exists()


def test_a_baseline_that_is_none_is_an_error_with_a_way_out(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal-baseline.json", "<<<<<<< HEAD\n")
    said = desk.call(capsys, "check")
    assert (said.code, said.out) == (2, "")
    assert "write it again" in said.err


def test_a_setting_of_checks_that_there_is_not_is_told_with_those_there_are(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", f"{BARE}[check]\nselects = []\n")
    said = desk.call(capsys, "check")
    assert (said.code, said.out) == (2, "")
    assert "setting 'check.selects' is not known (known settings: select, ignore, per-entry," in said.err
