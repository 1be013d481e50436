from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from journal.model.entry import RELATIONS, Block, CommitRef, Entry, FrontMatter, Role, RunRef, Section
from journal.model.life import Kind, Outcome, Status

MOMENT = "2026-02-21T19:01:15+08:00"


def matter(**fields: Any) -> FrontMatter:
    return FrontMatter.model_validate({"title": "A", "created": MOMENT, **fields})


def refused(**fields: Any) -> str:
    with pytest.raises(ValidationError) as error:
        matter(**fields)
    (first, *_) = error.value.errors()
    return str(first["msg"])


def test_title_and_moment_are_all_that_is_needed() -> None:
    found = matter()
    assert (found.title, found.created.isoformat(), found.status, found.outcome) == ("A", MOMENT, None, None)
    assert (found.authors, found.tags, found.commits, found.runs, found.predictions) == ((), (), (), (), ())
    assert all(getattr(found, relation) == () for relation in RELATIONS)
    assert found.unknown == {}


@pytest.mark.parametrize("field", ["title", "created"])
def test_without_them_there_is_no_entry(field: str) -> None:
    fields = {"title": "A", "created": MOMENT}
    del fields[field]
    with pytest.raises(ValidationError, match="Field required"):
        FrontMatter.model_validate(fields)
    assert refused(title="") == "String should have at least 1 character"


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        (MOMENT, timedelta(hours=8)),
        ("2026-02-21 19:01:15+08:00", timedelta(hours=8)),
        ("2026-02-21T19:01+08", timedelta(hours=8)),
        ("2026-02-21T19:01:15.25-03:30", -timedelta(hours=3, minutes=30)),
        ("2026-02-21T19:01:15Z", timedelta(0)),
    ],
)
def test_a_moment_keeps_the_offset_it_was_written_with(text: str, offset: timedelta) -> None:
    assert matter(created=text).created.offset == offset


