from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from desk import Desk, truth
from journal.authoring.found_runs import alias as alias_of
from journal.authoring.found_runs import shortest
from journal.authoring.new import Wanted, create
from journal.cli.app import run
from journal.errors import AmbiguousRun
from journal.index.journal import Journal
from journal.index.naming import MAX_SLUG
from journal.model.life import Author
from journal.model.revision import Commit
from journal.model.run import RunHead
from journal.revisions import Repository
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


RUNS_USED = ("faild031", "large016", "large031", "nestd031", "plain016", "plain031")
EPOCH = "1771671675"  # 2026-02-21T11:01:15Z
DAY = "2026-02-21"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    return Desk.with_runs(tmp_path / "lab", RUNS_USED, 'sections = ["Context"]\n')


def refused(desk: Desk, capsys: Capsys, *args: str, code: int = 1) -> str:
    """The one line of a `new` that fails and writes nothing."""
    before = desk.files()
    said = desk.call(capsys, "new", *args)
    assert said.code == code
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("error: ")
    assert desk.files() == before
    return line


def test_a_title_alone_makes_an_entry_that_the_check_accepts(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "new", "What I tried")
    assert said.out == f"entries/{DAY}-what-i-tried.md\n"
    entry = desk.made(said)
    assert entry.title == "What I tried"
    assert entry.front_matter.created.moment == datetime(2026, 2, 21, 11, 1, 15, tzinfo=UTC)
    assert entry.front_matter.status == "planned"
    assert [section.heading for section in entry.sections] == [
        *("Context", "Change", "Rationale", "Runs", "Results", "Next steps")
    ]
    said = desk.call(capsys, "check", "--strict")
    assert (said.code, said.out) == (0, "")


def test_the_author_is_gits_user_or_else_the_commits(desk: Desk, capsys: Capsys) -> None:
    sha = desk.commit("Clamp", author="Grace Hopper <grace@example.org>")
    first = desk.made(desk.call(capsys, "new", "--from-commit", sha))
    assert first.front_matter.authors == (Author(name="Grace Hopper"),)
    assert desk.made(desk.call(capsys, "new", "no author known")).front_matter.authors == ()
    desk.git("config", "user.name", 'O"Neil: x')
    last = desk.made(desk.call(capsys, "new", "--from-commit", sha))
    assert last.front_matter.authors == (Author(name='O"Neil: x'),)


def test_a_commit_gives_title_author_date_and_the_files_it_touched(desk: Desk, capsys: Capsys) -> None:
    desk.write("old.py", "".join(f"line {number}\n" for number in range(20)))
    desk.write("binary.bin", bytes(range(256)))
    desk.commit("Start")
    desk.write("train.py", "a\nb\nc\n")
    desk.write("a|b_c_.txt", "x\n")
    desk.git("mv", "old.py", "new.py")
    desk.write("binary.bin", bytes(reversed(range(256))))
    sha = desk.commit("Clamp the *logits*\n\nBecause they saturate.\n\n- first\n- second\n")
    entry = desk.made(desk.call(capsys, "new", "--from-commit", sha[:9]))
    assert entry.title == "Clamp the *logits*"
    assert entry.id == f"{DAY}-clamp-the-logits"
    (ref,) = entry.front_matter.commits
    assert sha.startswith(ref.sha)
    assert ref.note == "Clamp the *logits*"
    change = next(section.text for section in entry.sections if section.heading == "Change")
    assert f"Commit {sha[:7]}, Clamp the &#42;logits&#42; (Ada Lovelace, 2026-02-21 19:01:15+08:00):" in change
    listed = [line for line in change.splitlines() if re.match(r"- .*, ", line)]
    assert listed == [
        "- a&#124;b_c&#95;.txt, new, +1",
        "- `binary.bin`, binary",
        "- `train.py`, new, +3",
    ]
    assert "\n- `new.py` (was `old.py`)\n" in change
    assert "```text\nBecause they saturate.\n\n- first\n- second\n```\n" in change
    assert desk.call(capsys, "check").code == 0


def test_a_commit_without_files_says_so(desk: Desk, capsys: Capsys) -> None:
    desk.commit("Start")
    desk.commit("Nothing at all")
    desk.call(capsys, "new", "--from-commit", "HEAD")
    assert "- no files" in desk.read(f"{DAY}-nothing-at-all")


