from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import jsonschema
import pytest

from desk import Desk
from journal.checks.check import RULES
from journal.cli.finding_lines import put_annotations
from journal.cli.sarif import sarif

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.finding import FindingShape

E1, E2 = "2026-02-21-one", "2026-02-22-two"
RUNS_USED = ("plain031",)
UPDATE = "updates:\n  - {at: 2026-03-01T10:00:00+08:00, status: concluded}\n"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(E1, matter="tagz: [x]\nfollows: [nobody]\n")
    desk.entry(E2, matter=UPDATE)
    return desk


def finding(**more: Any) -> FindingShape:
    blank = {"severity": "error", "line": None, "column": None, "hint": None, "fix": None}
    return cast("FindingShape", {"code": "DOC001", "path": "entries/a.md", "message": "m", **blank, **more})


# --- github -----------------------------------------------------------------------------------------------------------


def test_github_is_told_file_line_and_title(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check", E1, "--format", "github")
    path, nobody = f"entries/{E1}.md", "follows: no entry 'nobody'"
    assert said.code == 1
    assert said.out.splitlines() == [
        f"::warning file={path},line=4,col=1,title=DOC002 warning::unknown field 'tagz' (did you mean 'tags'?)",
        f"::error file={path},line=5,col=11,title=REF005 error::{nobody} (`journal list` shows the ids)",
    ]


def test_github_files_begin_where_the_repository_does(tmp_path: Path, capsys: Capsys) -> None:
    Desk(tmp_path).init()
    desk = Desk(tmp_path / "notes/lab")
    desk.write("journal.toml", "sections = []\n")
    desk.entry(E1, matter="tagz: [x]\n")
    said = desk.call(capsys, "check", "--format", "github")
    assert said.out.startswith(f"::warning file=notes/lab/entries/{E1}.md,line=4,")
    assert f'"uri": "notes/lab/entries/{E1}.md"' in desk.call(capsys, "check", "--format", "sarif").out


def test_no_text_of_an_entry_makes_a_command_of_its_own(capsys: Capsys) -> None:
    bad = finding(path="entries/a,b:c%.md", message="50%\r\n::error::x", severity="note", hint="a\nb")
    put_annotations([bad], "")
    assert capsys.readouterr().out == (
        "::notice file=entries/a%2Cb%3Ac%25.md,title=DOC001 note::50%25%0D%0A::error::x (a%0Ab)\n"
    )


def test_the_surroundings_do_not_change_the_format(desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.call(capsys, "check")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert desk.call(capsys, "check") == before


# --- sarif ------------------------------------------------------------------------------------------------------------

_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
_FILE = {
    "type": "object",
    "required": ["uri", "uriBaseId"],
    "additionalProperties": False,
    "properties": {"uri": {"type": "string", "pattern": r"^(?!/)[!-~]+$"}, "uriBaseId": {"const": "%SRCROOT%"}},
}
_REGION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "startLine": {"type": "integer", "minimum": 1},
        "startColumn": {"type": "integer", "minimum": 1},
        "byteOffset": {"type": "integer", "minimum": 0},
        "byteLength": {"type": "integer", "minimum": 0},
    },
}


