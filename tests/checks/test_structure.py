from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.checks.check import check
from journal.checks.interface import Scene
from journal.index.journal import Journal
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from pathlib import Path

RUNS_USED = ("plain031",)
E1 = "2026-02-21-one"
PATH = f"entries/{E1}.md"
MATTER = "---\ntitle: One\ncreated: 2026-02-21T19:01:15+08:00\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.with_runs(tmp_path, RUNS_USED)


def found(desk: Desk, code: str) -> list[tuple[str, int | None, int | None, str]]:
    """Place and message of each finding of one rule, with its hint behind a bar."""
    journal = Journal.open(desk.root)
    findings = check(Scene(journal, frozenset(journal.paths), Sources(journal.config), None))
    return [
        (each.path, each.line, each.column, f"{each.message} | {each.hint}") for each in findings if each.code == code
    ]


@pytest.mark.parametrize(
    ("raw", "line", "column", "message"),
    [
        (b"", 1, 1, "the entry has no front matter"),
        (b"words\n", 1, 1, "the entry has no front matter"),
        (b"---\ntitle: x\n", 1, 1, "the front matter does not end"),
        (b"---\ntitle: [x\n---\n", 2, 10, "not YAML"),
        (b"---\ntitle: x\ntitle: y\n---\n", 3, 1, "key 'title' stands twice"),
        (b"---\ntitle: !!python/object x\n---\n", 2, 8, "tag"),
        (b"---\ntitle: x\ncreated: yesterday\n---\n", 3, 1, "created: 'yesterday' is no moment"),
        (b"---\ntitle: x\ncreated: 2026-02-21T19:01:15\n---\n", 3, 1, "has no offset from UTC"),
        (b"---\ntitle: x\n---\n", 2, 1, "'created' is missing"),
        (MATTER.encode() + b"status: done\n---\n", 4, 1, "status: "),
        (MATTER.encode() + b"runs:\n  - {id: a, rol: x}\n---\n", 5, 13, "'runs.0.rol' is not known here"),
        (MATTER.encode() + b"commits: [xyz]\n---\n", 4, 11, "commits"),
        (MATTER.encode() + b"---\n\n<!-- journal:table\nmetrics: [x]\n-->\n", 6, 1, "this table block is not closed"),
        (MATTER.encode() + b"---\n\n<!-- /journal:table -->\n", 6, 1, "closes a table block that was not opened"),
    ],
)
def test_an_entry_that_cannot_be_read_is_found_at_the_place_of_the_trouble(
    desk: Desk, raw: bytes, line: int, column: int, message: str
) -> None:
    desk.write(PATH, raw)
    ((path, found_line, found_column, said),) = found(desk, "DOC001")
    assert message in said
    assert (path, found_line, found_column) == (PATH, line, column)


def test_a_misspelt_field_is_found_and_the_right_one_offered(desk: Desk) -> None:
    desk.write(PATH, MATTER + "tagz: [x]\nstatus: running\nzzz: 1\n---\n")
    first, second = found(desk, "DOC002")
    assert first == (PATH, 4, 1, "unknown field 'tagz' | did you mean 'tags'?")
    assert second[:3] == (PATH, 6, 1)
    assert "known: title, created" in second[3]


@pytest.mark.parametrize(
    ("stem", "fine"),
    [
        ("2026-02-21-one", True),
        ("2026-02-21-注意", True),
        ("one", False),
        ("2026-02-21", False),
        ("2026-2-21-one", False),
        ("2026-02-21-two words", False),
    ],
)
def test_a_file_name_that_is_no_id_is_found(desk: Desk, stem: str, fine: bool) -> None:
    desk.entry(stem)
    expected = [
        (
            f"entries/{stem}.md",
            None,
            None,
            f"{stem!r} is not named YYYY-MM-DD-slug | rename the file; its stem is the id",
        )
    ]
    assert found(desk, "DOC003") == ([] if fine else expected)


def test_missing_sections_are_found_once_with_what_to_do(desk: Desk) -> None:
    desk.write("journal.toml", 'sections = ["Context", "Results", "Next steps"]\n')
    desk.entry(E1, "## context\n\n```\n## Results\n```\n\n### Next steps\n")
    assert found(desk, "DOC004") == [
        (PATH, None, None, "no section Results, Next steps | add `## Results`, or set `sections` in the configuration")
    ]
    desk.entry(E1, "## Context\n## Results\n## Something else\n## Next steps\n")
    assert found(desk, "DOC004") == []


