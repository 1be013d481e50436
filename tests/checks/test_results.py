from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

E1 = "2026-02-21-one"
PATH = f"entries/{E1}.md"
BLOCK = "<!-- journal:table losses\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
LINE = 7  # of the opening marker
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def filled(tmp_path: Path, capsys: Capsys) -> Desk:
    desk = Desk.begin(tmp_path)
    desk.entry(E1, BLOCK, runs="{id: faild031, as: it}")
    assert desk.call(capsys, "fill-results").code == 0
    return desk


def the_finding(desk: Desk, capsys: Capsys, *options: str) -> tuple[int, dict[str, Any] | None]:
    said = desk.call(capsys, "check", "--json", *options)
    findings = [finding for finding in said.json["findings"] if finding["code"].startswith("TAB")]
    assert len(findings) <= 1
    return said.code, findings[0] if findings else None


def test_a_check_after_a_fill_finds_nothing(filled: Desk, capsys: Capsys) -> None:
    said = filled.call(capsys, "check", "--strict", "--json")
    assert (said.code, said.json["findings"]) == (0, [])


def rewrite(old: str, new: str) -> Callable[[Desk], None]:
    def change(desk: Desk) -> None:
        text = desk.read(E1)
        assert old in text
        (desk.root / PATH).write_text(text.replace(old, new))

    return change


def replace_log(desk: Desk) -> None:
    raw = (desk.root / f"evidence/{E1}.json").read_text()
    (desk.root / f"evidence/{E1}.json").write_text(raw.replace('"value": 4.75', '"value": 4.7'))


def take_runs_away(desk: Desk) -> None:
    (desk.root / "wandb").rename(desk.root / ".git/wandb")


def drop_evidence(desk: Desk) -> None:
    (desk.root / f"evidence/{E1}.json").unlink()


@pytest.mark.parametrize(
    ("change", "code", "severity", "exit_code", "message"),
    [
        (rewrite("| 4.75 |", "| 4.70 |"), "TAB002", "error", 1, "is edited: text between the markers"),
        (
            rewrite("metrics: [loss]", "metrics: [loss]\nstats: [mean]"),
            "TAB003",
            "error",
            1,
            "is stale: its spec changed",
        ),
        (drop_evidence, "TAB003", "error", 1, "is stale: it has no evidence"),
        (replace_log, "TAB004", "error", 1, "is drifted: loss, it: 4.7 is now 4.75"),
        (take_runs_away, "TAB006", "note", 3, "is unverifiable: run it (faild031) is out of reach"),
    ],
)
def test_a_block_that_no_longer_holds_is_found_at_its_marker(  # noqa: PLR0917
    filled: Desk,
    capsys: Capsys,
    change: Callable[[Desk], None],
    code: str,
    severity: str,
    exit_code: int,
    message: str,
) -> None:
    change(filled)
    before = filled.files()
    found_code, finding = the_finding(filled, capsys)
    assert finding is not None
    assert (finding["code"], finding["severity"], found_code) == (code, severity, exit_code)
    assert (finding["path"], finding["line"], finding["column"]) == (PATH, LINE, 1)
    assert message in finding["message"]
    assert "'losses'" in finding["message"]
    assert finding["hint"]
    assert filled.files() == before


def test_a_result_that_is_not_there_yet_is_a_warning(
    filled: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771700000")  # on the day on which it was written
    filled.entry(E1, BLOCK, runs="{id: faild031, as: it}, {id: tomorrow, as: later}")
    filled.call(capsys, "fill-results")
    code, finding = the_finding(filled, capsys)
    assert finding is not None
    assert (code, finding["code"], finding["severity"], finding["line"]) == (0, "TAB005", "warning", LINE)
    assert "run later (tomorrow) is not there yet" in finding["message"]
    assert the_finding(filled, capsys, "--strict")[0] == 1


def test_blocks_that_lack_the_same_are_told_together_and_how_many_they_are(
    filled: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771700000")
    blocks = "".join(BLOCK.replace("losses", name) for name in ("one", "two", "three"))
    filled.entry(E1, blocks, runs="{id: faild031, as: it}")
    filled.call(capsys, "fill-results")
    take_runs_away(filled)
    _, finding = the_finding(filled, capsys)
    assert finding is not None
    assert "'one' is unverifiable, and 2 blocks below: " in finding["message"]
    filled.entry(E1, blocks, runs="{id: tomorrow, as: it}")
    findings = filled.call(capsys, "check", "--json").json["findings"]
    said = [each for each in findings if each["code"] in {"TAB003", "TAB005"}]
    assert [(each["code"], each["line"]) for each in said if each["code"] == "TAB005"] == [("TAB005", LINE)], said


def test_a_secret_in_a_digest_is_told_once_and_gone_when_it_is_written_anew(filled: Desk, capsys: Capsys) -> None:
    filled.entry("2026-02-23-more", BLOCK, runs="{id: faild031, as: it}")
    filled.call(capsys, "fill-results")
    (digest,) = (filled.root / "evidence/runs").glob("*.json")
    key = "hf_" + "q7Rk2m0Vx8Zt4Lw6Ny1Pb3Dc5Fg9Hj" + "Ks2U"
    digest.write_text(digest.read_text().replace('"config": {', f'"config": {{"hub": "{key}",', 1))
    told = [each for each in filled.call(capsys, "check", "--json").json["findings"] if each["code"] == "PRV004"]
    path = f"evidence/runs/{digest.name}"
    assert [(each["path"], each["message"]) for each in told] == [(path, "this looks like a Hugging Face token")]
    filled.call(capsys, "fill-results")
    assert filled.call(capsys, "check").code == 0
    assert key not in digest.read_text()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("metrics: [loss]", "metrics: [loss]\nfrobs: 1", LINE + 2, "'frobs' is not known here"),
        ("metrics: [loss]", "metrics: [loss]\nstats: [meen]", LINE, "no statistic 'meen'"),
        ("journal:table", "journal:chart", LINE, "no kind of block 'chart'"),
    ],
)
def test_a_block_that_cannot_be_filled_is_found_at_its_place(  # noqa: PLR0917
    filled: Desk, capsys: Capsys, old: str, new: str, line: int, message: str
) -> None:
    rewrite(old, new)(filled)
    code, finding = the_finding(filled, capsys)
    assert finding is not None
    assert (code, finding["code"], finding["path"], finding["line"]) == (1, "TAB001", PATH, line)
    assert message in finding["message"]