def _list(of: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": least}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    """An object with these properties and no other; those whose names end with `_` may be left out."""
    named = {name.rstrip("_"): shape for name, shape in properties.items()}
    required = [name for name in properties if not name.endswith("_")]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": named}


_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_INSERTED = _object(text={"type": "string"})
_CHANGE = _object(
    artifactLocation=_FILE, replacements=_list(_object(deletedRegion=_REGION, insertedContent=_INSERTED), 1)
)
_RESULT = _object(
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=_LEVEL,
    message=_TEXT,
    locations=_list(_object(physicalLocation=_object(artifactLocation=_FILE, region_=_REGION))),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    fixes_=_list(_object(description=_TEXT, artifactChanges=_list(_CHANGE, 1)), 1),
)
_RULE = _object(id={"type": "string"}, shortDescription=_TEXT, help=_TEXT, defaultConfiguration=_object(level=_LEVEL))
_DRIVER = _object(name={"type": "string"}, version={"type": "string"}, rules=_list(_RULE))
_RUN = _object(
    tool=_object(driver=_DRIVER), columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]}, results=_list(_RESULT)
)
SARIF = _object(**{"$schema": {"type": "string"}, "version": {"const": "2.1.0"}, "runs": _list(_RUN, 1)})
"""What SARIF 2.1.0 asks of the parts that are used here; the published schema allows more."""


def test_sarif_has_the_form_that_its_standard_asks_for(desk: Desk, capsys: Capsys) -> None:
    desk.write("entries/2026-02-23 blank é.md", "words\n")
    log = json.loads(desk.call(capsys, "check", "--format", "sarif").out)
    jsonschema.validate(log, SARIF)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    assert {result["ruleId"] for result in run["results"]} >= {"DOC001", "DOC002", "REF005", "LIF001"}
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert len({result["partialFingerprints"]["journalFinding/v1"] for result in run["results"]}) == len(run["results"])


def test_sarif_holds_the_fixes_as_bytes_of_the_file(desk: Desk, capsys: Capsys) -> None:
    log = json.loads(desk.call(capsys, "check", "--select", "LIF001", "--format", "sarif").out)
    ((result,), raw) = log["runs"][0]["results"], (desk.root / f"entries/{E2}.md").read_bytes()
    (fix,) = result["fixes"]
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    region = replacement["deletedRegion"]
    start, end = region["byteOffset"], region["byteOffset"] + region["byteLength"]
    mended = raw[:start] + replacement["insertedContent"]["text"].encode() + raw[end:]
    assert desk.call(capsys, "check", "--select", "LIF001", "--fix").code == 0
    assert (desk.root / f"entries/{E2}.md").read_bytes() == mended


def test_sarif_fingerprints_outlive_lines_that_move_and_tell_findings_apart() -> None:
    def prints(*findings: FindingShape) -> list[str]:
        (run,) = sarif(findings, RULES, "")["runs"]
        return [result["partialFingerprints"]["journalFinding/v1"] for result in run["results"]]

    one, two = prints(finding(line=3), finding(line=9))
    assert one != two
    assert prints(finding(line=30), finding(line=31)) == [one, two]
    assert prints(finding(message="other")) != [one]


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_files_of_any_name_are_told_in_any_format(desk: Desk, capsys: Capsys, form: str) -> None:
    (desk.root / "entries" / os.fsdecode(b"2026-02-23-\xff\x1b.md")).write_bytes(b"words\n")
    said = desk.call(capsys, "check", "--anew", "--select", "DOC001", "--format", form)
    assert (said.code, said.out.count("2026-02-23-")) == (1, 1)
    assert "\x1b" not in said.out
    assert desk.call(capsys, "check", "--write-baseline").code == 0
    assert desk.call(capsys, "check", "--select", "DOC001", "--format", form).code == 0


# --- json and people --------------------------------------------------------------------------------------------------


def test_json_is_json_by_either_name_and_holds_the_fix(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check", "--json")
    assert desk.call(capsys, "check", "--format", "json") == said
    assert said.json["summary"] == {
        "errors": 1,
        "warnings": 2,
        "notes": 0,
        "fixable": 1,
        "ignored": 0,
        "baseline": 0,
    }
    (fix,) = [each["fix"] for each in said.json["findings"] if each["fix"]]
    assert fix["said"] == "set `status: concluded`"
    assert {"path", "start", "end", "new", "sha256"} == set(fix["edits"][0])
    assert desk.call(capsys, "check", "--json", "--format", "sarif").code == 2


def test_people_are_told_what_can_be_fixed(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check")
    assert said.err == "2 entries: 1 error, 2 warnings\n1 can be fixed: `journal check --fix`\n"


def seen(desk: Desk, *args: str, **environment: str) -> str:
    """What a terminal of 60 columns shows of a check."""
    ours, theirs = pty.openpty()
    more = {"TERM": "xterm", "COLUMNS": "60", **environment}
    with subprocess.Popen(
        [sys.executable, "-m", "journal", "check", *args],
        cwd=desk.root,
        env={**os.environ, **more},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as child:
        os.close(theirs)
        shown = b""
        with os.fdopen(ours, "rb", buffering=0) as screen:
            try:
                while part := screen.read(4096):
                    shown += part
            except OSError:  # so Linux says that it was closed
                pass
        child.wait()
    return shown.decode().replace("\r\n", "\n")


def test_a_terminal_shows_findings_below_their_file_with_the_line_and_a_caret(desk: Desk) -> None:
    desk.entry(E1, matter=f"tags: [{'x, ' * 40}y]\nfollows: [状态, nobody]\n")
    shown = seen(desk, "--select", "REF,LIF", NO_COLOR="1")
    assert shown.splitlines()[:10] == [
        f"entries/{E1}.md",
        " 5:11 error REF005  follows: no entry '状态'",
        "      follows: [状态, nobody]",
        "                ^",
        "      `journal list` shows the ids",
        " 5:15 error REF005  follows: no entry 'nobody'",
        "      follows: [状态, nobody]",
        "                      ^",
        "      `journal list` shows the ids",
        "",
    ]
    assert shown.splitlines()[10] == f"entries/{E2}.md"
    assert shown.splitlines()[-2:] == ["      --fix can set `status: concluded`", ""]
    assert "\x1b" not in shown
    assert "\x1b[1;31merror REF005" in seen(desk, "--select", "REF")


def test_a_line_too_long_for_the_terminal_is_cut_around_the_place(desk: Desk) -> None:
    desk.entry(E1, "x" * 200 + " [4.75](run:it) " + "y" * 200 + "\n")
    lines = seen(desk, "--select", "DOC007", NO_COLOR="1").splitlines()
    assert max(map(len, lines)) <= 60
    (caret,) = (number for number, line in enumerate(lines) if line.strip() == "^")
    assert lines[caret - 1][lines[caret].index("^") :].startswith("[4.75](run:it)")


def test_messages_and_hints_break_between_words_and_hang_below_their_place(desk: Desk) -> None:
    desk.entry(E1, matter="commits: [0badc0de0badc0de]\n")
    desk.commit("Start")
    lines = seen(desk, "--select", "REF001", NO_COLOR="1").splitlines()
    assert lines[1:3] == [
        " 4:11 error REF001  commit 0badc0de0badc0de is not in this",
        "      repository",
    ]
    assert lines[5].startswith("      check the sha, ")
    assert max(map(len, lines)) <= 60


def test_a_page_is_wrapped_between_words_on_a_terminal_and_its_examples_are_not(desk: Desk) -> None:
    lines = seen(desk, "--explain", "COM002", NO_COLOR="1").splitlines()
    assert "- *proven*: the run's commit is the entry's or contains it," in lines
    assert "  and its tree was clean;" in lines
    assert "commits: [4f1c2ab]" in lines
    assert max(len(line) for line in lines if not line.startswith("```")) <= 60
