from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import CREATED, Desk
from journal.authoring.rename import Renamed, new_id, rename
from journal.document import store
from journal.document.document import parse
from journal.errors import EntryError, EvidenceError, NotWritable, UsageError
from journal.index.journal import Journal

if TYPE_CHECKING:
    from journal.model.entry import Entry

RUNS_USED = ("large031", "plain031")
Capsys = pytest.CaptureFixture[str]
OLD, NEW, OTHER = "2026-02-21-old", "2026-02-21-a-better-name", "2026-02-22-other"
TABLE = "<!-- journal:table\nmetrics: [train/loss]\nruns: [large031]\n-->\n<!-- /journal:table -->\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(OLD, f"See [above]({OLD}.md#results).\n\n## Results\n\n{TABLE}", runs="large031")
    return desk


def renamed(desk: Desk, reference: str = OLD, wanted: str = "A better name") -> Renamed:
    return rename(Journal.open(desk.root), reference, wanted)


def refused(desk: Desk, error: type[EntryError | UsageError | EvidenceError], wanted: str = "A better name") -> str:
    before = desk.files()
    with pytest.raises(error) as caught:
        renamed(desk, OLD, wanted)
    assert desk.files() == before
    return str(caught.value)


def entry(stem: str) -> Entry:
    return parse(f"---\ntitle: A\ncreated: {CREATED}\n---\n".encode(), f"entries/{stem}.md").entry


@pytest.mark.parametrize(
    ("old", "wanted", "new"),
    [
        (OLD, "A better name!", NEW),
        (OLD, "2025-01-02-Kept_as.is", "2025-01-02-Kept_as.is"),
        (OLD, "2025-01-02-made a slug", "2025-01-02-made-a-slug"),
        (OLD, "train/val split", "2026-02-21-train-val-split"),
        (OLD, "better.md", "2026-02-21-better"),
        (OLD, "注意力", "2026-02-21-注意力"),
        ("notes", "Better", "2026-02-21-better"),
    ],
)
def test_words_keep_the_date_and_an_id_is_taken_as_it_is(old: str, wanted: str, new: str) -> None:
    assert new_id(entry(old), wanted) == new


@pytest.mark.parametrize("wanted", ["", "!?", "entries/2026-02-21-x.md", OLD, "Old"])
def test_what_makes_no_new_id_is_wrong_usage(wanted: str) -> None:
    with pytest.raises(UsageError):
        new_id(entry(OLD), wanted)


@given(st.text(max_size=30))
def test_a_new_id_is_one_name_of_a_file(wanted: str) -> None:
    try:
        new = new_id(entry(OLD), wanted)
    except UsageError:
        return
    assert Path(new).name == new
    assert new_id(entry(OLD), new) == new


def test_the_file_moves_within_its_folder_and_its_words_stay(desk: Desk) -> None:
    raw = desk.read(OLD).replace(f"title: {OLD}", "title: A")
    desk.write("entries/2026/02/2026-02-21-deep.md", raw.replace(OLD, "2026-02-21-deep"))
    done = renamed(desk, "2026-02-21-deep", "deeper")
    assert done.entry.path == "entries/2026/02/2026-02-21-deeper.md"
    assert (done.was, done.rewritten) == ("2026-02-21-deep", ())
    assert not (desk.root / "entries/2026/02/2026-02-21-deep.md").exists()
    assert desk.read("2026/02/2026-02-21-deeper") == raw.replace(OLD, "2026-02-21-deeper")


def test_evidence_goes_along_and_the_numbers_stay_fresh(desk: Desk, capsys: Capsys) -> None:
    assert desk.call(capsys, "fill-results").code == 0
    evidence = desk.evidence(OLD)
    renamed(desk)
    assert desk.evidence(NEW) == evidence | {"entry": NEW}
    assert not (desk.root / f"evidence/{OLD}.json").exists()
    assert desk.call(capsys, "fill-results", "--check").code == 0
    assert desk.call(capsys, "check", "--strict").code == 0


def test_relations_of_other_entries_follow_however_they_are_written(desk: Desk) -> None:
    matter = (
        f"follows: {OLD}  # the first\nresults_of: ['{OLD}', x]\nsupersedes:\n- y\n- {OLD}\n"
        f"invalidates: [{OLD}-2]\nrelated: [2026]\n"
    )
    desk.entry(OTHER, matter=matter)
    before = desk.read(OTHER)
    assert renamed(desk).rewritten == (f"entries/{OTHER}.md",)
    kept = f"{OLD}-2"
    assert desk.read(OTHER) == before.replace(OLD, NEW).replace(f"{NEW}-2", kept)


def test_links_of_other_entries_follow_and_code_and_words_stay(desk: Desk) -> None:
    body = (
        f"[a]({OLD}.md) [b](../entries/{OLD}.md#results 'c') [d](<./{OLD}.md>) [e][f] {OLD}.md `[g]({OLD}.md)`\n\n"
        f"[h](https://example.org/{OLD}.md) [i](x/{OLD}.md) [j](../{OLD}.md)\n\n    [k]({OLD}.md)\n\n"
        f"## Next\n\n[f]: {OLD}.md\n"
    )
    desk.entry(OTHER, body)
    before = desk.read(OTHER)
    renamed(desk)
    changed = [f"[a]({OLD}.md)", f"../entries/{OLD}.md#", f"<./{OLD}.md>", f"[f]: {OLD}.md"]
    for part in changed:
        before = before.replace(part, part.replace(OLD, NEW), 1)
    assert desk.read(OTHER) == before


def test_a_link_that_is_written_in_percent_signs_follows_so(desk: Desk) -> None:
    desk.entry("2026-02-21-注意力")
    desk.entry(OTHER, "[a](2026-02-21-%E6%B3%A8%E6%84%8F%E5%8A%9B.md) [b](2026-02-21-注意力.md)\n")
    desk.entry("2026-02-23-third", "[a](2026-02-21-%E6%B3%A8%E6%84%8F%E5%8A%9B.md)\n")
    renamed(desk, "2026-02-21-注意力", "饱和")
    assert desk.read(OTHER).endswith("\n[a](2026-02-21-%E9%A5%B1%E5%92%8C.md) [b](2026-02-21-饱和.md)\n")
    assert desk.read("2026-02-23-third").endswith("\n[a](2026-02-21-%E9%A5%B1%E5%92%8C.md)\n")


def test_an_id_that_another_entry_has_is_refused(desk: Desk) -> None:
    desk.write("entries/deep/2026-02-21-Taken.md", desk.read(OLD))
    assert "'2026-02-21-taken' is taken" in refused(desk, EntryError, "taken")


def test_evidence_of_another_is_not_written_over(desk: Desk) -> None:
    desk.write(f"evidence/{NEW}.json", "{}")
    assert "evidence stands here already" in refused(desk, EntryError)


@pytest.mark.parametrize(
    ("matter", "said"),
    [
        (f"tags: &a [{OLD}]\nfollows: *a\n", "anchor or alias"),
        (f"status: odd\nfollows: {OLD}\n", "status"),
        (f"follows: [{OLD}\n", "not YAML"),
    ],
)
def test_an_entry_that_names_it_and_cannot_be_edited_stops_everything(desk: Desk, matter: str, said: str) -> None:
    desk.entry(OTHER, matter=matter)
    line = refused(desk, EntryError)
    assert f"entries/{OTHER}.md:" in line
    assert said in line


def test_a_symbolic_link_is_left_where_it_is(desk: Desk) -> None:
    (desk.root / "entries/2026-02-24-link.md").symlink_to(f"{OLD}.md")
    before = desk.files()
    with pytest.raises(EntryError, match="symbolic link"):
        renamed(desk, "2026-02-24-link")
    assert desk.files() == before


def test_a_broken_entry_that_does_not_name_it_stops_nothing(desk: Desk) -> None:
    desk.write(f"entries/{OTHER}.md", "no front matter")
    assert renamed(desk).entry.id == NEW


def test_evidence_that_cannot_be_read_stops_everything(desk: Desk) -> None:
    desk.write(f"evidence/{OLD}.json", "{")
    assert f"evidence/{OLD}.json" in refused(desk, EvidenceError)


STEPS = [
    *[("create", number) for number in range(2)],
    *[("replace", number) for number in range(2)],
    *[("remove", number) for number in range(2)],
]


@pytest.mark.parametrize(("step", "number"), STEPS)
def test_when_a_step_fails_every_file_is_as_it_was(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    for stem in (OTHER, "2026-02-23-third"):
        desk.entry(stem, f"[a]({OLD}.md)\n", matter=f"follows: {OLD}\n")
    assert desk.call(capsys, "fill-results").code == 0
    real, calls = getattr(store, step), []

    def failing(*args: Any, **options: Any) -> Any:
        calls.append(args)
        if len(calls) == number + 1:
            raise NotWritable("no space is left", path="x")
        return real(*args, **options)

    monkeypatch.setattr(store, step, failing)
    assert "no space is left" in refused(desk, NotWritable)
    assert len(calls) > number


def test_a_rename_that_was_killed_anywhere_is_finished_by_doing_it_again(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stem in (OTHER, "2026-02-23-third"):
        desk.entry(stem, f"[a]({OLD}.md)\n", matter=f"follows: {OLD}\n")
    desk.call(capsys, "fill-results")
    before = desk.files()
    renamed(desk)
    after = desk.files()
    for steps in range(6):
        for path in desk.files():
            (desk.root / path).unlink()
        for path, raw in before.items():
            (desk.root / path).write_bytes(raw)
        with monkeypatch.context() as patched:
            _die_after(steps, patched)
            with pytest.raises(NotWritable):
                renamed(desk)
        assert (desk.files() == before) == (steps == 0)
        found = desk.call(capsys, "check", "--json").json["findings"]
        assert ("LIF011" in {each["code"] for each in found}) == (steps > 1)
        assert renamed(desk).entry.id == NEW
        assert desk.files() == after


def _die_after(steps: int, patched: pytest.MonkeyPatch) -> None:
    """Let nothing be written any more after some steps, also by what would undo them."""
    done: list[str] = []

    def dying(name: str, real: Any) -> Any:
        def step(*args: Any, **options: Any) -> Any:
            if len(done) == steps:
                raise NotWritable("killed", path="x")
            done.append(name)
            return real(*args, **options)

        return step

    for name in ("create", "replace", "remove"):
        patched.setattr(store, name, dying(name, getattr(store, name)))


def test_what_stands_under_both_ids_and_differs_is_left_for_somebody_to_look_at(desk: Desk) -> None:
    desk.write(f"entries/{NEW}.md", desk.read(OLD).replace(OLD, NEW).replace("---\n\n", "status: running\n---\n\n"))
    assert "holds the words of 2026-02-21-old already" in refused(desk, EntryError)


def test_the_words_of_imported_notes_stay_and_their_links_are_told(desk: Desk, capsys: Capsys) -> None:
    words = f"[a]({OLD}.md)\n"
    origin = f"imported: {{from: x.md, sha256: {sha256(words.encode()).hexdigest()}, length: {len(words)}}}\n"
    text = f"---\ntitle: A\ncreated: {CREATED}\n{origin}related: {OLD}\n---\n{words}\n[b]({OLD}.md)\n"
    desk.write(f"entries/{OTHER}.md", text)
    said = desk.call(capsys, "rename", OLD, "A better name")
    assert f"entries/{OTHER}.md:7: a link in imported words leads to {OLD}.md" in said.err
    assert desk.read(OTHER) == text.replace(f"related: {OLD}", f"related: {NEW}").replace(f"[b]({OLD}", f"[b]({NEW}")
    assert "LIF009" not in desk.call(capsys, "check").out


def test_a_save_by_somebody_else_meanwhile_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    place, real = desk.root / f"entries/{OLD}.md", store.create

    def create(path: Path, raw: bytes, *, inside: Path) -> None:
        real(path, raw, inside=inside)
        place.write_bytes(place.read_bytes() + b"more words\n")

    monkeypatch.setattr(store, "create", create)
    with pytest.raises(EntryError, match="changed by somebody else"):
        renamed(desk)
    assert [path for path in desk.files() if path.startswith("entries/")] == [f"entries/{OLD}.md"]
    assert desk.read(OLD).endswith("more words\n")


LINKS = [f"[a]({OLD}.md)", f"`[a]({OLD}.md)`", f"[b]: {OLD}.md", "[b]", "- [c][b]"]
BODIES = st.lists(st.sampled_from([*LINKS, "words", "```", "## H", "    code", ""]), max_size=8).map("\n".join)


@settings(max_examples=25)
@given(body=BODIES, eol=st.sampled_from(["\n", "\r\n"]))
def test_there_and_back_again_is_where_it_began(body: str, eol: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = Desk(tmp_path_factory.mktemp("lab"))
    desk.write("journal.toml", "")
    desk.entry(OLD)
    text = f"---\ntitle: A\ncreated: {CREATED}\nfollows: [{OLD}] # b\n---\n{body}"
    desk.write(f"entries/{OTHER}.md", text.replace("\n", eol))
    before = desk.files()
    renamed(desk)
    assert desk.files() != before
    renamed(desk, NEW, "old")
    assert desk.files() == before


def test_evidence_is_json_that_names_the_new_id(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "fill-results")
    renamed(desk)
    raw = (desk.root / f"evidence/{NEW}.json").read_bytes()
    assert json.loads(raw)["entry"] == NEW
    assert OLD.encode() not in raw