def test_two_commits_stand_both_in_the_entry_and_the_title_names_the_first(desk: Desk, capsys: Capsys) -> None:
    first = desk.commit("First change")
    desk.write("x", "1\n")
    second = desk.commit("Second change")
    entry = desk.made(desk.call(capsys, "new", "--from-commit", first, "--from-commit", "HEAD"))
    assert entry.title == "First change, and 1 more commit"
    assert [ref.sha for ref in entry.front_matter.commits] == [first[:7], second[:7]]
    change = next(section.text for section in entry.sections if section.heading == "Change")
    assert change.index("First change") < change.index("Second change")


def test_a_title_goes_before_the_subject(desk: Desk, capsys: Capsys) -> None:
    desk.commit("Subject")
    assert desk.made(desk.call(capsys, "new", "Mine", "--from-commit", "HEAD")).title == "Mine"


def test_the_runs_that_recorded_the_commit_are_found(tmp_path: Path, capsys: Capsys) -> None:
    desk = Desk.begin(tmp_path)
    recorded = truth("plain031")["commit"]

    class Elsewhere(Repository):
        """The repository in which the fixtures were made, as far as `create` asks."""

        def commits(self, revisions: Sequence[str]) -> tuple[Commit, ...]:  # noqa: ARG002
            moment = datetime(2026, 1, 5, 12, tzinfo=UTC)
            return (Commit(sha=recorded, subject="Floor", body="", author="Ada", authored=moment),)

    journal = Journal.open(desk.root)
    entry = create(journal, Sources(journal.config), Elsewhere(desk.root), Wanted(commits=("x",))).entry
    runs = {ref.id: ref.role for ref in entry.front_matter.runs}
    assert runs == {
        f"{kind}{sdk}": "candidate" for kind in ("plain", "nestd", "faild", "killd", "large") for sdk in ("016", "031")
    }
    assert [ref.id for ref in entry.front_matter.runs] == sorted(runs, key=lambda run: truth(run)["started"])
    assert desk.call(capsys, "fill-results").code == 0


def test_runs_are_named_with_their_role_and_a_first_table_compares_them(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(
        capsys, "new", "Compare", "--run", "baseline:plain031", "--run", "candidate:attention-lab/sigma-floor/large031"
    )
    entry = desk.made(said)
    assert [(ref.id, ref.role) for ref in entry.front_matter.runs] == [
        ("plain031", "baseline"),
        ("large031", "candidate"),
    ]
    assert entry.front_matter.status == "running"
    assert [block.kind for block in entry.blocks] == ["runs", "table"]
    assert desk.call(capsys, "fill-results").code == 0
    assert "| metric | plain031 | large031 | large031 / plain031 |" in desk.read(entry.id)
    assert "| train/loss | 2.14 | 0.883 | 0.412× |" in desk.read(entry.id)
    assert desk.call(capsys, "check", "--strict").code == 0


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("ipa-baseline", "ipa-baseline"),
        ("_x.1", "_x.1"),
        ("taken", None),
        ("it", None),
        ("mixed bag", None),
        ("1st", None),
        ("größe", None),
        ("a" * 33, None),
        ("", None),
        (None, None),
    ],
)
def test_a_display_name_becomes_the_handle_where_it_can_be_one(name: str | None, alias: str | None) -> None:
    assert alias_of(RunHead(id="it", name=name, place="x"), {"taken"}) == alias


def test_a_display_name_that_cannot_be_a_handle_becomes_the_label(desk: Desk, capsys: Capsys) -> None:
    entry = desk.made(desk.call(capsys, "new", "Names", "--run", "plain031", "--run", "nestd031"))
    assert [(ref.alias, ref.label) for ref in entry.front_matter.runs] == [
        (None, truth("plain031")["name"]),
        (None, truth("nestd031")["name"]),
    ]


def test_a_run_given_twice_stands_once_and_a_name_that_two_have_is_refused(desk: Desk, capsys: Capsys) -> None:
    folder = str(desk.folder("large031").relative_to(desk.root))
    said = desk.call(capsys, "new", "Many ways", "--run", folder, "--run", "candidate:large031")
    assert [ref.id for ref in desk.made(said).front_matter.runs] == ["large031"]
    for reference in (truth("plain031")["name"], "larg"):
        assert "names 2 runs" in refused(desk, capsys, "Ambiguous", "--run", reference)