@given(
    st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2999, 1, 1)),  # noqa: DTZ001  (given an offset below)
    st.integers(-1439, 1439),
)
def test_every_moment_comes_back(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert matter(created=aware.isoformat()).created == matter(created=aware).created
    assert matter(created=aware).created.moment == aware


@pytest.mark.parametrize("text", ["2026-02-21", "2026-02-21T19:01:15", "20260221", "2026-02-21 19:01", "2026-W08-6"])
def test_a_moment_without_offset_is_refused(text: str) -> None:
    assert refused(created=text) == f"{text!r} has no offset from UTC; write it like {MOMENT}"
    assert "no offset" in refused(created=datetime(2026, 2, 21))  # noqa: DTZ001  (the point)


@pytest.mark.parametrize(
    "text", ["1771671675", "1771671675.5", "now", "2026-02-30T00:00:00Z", "21.02.2026", f"{MOMENT} x", " "]
)
def test_a_number_or_any_other_text_is_no_moment(text: str) -> None:
    assert refused(created=text) == f"Value error, {text!r} is no moment; write it like {MOMENT}"


@pytest.mark.parametrize("value", [1771671675, 1771671675.5, True, None, [MOMENT], {"a": MOMENT}])
def test_what_is_not_even_text_is_no_moment(value: object) -> None:
    assert refused(created=value).startswith("Value error, ")


@pytest.mark.parametrize("value", Status)
def test_every_status_is_known(value: Status) -> None:
    assert matter(status=value.value).status is value


@pytest.mark.parametrize("value", Outcome)
def test_every_outcome_is_known(value: Outcome) -> None:
    assert matter(outcome=value.value).outcome is value


@pytest.mark.parametrize("value", Role)
def test_every_role_is_known(value: Role) -> None:
    assert matter(runs=[{"id": "a", "role": value.value}]).runs[0].role is value


def test_the_words_are_those_of_the_vocabulary() -> None:
    assert {*Status} == {
        *("planned", "running", "blocked", "concluded", "inconclusive", "abandoned", "superseded", "invalid"),
    }
    assert {*Outcome} == {"positive", "negative", "mixed"}
    assert {*Role} == {"baseline", "candidate", "reference"}


@pytest.mark.parametrize("word", ["Running", "done", "", "running "])
def test_other_words_are_refused(word: str) -> None:
    assert refused(status=word).startswith("Input should be 'planned', 'running', 'blocked'")
    assert refused(outcome=word).startswith("Input should be 'positive', 'negative' or 'mixed'")
    assert refused(runs=[{"id": "a", "role": word}]).startswith(
        "Input should be 'baseline', 'candidate' or 'reference'"
    )


def test_a_bare_word_in_a_list_stands_for_its_main_field() -> None:
    found = matter(
        commits=["721e94a", {"sha": "0123456", "note": "why"}], runs=["12e4567", {"id": "fej59g91", "as": "ipa"}]
    )
    assert found.commits == (CommitRef(sha="721e94a"), CommitRef(sha="0123456", note="why"))
    assert [(run.id, run.alias, run.handle) for run in found.runs] == [
        ("12e4567", None, "12e4567"),
        ("fej59g91", "ipa", "ipa"),
    ]


@pytest.mark.parametrize("field", ["tags", "files", *RELATIONS])
def test_one_bare_word_is_a_list_of_one(field: str) -> None:
    assert getattr(matter(**{field: "codex"}), field) == ("codex",)
    assert getattr(matter(**{field: ["codex", "ada"]}), field) == ("codex", "ada")
    assert refused(**{field: ["codex", ""]}) == "String should have at least 1 character"


def test_an_author_may_be_told_to_be_a_person_or_an_agent() -> None:
    ana, codex = matter(authors=["Ana", {"name": "Codex", "kind": "agent"}]).authors
    assert (ana.name, ana.kind, codex.name, codex.kind) == ("Ana", None, "Codex", Kind.AGENT)
    assert matter(authors="Ana").authors == (ana,)
    assert refused(authors=[{"name": "Codex", "kind": "robot"}]) == "Input should be 'human' or 'agent'"


IMPORTED = {"from": "notes/a.md", "sha256": "0" * 64}


def test_only_an_imported_note_may_leave_its_zone_unknown() -> None:
    assert matter(created="2025-10-23", imported=IMPORTED).created.offset is None
    assert matter(created="2025-10-23 12:01", imported=IMPORTED).created.isoformat() == "2025-10-23T12:01"


def test_the_last_update_is_the_one_written_last() -> None:
    times = ["2026-02-22T10:00:00+08:00", "2026-02-22T09:00:00Z", "2026-02-22T17:00:00+08:00"]
    updates = [{"at": at, "section": str(number)} for number, at in enumerate(times)]
    last = matter(updates=updates).last_update
    assert last is not None
    assert last.section == "2"  # at the same moment as the one before it, and behind it
    assert matter().last_update is None


@pytest.mark.parametrize("sha", ["721e94a", "7E94", "0123456", "1234567", "f" * 40, "0" * 64])
def test_a_commit_has_four_to_sixty_four_hex_digits(sha: str) -> None:
    assert matter(commits=[sha]).commits[0].sha == sha


@pytest.mark.parametrize(
    "sha", ["", "721", "f" * 65, "721e94g", "721e94a\n", " 721e94a", "HEAD", "--output=x", "\uff17\uff12\uff11e94a"]
)
def test_what_is_no_commit_is_refused(sha: str) -> None:
    assert refused(commits=[sha]).endswith("is not a commit: 4 to 64 hex digits")


@pytest.mark.parametrize("handle", ["ipa", "_", "A.b-c_9"])
def test_a_handle_begins_with_a_letter(handle: str) -> None:
    assert RunRef.model_validate({"id": "a", "as": handle}).handle == handle


@pytest.mark.parametrize("handle", ["", "1a", "-a", "a b", "a/b", "a@b", "ä", "a\n"])
def test_what_is_no_handle_is_refused(handle: str) -> None:
    assert "is not a handle" in refused(runs=[{"id": "a", "as": handle}])


@pytest.mark.parametrize(
    "fields", [{"id": "a", "alias": "b"}, {"as": "b"}, {"id": "a", "colour": "b"}, {"id": ""}, ["a"]]
)
def test_a_run_takes_nothing_else(fields: object) -> None:
    assert refused(runs=[fields])


@pytest.mark.parametrize("fields", ["words", {"claim": "a"}, {"expect": "b"}, {"claim": "a", "expect": ""}])
def test_a_prediction_needs_words_and_an_expression(fields: object) -> None:
    assert refused(predictions=[fields])


def test_fields_that_nobody_knows_are_kept() -> None:
    found = matter(verified="no", unknown="x", copy="y", model_config="z", nested={"a": ["b"]})
    assert found.unknown == {"verified": "no", "unknown": "x", "copy": "y", "model_config": "z", "nested": {"a": ["b"]}}


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError):
        matter().title = "B"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        CommitRef(sha="721e94a").note = "x"  # type: ignore[misc]


def block(**fields: Any) -> Block:
    return Block(
        **{"kind": "table", "name": "a", "line": 1, "spec": "", "spec_line": 2, "body": "", "digest": "00", **fields}
    )


@pytest.mark.parametrize(
    ("recorded", "body", "edited"),
    [
        ("00", "text", False),
        ("01", "text", True),
        ("01", "", False),
        (None, "", False),
        (None, " \n", False),
        (None, "text", True),
    ],
)
def test_a_block_is_edited_when_its_text_is_not_what_its_sum_says(
    recorded: str | None, body: str, edited: bool
) -> None:
    assert block(recorded=recorded, body=body).edited is edited


def test_an_entry_has_the_title_of_its_front_matter() -> None:
    section = Section(heading="Results", line=9, text="text")
    entry = Entry(id="a", path="entries/a.md", front_matter=matter(title="B"), sections=(section,), blocks=(block(),))
    assert entry.title == "B"
    assert Entry.model_validate_json(entry.model_dump_json(by_alias=True)) == entry