def test_broken_evidence_is_found_in_its_own_file(filled: Desk, capsys: Capsys) -> None:
    (filled.root / f"evidence/{E1}.json").write_text("<<<<<<< HEAD\n")
    code, finding = the_finding(filled, capsys)
    assert finding is not None
    assert (code, finding["code"], finding["path"]) == (1, "TAB001", f"evidence/{E1}.json")


def test_a_log_that_is_none_is_found(filled: Desk, capsys: Capsys) -> None:
    filled.log("faild031").write_bytes(b"no log")
    code, finding = the_finding(filled, capsys)
    assert finding is not None
    assert (code, finding["code"], finding["path"], finding["line"]) == (1, "TAB001", PATH, LINE)
    assert "run-faild031.wandb: is not a W&B log" in finding["message"]


def test_evidence_that_nothing_owns_is_found(filled: Desk, capsys: Capsys) -> None:
    rewrite("journal:table losses", "journal:table other")(filled)
    filled.write("evidence/2026-02-20-gone.json", "{}")
    said = filled.call(capsys, "check", "--json")
    orphans = [(each["path"], each["message"]) for each in said.json["findings"] if each["code"] == "TAB007"]
    assert orphans == [
        ("evidence/2026-02-20-gone.json", "belongs to no entry"),
        (f"evidence/{E1}.json", f"holds a block 'losses' that {PATH} does not have"),
    ]
    filled.call(capsys, "fill-results")
    said = filled.call(capsys, "check", "--json")
    assert [each["path"] for each in said.json["findings"]] == ["evidence/2026-02-20-gone.json"]


def digest_of(desk: Desk) -> Path:
    (path,) = (desk.root / "evidence/runs").glob("*.json")
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes().replace(b'"n": ', b'"n": 1', 1)), "is not what its run"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\n"), "is not what its run"),
        (lambda path: path.unlink(), "is missing"),
    ],
)
def test_a_digest_that_does_not_say_what_its_run_does_is_an_error_that_a_fill_mends(
    filled: Desk, capsys: Capsys, change: Callable[[Path], None], said: str
) -> None:
    path = digest_of(filled)
    right = path.read_bytes()
    change(path)
    code, finding = the_finding(filled, capsys)
    assert finding is not None
    assert (code, finding["code"], finding["path"]) == (1, "TAB008", f"evidence/runs/{path.name}")
    assert finding["message"].startswith(said)
    filled.call(capsys, "fill-results")
    assert path.read_bytes() == right
    assert the_finding(filled, capsys) == (0, None)


def test_a_digest_of_a_run_that_no_entry_rests_on_is_found(filled: Desk, capsys: Capsys) -> None:
    other = digest_of(filled).with_name("other-00000000.json")
    other.write_bytes(digest_of(filled).read_bytes())
    code, finding = the_finding(filled, capsys)
    assert finding is not None
    assert (code, finding["code"], finding["path"]) == (0, "TAB007", "evidence/runs/other-00000000.json")


def what_is_held(desk: Desk, capsys: Capsys, gone: str) -> str:
    """What the evidence is said to hold once the lines that begin so are taken out of a filled entry."""
    assert desk.call(capsys, "fill-results").code == 0
    left = [line for line in desk.read(E1).splitlines(keepends=True) if not line.startswith(gone)]
    (desk.root / PATH).write_text("".join(left))
    code, finding = the_finding(desk, capsys)
    assert finding is not None
    assert (code, finding["code"]) == (0, "TAB007")
    return str(finding["message"])


def test_evidence_of_a_cited_value_that_was_taken_out_is_found(tmp_path: Path, capsys: Capsys) -> None:
    desk = Desk.begin(tmp_path)
    desk.entry(E1, f'{BLOCK}\nNow [TBD](run:it "last(loss)").\n', runs="{id: faild031, as: it}")
    held = what_is_held(desk, capsys, "Now [4.75]")
    assert held == f"holds a cited value 'it last(loss)' that {PATH} does not have"


def test_evidence_of_a_prediction_that_was_taken_out_is_found(tmp_path: Path, capsys: Capsys) -> None:
    desk = Desk.begin(tmp_path)
    matter = "predictions: [{claim: c, expect: last(loss)@it < 9}]\n"
    desk.entry(E1, BLOCK, runs="{id: faild031, as: it}", matter=matter)
    held = what_is_held(desk, capsys, "predictions:")
    assert held == f"holds a prediction 'last(loss)@it < 9' that {PATH} does not have"


def test_no_entry_may_lie_where_the_digests_of_runs_do(tmp_path: Path, capsys: Capsys) -> None:
    desk = Desk.begin(tmp_path)
    desk.entry("runs/2026-02-21-two", BLOCK, runs="{id: faild031, as: it}")
    code, finding = the_finding(desk, capsys)
    assert finding is not None
    assert (code, finding["code"]) == (1, "TAB001")
    assert finding["message"] == "no entry may lie in a folder called 'runs'"