def test_two_folders_of_one_id_are_one_run_and_each_goes_by_its_folder(desk: Desk, capsys: Capsys) -> None:
    raw = desk.log("large031").read_bytes()
    desk.write("wandb/run-20270101_000000-large031/run-large031.wandb", raw[: len(raw) // 2])
    whole = desk.made(desk.call(capsys, "new", "Which", "--run", "large031"))
    assert [ref.id for ref in whole.front_matter.runs] == ["large031"]
    entry = desk.made(desk.call(capsys, "new", "That", "--run", "wandb/run-20270101_000000-large031"))
    assert [ref.id for ref in entry.front_matter.runs] == ["wandb/run-20270101_000000-large031"]
    assert desk.call(capsys, "fill-results").code == 0
    assert desk.evidence(entry.id)["runs"].popitem()[1]["origin"]["bytes"] == len(raw) // 2


def test_beside_the_run_at_home_another_of_its_id_goes_by_its_folder(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", 'entity = "attention-lab"\nproject = "sigma-floor"\n')
    desk.write("wandb/run-20270101_000000-large031/run-large031.wandb", desk.log("large031").read_bytes()[:7])
    references = ("large031", "wandb/run-20270101_000000-large031")
    said = desk.call(capsys, "new", "Home", "--run", references[0], "--run", references[1])
    assert tuple(ref.id for ref in desk.made(said).front_matter.runs) == references


@pytest.mark.parametrize(
    ("answers", "reference"),
    [
        ({"it": "mine"}, "it"),
        ({"it": "other", "a/b/it": "mine"}, "a/b/it"),
        ({"a/b/it": "mine"}, "a/b/it"),
        ({"it": "other", "a/b/it": "other"}, "wandb/run-it"),
        ({}, "wandb/run-it"),
    ],
)
def test_a_run_goes_by_the_shortest_reference_that_means_it_alone(answers: dict[str, str], reference: str) -> None:
    heads = {
        name: RunHead(id="it", entity="a", project="b", name=name, place="wandb/run-it") for name in ("mine", "other")
    }

    class Found:
        """Sources that know a few references, and take any other for ambiguous."""

        def find(self, asked: str) -> RunHead:
            if asked not in answers:
                raise AmbiguousRun("several")
            return heads[answers[asked]]

    assert shortest(cast("Sources", Found()), heads["mine"]) == reference


TITLES = [
    'She said "no"',
    "fix: clamp, then log",
    "# not a heading",
    "it's - a [list], {map} & *anchor !tag |",
    "--- yes: no",
    "null",
    "1e5",
    "@handle `code` % x",
    "trailing colon:",
    "\\N{backslash} \\ ",
    "注意力 饱和",
    "Größe ±8 “σ” — naïve",
    "emoji 🎉 and \u200bzero width",
    "مرحبا",
    "a" * 300,
    "word " * 60,
    "注意" * 150,
    "tab\tand\nnewline\r\nend",
    "<b>bold</b> **x** {{ 7 * 7 }} {% raw %}",
    "...",
    "!!!",
]


@pytest.mark.untraced
@pytest.mark.parametrize("title", TITLES)
def test_any_title_reads_back_as_it_was_given(desk: Desk, capsys: Capsys, title: str) -> None:
    entry = desk.made(desk.call(capsys, "new", "--", title))
    assert entry.title == " ".join(title.split())
    assert re.fullmatch(r"2026-02-21-[^\s/]+", entry.id)
    assert len(entry.id) <= len(DAY) + 1 + MAX_SLUG
    assert desk.call(capsys, "check", "--strict").code == 0
    assert desk.call(capsys, "show", entry.id).code == 0


@pytest.mark.untraced
@pytest.mark.parametrize("title", TITLES)
def test_any_subject_and_file_name_makes_an_entry(desk: Desk, capsys: Capsys, title: str) -> None:
    name = re.sub(r"[/\0\r\n\t]", "_", title)[:60].strip() + ".py"
    desk.write(name, "x\n")
    desk.commit(title + "\n\n" + title + "\n## Results\n<!-- journal:table -->\n```\n")
    entry = desk.made(desk.call(capsys, "new", "--from-commit", "HEAD"))
    assert [section.heading for section in entry.sections].count("Results") == 1
    assert [block.kind for block in entry.blocks] == ["runs"]  # of the template


def test_a_subject_with_control_characters_makes_a_clean_entry(desk: Desk, capsys: Capsys) -> None:
    desk.commit("Red \x1b[31malert\x07 \x85 \ufeff done", author="Ada\x1b[0m <a@b>")
    entry = desk.made(desk.call(capsys, "new", "--from-commit", "HEAD"))
    assert entry.title == "Red �[31malert� \ufeff done"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", desk.read(entry.id))


def test_the_same_title_again_gets_a_number(desk: Desk, capsys: Capsys) -> None:
    names = [
        desk.call(capsys, "new", title).out.strip() for title in ("Clamp it", "clamp   it!", "Clamp It", "Clamp it 2")
    ]
    assert names == [f"entries/{DAY}-clamp-it{end}.md" for end in ("", "-2", "-3", "-2-2")]


def test_an_id_is_not_taken_again_from_an_entry_in_a_subfolder_or_a_broken_one(desk: Desk, capsys: Capsys) -> None:
    desk.write(f"entries/2026/{DAY}-one.md", "broken")
    assert desk.call(capsys, "new", "one").out == f"entries/{DAY}-one-2.md\n"


@pytest.mark.parametrize("epoch", ["", "soon", "1.5", "99999999999999", "²", "-99999999999999"])
def test_a_source_date_that_is_none_is_a_usage_error(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert "SOURCE_DATE_EPOCH is" in refused(desk, capsys, "x", code=2)


def test_without_a_source_date_the_entry_has_the_local_offset(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    created = desk.made(desk.call(capsys, "new", "now")).front_matter.created
    assert created.offset == datetime.now().astimezone().utcoffset()
    assert abs((datetime.now(UTC) - created.moment).total_seconds()) < 60


def test_a_template_of_ones_own_is_used(desk: Desk, capsys: Capsys) -> None:
    desk.write(
        "templates/short.md",
        "---\r\ntitle: {{ title | yaml }}\r\ncreated: {{ created }}\r\n"
        "runs: [{% for run in runs %}{id: {{ run.reference }}, as: r{{ loop.index }}}{% endfor %}]\r\n---\r\n"
        "{{ runs[0].project }} {{ metrics | join(',') }}",
    )
    entry = desk.made(desk.call(capsys, "new", "a: b", "--template", "short", "--run", "faild031"))
    assert entry.title == "a: b"
    assert desk.read(entry.id).endswith("sigma-floor loss")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no front matter", "does not make an entry: the entry has no front matter"),
        ("---\ntitle: {{ title }}\n---\n", "does not make an entry: 'created' is missing"),
        ("---\ntitle: x\ncreated: {{ created }}\n---\n<!-- journal:table -->\n", "does not make an entry"),
        ("---\n{{ nobody }}\n---\n", "templates/own.md:2: cannot be rendered: 'nobody' is undefined"),
        ("---\n{% if %}\n---\n", "templates/own.md:2: "),
        ("---\n{{ ''.__class__.__mro__ }}\n---\n", "templates/own.md:2: cannot be rendered"),
    ],
)
def test_a_template_that_makes_no_entry_is_an_error(desk: Desk, capsys: Capsys, text: str, message: str) -> None:
    desk.write("templates/own.md", text)
    assert message in refused(desk, capsys, "x", "--template", "own")


def test_an_unknown_template_lists_the_known_ones(desk: Desk, capsys: Capsys) -> None:
    assert "templates: debugging, decision, experiment, " in refused(desk, capsys, "x", "--template", "nope")


@pytest.mark.parametrize(
    "revision", ["nope", "HEAD~99", "deadbeef", "HEAD^{tree}", "HEAD..HEAD", "", "HEAD:x", "a b\n"]
)
def test_an_unknown_revision_is_an_error(desk: Desk, capsys: Capsys, revision: str) -> None:
    desk.commit("Start")
    assert repr(revision)[1:-1] in refused(desk, capsys, "--from-commit", revision)


@pytest.mark.parametrize("revision", ["--output=pwned", "-h", "--all", "--exec=touch pwned"])
def test_an_option_in_the_place_of_a_revision_is_an_error_and_runs_nothing(
    desk: Desk, capsys: Capsys, revision: str
) -> None:
    desk.commit("Start")
    assert "is not a revision" in refused(desk, capsys, f"--from-commit={revision}")


def test_an_ambiguous_revision_lists_the_commits(desk: Desk, capsys: Capsys) -> None:
    shas: dict[str, str] = {}
    head = desk.commit("Start")
    for number in range(2000):
        sha = desk.git("commit-tree", f"{head}^{{tree}}", "-m", f"number {number}")
        if sha[:4] in shas:
            assert "2 commits" in refused(desk, capsys, "--from-commit", sha[:4])
            return
        shas[sha[:4]] = sha
    raise AssertionError("no two shas began alike")


def test_a_tree_and_a_file_are_no_commits(desk: Desk, capsys: Capsys) -> None:
    desk.commit("Start")
    for kind in ("HEAD^{tree}", "HEAD:journal.toml"):
        sha = desk.git("rev-parse", kind)
        assert sha in refused(desk, capsys, "--from-commit", sha)


def test_a_commit_without_a_repository_is_a_usage_error(tmp_path: Path, capsys: Capsys) -> None:
    desk = Desk(tmp_path)
    desk.write("journal.toml", "")
    assert "--from-commit needs a git repository" in refused(desk, capsys, "--from-commit", "HEAD", code=2)
    assert desk.made(desk.call(capsys, "new", "Without git")).title == "Without git"


@pytest.mark.parametrize("args", [(), ("",), ("  ",), ("--run", "plain031")])
def test_without_title_and_commit_there_is_nothing_to_write(desk: Desk, capsys: Capsys, args: tuple[str, ...]) -> None:
    assert "a new entry needs a title" in refused(desk, capsys, *args, code=2)


@pytest.mark.parametrize(
    ("reference", "message"),
    [("nobody", "no run 'nobody'"), ("plain032", "did you mean plain031"), ("", "empty"), ("baseline:", "empty")],
)
def test_an_unknown_run_is_an_error(desk: Desk, capsys: Capsys, reference: str, message: str) -> None:
    assert message in refused(desk, capsys, "x", "--run", reference)


def test_a_role_that_is_none_is_told_of_with_those_there_are(desk: Desk, capsys: Capsys) -> None:
    said = refused(desk, capsys, "x", "--run", "candidat:plain031", code=2)
    assert "there is no role 'candidat'; roles are baseline, candidate and reference" in said
    assert "write candidate:plain031" in said
    assert "no run 'candidat:nobody'" in refused(desk, capsys, "x", "--run", "candidat:nobody")


def test_a_folder_that_is_a_file_is_an_error(desk: Desk, capsys: Capsys) -> None:
    (desk.root / "entries").rmdir()
    desk.write("entries", "a file")
    assert "entries" in refused(desk, capsys, "x")


def test_json_gives_the_entry(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "new", "Größe", "--json")
    assert said.json == {
        "schema_version": 1,
        "entry": {
            "id": f"{DAY}-grösse",
            "path": f"entries/{DAY}-grösse.md",
            "title": "Größe",
            "created": "2026-02-21T11:01:15+00:00",
            "status": "planned",
        },
        "commits": [],
        "follows": [],
        "undoes": [],
        "already_about": [],
        "runs": [],
        "left_out": [],
        "more_runs": 0,
        "later_runs": 0,
    }


def test_from_a_subfolder_the_printed_path_leads_to_the_entry(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.root / "src").mkdir()
    monkeypatch.chdir(desk.root / "src")
    assert run(["new", "x"]) == 0
    assert capsys.readouterr().out == f"../entries/{DAY}-x.md\n"


def editor(desk: Desk, script: str) -> str:
    path = desk.root.parent / "my editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"'{path}' --wait"


@pytest.mark.parametrize("variable", ["EDITOR", "VISUAL"])
def test_the_editor_opens_the_new_entry(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv(variable, editor(desk, 'test "$1" = --wait && echo "Edited." >> "$2"'))
    said = desk.call(capsys, "new", "x", "--edit")
    assert said.code == 0
    assert said.out == f"entries/{DAY}-x.md\n"
    assert desk.read(f"{DAY}-x").endswith("Edited.\n")


@pytest.mark.parametrize("command", ["", "   ", "vi 'unclosed"])
def test_without_a_usable_editor_nothing_is_written(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("EDITOR", command)
    assert "$EDITOR" in refused(desk, capsys, "x", "--edit", code=2)


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_an_editor_that_fails_leaves_the_entry_and_one_answer(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, json: tuple[str, ...]
) -> None:
    monkeypatch.setenv("EDITOR", editor(desk, "exit 3"))
    said = desk.call(capsys, "new", "x", "--edit", *json)
    assert said.code == 2
    assert said.err.startswith(f"error: entries/{DAY}-x.md: the editor ")
    assert "the entry is written" in said.err
    assert (desk.root / f"entries/{DAY}-x.md").exists()
    assert not json or said.json["error"]["code"] == "usage"


def test_an_id_that_somebody_else_takes_meanwhile_gets_a_number(desk: Desk) -> None:
    journal = Journal.open(desk.root)
    assert journal.paths == ()  # looked at before the other writes
    other = create(Journal.open(desk.root), Sources(journal.config), None, Wanted("The same words")).entry
    mine = create(journal, Sources(journal.config), None, Wanted("The same words")).entry
    assert mine.id == f"{other.id}-2"
    assert len(Journal.open(desk.root).entries) == 2