def test_text_that_is_not_utf8_is_found_at_its_line(desk: Desk) -> None:
    path = desk.entry(E1, "fine\n\n")
    line = path.read_bytes().count(b"\n") + 1
    path.write_bytes(path.read_bytes() + b"caf\xe9\n\xff\n")
    assert found(desk, "DOC005") == [(PATH, line, 1, "is not UTF-8 | save the file as UTF-8")]


def test_an_imported_note_that_is_not_utf8_is_to_be_taken_in_again(desk: Desk) -> None:
    path = desk.entry(E1, matter=f"imported: {{from: a.md, sha256: {'0' * 64}, length: 5}}\n")
    head = path.read_bytes()[:-1]
    path.write_bytes(head + b"caf\xe9\n")
    ((_, _, _, message),) = found(desk, "DOC005")
    assert message.endswith("remove this entry and take its note in again with `journal import --repair`")
    path.write_bytes(head + b"cafe\n" + b"caf\xe9\n")
    ((_, _, _, message),) = found(desk, "DOC005")
    assert message.endswith("save the file as UTF-8")


def test_two_files_with_one_stem_are_found(desk: Desk) -> None:
    desk.entry(E1)
    desk.entry(f"2026/{E1}")
    ((path, _, _, message),) = found(desk, "DOC006")
    assert path == PATH
    assert message == f"has the same id as entries/2026/{E1}.md | rename one of the two files"


def test_a_file_whose_name_is_not_utf8_is_found(desk: Desk) -> None:
    (desk.root / "entries" / os.fsdecode(b"caf\xe9.md")).write_text("x")
    assert found(desk, "DOC001") == [("entries/caf?.md", None, None, "its name is not UTF-8 | rename the file")]


def test_a_run_link_in_the_words_of_an_imported_note_is_theirs(desk: Desk) -> None:
    link = "[TBD](run:aa11)\n"
    desk.entry(E1, f"{link}\n{link}", matter=f"imported: {{from: a.md, sha256: {'0' * 64}, length: {len(link) + 1}}}\n")
    assert [line for _, line, _, _ in found(desk, "DOC007")] == [9]


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("[TBD](run:aa11)", "it has no expression"),
        ("[3.0](run:aa11)", "it has no expression"),
        ('[TBD](run: "last(l)")', "it names no run"),
        ("[TBD](run:aa11 last(l))", "it is no link"),
    ],
)
def test_a_run_link_that_is_no_cited_value_is_found_with_what_is_missing(desk: Desk, link: str, why: str) -> None:
    desk.entry(E1, f"## Results\n\nIt was {link}.\n")
    ((path, line, column, said),) = found(desk, "DOC007")
    assert (path, line, column) == (PATH, 8, 8)
    assert said.startswith(f"a run link that is not filled: {why}")
    assert '[TBD](run:REF "last(train/loss)")' in said


def test_cited_values_and_code_are_no_loose_links(desk: Desk) -> None:
    body = '[TBD](run:aa11 "last(l)") `[TBD](run:aa11)`\n\n```\n[TBD](run:aa11)\n```\n'
    desk.entry(E1, f"{body}\n<!-- journal:table\n# [TBD](run:aa11)\n-->\n[TBD](run:aa11)\n<!-- /journal:table -->\n")
    assert found(desk, "DOC007") == []


def test_an_imported_note_has_the_sections_that_it_has(desk: Desk) -> None:
    desk.write("journal.toml", 'sections = ["Results", "Outlook"]\n')
    desk.entry(E1, "## Findings\n", matter=f"imported: {{from: x.md, sha256: {'0' * 64}}}\n")
    assert found(desk, "DOC004") == []
    desk.entry(E1, "## Findings\n")
    assert [said for *_, said in found(desk, "DOC004")] == [
        "no section Results, Outlook | add `## Results`, or set `sections` in the configuration"
    ]


def test_an_entry_from_another_template_has_sections_of_its_own(desk: Desk) -> None:
    desk.write("journal.toml", 'sections = ["Context"]\n')
    desk.entry(E1, "## Symptom\n", matter="template: debugging\n")
    assert found(desk, "DOC004") == []
